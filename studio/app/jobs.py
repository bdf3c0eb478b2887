"""What a fork of the warm process does for the page. Each job tells what it has, as it has it, on its line.

What is told, by kind:

    tokens    of a text, as the model reads it
    reading   what the model did with the text: tokens, words, and every head's pattern; the scene's theme and size
    beat      one idea of the scene as it ends: number, name, caption, start and end (frames), and the picture (PNG),
              whose width is `aspect` times its height
    length    the scene is played through: how many frames it has
    heads     what is worth seeing in which head
    draft     a stretch of the film that has been drawn: where it starts (seconds), and the pictures (fragmented MP4)
    frame     one frame that was asked for
    faults    what a viewer would stumble over
    progress, embedding, film   of a render
    failed    one sentence
"""

import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from manim import Scene, Wait

from soakup import film
from soakup import model as models
from soakup.app.moments import Frame, Moments, Segment, png
from soakup.app.warm import Line
from soakup.assets import fonts
from soakup.drawing.fast import fast_drawing
from soakup.errors import SceneFault
from soakup.lectures.meaning import meaning
from soakup.model.model import Model
from soakup.model.tokenizer import Token
from soakup.model.trace import Trace
from soakup.outputs import work_folder
from soakup.passing import picture
from soakup.progress import Clock, Step
from soakup.scene_file import SceneFile
from soakup.scenes.scene import TraceScene
from soakup.staging import explain, find, manim_at, set_up, with_settings
from soakup.transcript import clock

DRAFT = "l"  # the quality in which a film is tried
FIRST = "A fox saw the moon"
STILLS = 2  # seconds between two stills of a scene without sections, at least


@lru_cache(maxsize=4)
def opened(name: str) -> Model:
    """A model, kept open for every job that is forked from here on."""
    return models.open(name)


def warm_up() -> None:
    """Have all that every job needs, before there is one."""
    import torch

    import soakup.check  # noqa: F401

    torch.set_num_threads(1)
    fonts.register()
    opened("tiny").trace(FIRST, bos=True)
    film.still("layer-by-layer", 1, quality=DRAFT, settings={"text": FIRST})  # sets the digits, and much else


def prepare(arguments: Mapping[str, Any]) -> None:
    """Before a job is forked: open the model it asks for. Where that fails the job will say so."""
    name = arguments.get("settings", {}).get("model")
    if name:
        try:
            opened(name)
        except Exception:  # noqa: BLE001
            return


def choices(line: Line) -> None:
    """What scenes and models there are."""
    from soakup.model.packages import PACKAGES
    from soakup.scenes import SCENES

    installed = {name: package.about for name, package in PACKAGES.items() if package.path}
    line.tell(
        "choices",
        scenes={name: scene.idea for name, scene in SCENES.items()},
        models={**models.names(), **installed},
    )


def tokens(line: Line, text: str, settings: Mapping[str, Any]) -> None:
    """How a model cuts a text."""
    found = opened(settings.get("model", "tiny")).tokenizer.encode(text, bos=True)
    line.tell("tokens", tokens=_pieces(found))


def _pieces(tokens: Sequence[Token]) -> list[dict[str, Any]]:
    """Tokens for the page; `part`: it holds more bytes of the character before it, and has no box of its own."""
    spans = [(token.start, token.end) for token in tokens]
    return [
        {"text": token.text, "special": token.special, "part": not token.special and k > 0 and spans[k] == spans[k - 1]}
        for k, token in enumerate(tokens)
    ]


def story(line: Line, scene: str | SceneFile, settings: Mapping[str, Any]) -> None:
    """Play a scene: tell of each beat, then have its draft drawn; all along answer what is asked of single frames."""
    with work_folder() as folder, manim_at(folder, DRAFT, None, 0), fast_drawing():
        scene_class = with_settings(find(scene), settings)
        trace = None
        if issubclass(scene_class, TraceScene):
            if scene_class.trace is None:
                scene_class.trace = _read(scene_class)
            trace = scene_class.trace
            line.tell("reading", **_reading(trace), theme=scene_class.theme, size=scene_class.size)
        told = Story(line, scene_class, folder)
        told.play()
        if trace is not None:
            line.tell("heads", **_heads(trace))
        told.draw()
        told.wait()


def audit(line: Line, scene: str | SceneFile, settings: Mapping[str, Any]) -> None:
    """Look for what a viewer would stumble over, without hurry."""
    from soakup.check import check

    os.nice(10)
    line.tell("faults", faults=[fault.record() for fault in check(scene, settings).faults])


def render(
    line: Line, scene: str | SceneFile, settings: Mapping[str, Any], quality: str, output: Path, target: str | None
) -> None:
    """Film a scene, and make of the film what the tool of a lecture takes, where one is named."""
    clock = Clock()

    def progress(step: Step) -> None:
        share, left = clock.read(step)
        line.tell("progress", share=share, left=left, **asdict(step))

    made = film.render(
        scene,
        output,
        quality=quality,
        settings=settings,
        force=True,
        progress=progress,
    )
    files, notes = [*made.files], []
    if target:
        from soakup.lectures.embedding import embed

        line.tell("embedding")
        embedded = embed(made.path, target)
        files, notes = [*files, *reversed(embedded.files)], embedded.notes
    line.tell("film", files=[str(path) for path in reversed(files)], notes=notes)


JOBS: dict[str, Callable[..., None]] = {
    "choices": choices,
    "tokens": tokens,
    "story": story,
    "audit": audit,
    "render": render,
}
AT_ONCE = ("choices", "tokens")  # of these, what is done without a fork


class Story:
    """A scene that is being played, and what the page hears of it."""

    def __init__(self, line: Line, scene_class: type[Scene], folder: Path) -> None:
        self.line, self.scene_class = line, scene_class
        self.waited_for = False  # whether somebody wants to see it move before all its stills are there
        self.scene, self.writer = set_up(scene_class)
        self.writer.section_ends = self._section_ends
        self.moments = Moments(
            self.scene,
            self.writer,
            folder,
            self._play_comes,
            self._shown,
            self._not_shown,
            self._drew,
            self.explain,
        )
        self.beats = 0
        self.begun = 0
        line.heard = self._heard

    def play(self) -> None:
        """Go through the scene."""
        try:
            self.scene.render()
        except (Exception, SystemExit) as error:
            raise self.explain(error) from error
        if not self.writer.frames:
            raise SceneFault(f"the scene {self.scene} plays nothing: give it a self.play(…)")
        self.moments.end()
        self.line.tell("length", frames=self.writer.frames, fps=self.fps)

    def draw(self) -> None:
        """Have all of it drawn."""
        self.moments.draw()
        self.line.tell("drawn")

    def wait(self) -> None:
        """Stand ready for single frames until the line is closed."""
        while True:
            os.read(self.moments.lifeline.read, 1)

    @property
    def fps(self) -> float:
        return float(self.moments.fps)

    def explain(self, error: BaseException) -> Exception:
        return explain(error, self.scene_class, self.writer)

    # --- what is told ---

    def _play_comes(self, animations: tuple[Any, ...]) -> None:
        # The stills come first: nobody can look at a film that begins to be drawn while its scene is still unknown.
        if self.waited_for:
            self.moments.draw_some()
        # A plain Manim scene may have no sections: then what stands before something moves anew is worth a still.
        unnamed = self.writer.number == 0 and not isinstance(self.scene, TraceScene)
        if unnamed and not isinstance(animations[0], Wait) and self.writer.frames - self.begun >= STILLS * self.fps:
            self._beat_ends("")

    def _section_ends(self, name: str) -> None:
        if not self.moments.forked and self.writer.frames > self.begun:
            self._beat_ends(name)

    def _beat_ends(self, name: str) -> None:
        """It is called after its times where it has no name."""
        scene, writer = self.scene, self.writer
        start, end = (frame / self.fps for frame in (self.begun, writer.frames))
        if isinstance(scene, TraceScene):
            caption, total = scene._said, len(scene.beat_names)
        else:
            said = [s.content for s in writer.subcaptions if start <= s.start.total_seconds() < end]
            caption, total = " ".join(said), None
        self.beats += 1
        pixels = picture(scene)
        self.line.tell(
            "beat",
            number=self.beats,
            total=total,
            name=name or f"{clock(start)} – {clock(end)}",
            caption=caption,
            start=self.begun,
            end=writer.frames,
            fps=self.fps,
            aspect=pixels.shape[1] / pixels.shape[0],
            chosen=_chosen(scene),
            picture=png(pixels),
        )
        self.begun = writer.frames

    def _drew(self, segment: Segment) -> None:
        codec, pictures = fragmented(segment.path)
        segment.path.unlink()
        self.line.tell(
            "draft",
            number=segment.start,
            start=segment.start / self.fps,
            end=segment.end / self.fps,
            codec=codec,
            pictures=pictures,
        )

    # --- what is asked ---

    def _heard(self, message: tuple[str, dict[str, Any]]) -> None:
        kind, about = message
        if kind == "look":
            self.moments.playhead, self.waited_for = about["frame"], True
        elif kind == "frame":
            self.moments.playhead = about["number"]
            wanted = Frame(about["number"], about["sharp"])
            if not self.moments.ask(wanted):
                self._not_shown(wanted, ValueError("the scene has not come so far yet"))

    def _shown(self, wanted: Frame, picture: bytes, regions: list[dict[str, Any]]) -> None:
        for region in regions:
            region["meaning"] = meaning(region["path"], self.scene.trace)  # type: ignore[attr-defined]
        self.line.tell(
            "frame", number=wanted.number, sharp=wanted.sharp, picture=picture, regions=regions, message=None
        )

    def _not_shown(self, wanted: Frame, error: BaseException) -> None:
        self.line.tell("frame", number=wanted.number, sharp=wanted.sharp, picture=None, regions=[], message=str(error))


def fragmented(path: Path) -> tuple[str, bytes]:
    """A segment as a browser's MediaSource takes it: its codec by name, and the pictures in fragments."""
    file = io.BytesIO()
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(path) as pictures, av.open(file, "w", format="mp4", options=options) as fragments:
        source = pictures.streams.video[0]
        stream = fragments.add_stream_from_template(source)
        for packet in pictures.demux(source):
            if packet.dts is not None:
                packet.stream = stream
                fragments.mux(packet)
        profile = bytes(source.codec_context.extradata or b"")[1:4].hex()
    return f"avc1.{profile}", file.getvalue()


def _read(scene_class: type[TraceScene]) -> Trace:
    """The trace that a scene would ask for, read by the model that is open here."""
    return opened(scene_class.model).trace(scene_class.text, bos=True)


def _reading(trace: Trace) -> dict[str, Any]:
    card = trace.model
    return {
        "text": trace.text,
        "tokens": _pieces(trace.tokens),
        "words": [{"text": word.text, "tokens": list(word.tokens)} for word in trace.words],
        "model": {"name": card.name, "layers": card.layers, "heads": card.heads, "parameters": card.parameters},
        "patterns": [
            [[[round(float(w), 3) for w in row] for row in head] for head in np.asarray(layer.pattern)]
            for layer in trace.layers
        ],
    }


def _heads(trace: Trace) -> dict[str, Any]:
    """What each head is, and the findings of this text; layers and heads count from 0."""
    from soakup.model.findings import findings
    from soakup.model.heads import habits

    measured = habits(trace.opened_model) if trace.has_weights else None
    card = trace.model
    return {
        "names": [[measured.name(l, h) if measured else "" for h in range(card.heads)] for l in range(card.layers)],
        "findings": [
            {"kind": f.kind, "layer": f.layer, "head": f.head, "evidence": f.evidence, "value": float(f.value)}
            for f in findings(trace, measured)
        ],
    }


def _chosen(scene: Scene) -> dict[str, Any]:
    """What a scene has chosen to show where it was not told: layer and head, counted from 1, and which word it is."""
    if (look := getattr(scene, "look", None)) is not None:
        return {"layer": look.layer + 1, "head": look.head + 1, "word": scene.reading.word_of[look.target]}  # type: ignore[attr-defined]
    if (followed := getattr(scene, "followed", None)) is not None:
        head = getattr(scene, "telling_head", None)
        return {
            "layer": head[0] + 1 if head else getattr(scene, "lingers", 0) + 1,
            "head": head[1] + 1 if head else None,
            "word": scene.reading.word_of[followed],  # type: ignore[attr-defined]
        }
    return {}


__all__ = ["JOBS", "prepare", "warm_up"]
