"""Captions that go before they can have been read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from manim import VGroup

from soakup.check.fault import Fault
from soakup.scenes import style
from soakup.scenes.scene import BeatRecord, TraceScene

READABLE = 0.5  # opacity from which on a caption is read
SLACK = 0.1  # seconds nobody misses


@dataclass
class Said:
    """A caption, and from when to when it could be read (seconds)."""

    mobject: VGroup
    beat: str
    start: float
    end: float

    @property
    def text(self) -> str:
        return " ".join(str(line.text) for line in self.mobject)


class Captions:
    """Follows a scene's captions; what stays over several beats belongs to the first."""

    def __init__(self) -> None:
        self.said: list[Said] = []

    def look(self, scene: TraceScene, start: float, until: float) -> None:
        """Note that the caption now on the screen is there from one time to another."""
        caption = scene.caption
        if (
            caption is None
            or max(glyph.get_fill_opacity() for glyph in caption.family_members_with_points()) < READABLE
        ):
            return
        if not self.said or self.said[-1].mobject is not caption:
            self.said.append(Said(caption, scene.beat, start, until))
        self.said[-1].end = until

    def faults(self, beats: Sequence[BeatRecord]) -> Iterator[Fault]:
        """Captions that could be read for less than their reading time, and those of beats that never could."""
        read = {" ".join(said.text.split()) for said in self.said}
        for beat in beats:
            if beat.caption and " ".join(beat.caption.split()) not in read:
                message = f"“{beat.caption}” can never be read"
                yield Fault("caption too short", (f"“{beat.caption}”",), message, beat.start, beat.end, beat.name)
        for said in self.said:
            needed, shown = max(style.LEAST_HOLD, style.READING * len(said.text.split())), said.end - said.start
            if shown < needed - SLACK:
                message = f"“{said.text}” can be read for {shown:.1f} s and needs {needed:.1f} s"
                yield Fault("caption too short", (f"“{said.text}”",), message, said.start, said.end, said.beat)
