"""A finished film, opened to be put into a lecture: what its manifest says, and its pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import av
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from soakup import manifest
from soakup.errors import NotAClip
from soakup.outputs import SUFFIX
from soakup.subtitles import Cue
from soakup.transcript import alt_text, cues, title


@dataclass(frozen=True, slots=True)
class ClipBeat:
    """One beat of a film: its caption, and when it stands in the film, in seconds."""

    name: str
    caption: str
    start: float
    end: float


@dataclass(frozen=True)
class Clip:
    """A film of soakup's. All that is known of it is read from the .mp4 itself, wherever it was moved."""

    path: Path
    about: dict[str, Any]  # its manifest

    @classmethod
    def open(cls, path: Path) -> "Clip":
        """Raises NotAClip, in one sentence, for what is no film of soakup's."""
        if path.suffix.lower() != SUFFIX:
            raise NotAClip(f"{path} is to go into a lecture, and that takes the film itself: name its {SUFFIX} file")
        return cls(path, manifest.read(path))

    @property
    def title(self) -> str:
        return " ".join(title(self.about).split())

    @property
    def alt(self) -> str:
        return alt_text(self.about)

    @property
    def cues(self) -> list[Cue]:
        return cues(self.about)

    @property
    def size(self) -> tuple[int, int]:
        """In pixels."""
        return self.about["width"], self.about["height"]

    @property
    def fps(self) -> float:
        return self.about["fps"]

    @property
    def duration(self) -> float:
        return self.about["duration"]

    @property
    def theme(self) -> str:
        return self.about["settings"].get("theme", "dark")

    @property
    def captions(self) -> str:
        """Where its captions are: "burned", "track" or "none"."""
        return self.about["settings"].get("captions", "track")

    @cached_property
    def beats(self) -> list[ClipBeat]:
        """With the captions of a plain Manim scene given to the beats in which they are said."""
        found = []
        for beat in self.about["beats"]:
            said = beat["caption"] or " ".join(c.text for c in self.cues if beat["start"] <= c.start < beat["end"])
            found.append(ClipBeat(beat["name"], said, beat["start"], beat["end"]))
        return found

    @cached_property
    def stills(self) -> list[Image.Image]:
        """The last frame of each beat, when all in it has come to rest."""
        return self.frames([beat.end - 1 / self.fps for beat in self.beats])

    @cached_property
    def poster(self) -> Image.Image:
        """The frame that stands for the film."""
        return self.frames([self.about["poster"]])[0]

    def frames(self, times: Sequence[float]) -> list[Image.Image]:
        """The frames that begin at these times, in seconds, which must rise. Raises NotAClip where one is missing."""
        found = []
        try:
            with av.open(self.path) as film:
                stream = film.streams.video[0]
                assert stream.time_base is not None
                half = Fraction(1, 2) / Fraction(self.fps).limit_denominator(1001)
                for time in times:
                    film.seek(round(max(time, 0) / stream.time_base), stream=stream)
                    frame = next(f for f in film.decode(stream) if f.time is not None and f.time > time - half)
                    shown = frame.reformat(
                        format="rgb24", src_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.JPEG
                    )
                    found.append(Image.fromarray(shown.to_ndarray()))
        except (av.FFmpegError, OSError, StopIteration):
            raise NotAClip(f"{self.path} is damaged: its manifest promises frames that are not in it") from None
        return found
