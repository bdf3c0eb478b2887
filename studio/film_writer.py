"""What Manim hands its frames and sections to, so that they go to one Encoder instead of Manim's many files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import Scene
from manim.scene.scene_file_writer import SceneFileWriter

from soakup.drawing.encoding import Encoder
from soakup.errors import StudioError
from soakup.scenes.scene import TraceScene


@dataclass(frozen=True, slots=True)
class Step:
    """How far a render is: `frames` drawn so far, and the section that is being drawn, the `number`-th from 1.

    `total` is how many sections the scene has, `planned` how many of them are to be drawn; both are None for a plain
    Manim scene, of which nobody knows how long it will be. `done` is how many have been drawn.
    """

    frames: int
    section: str
    number: int
    total: int | None
    done: int
    planned: int | None


@dataclass(frozen=True, slots=True)
class Span:
    """A section of a scene as it stands in the film, in frames: from `start` up to, not including, `end`."""

    name: str
    start: int
    end: int


class FilmWriter(SceneFileWriter):
    """Takes the place of a scene's own file writer: `scene.renderer.file_writer = FilmWriter(scene, …)`.

    (Giving the scene a renderer that makes it would take from a MovingCameraScene the camera it makes for itself.)
    """

    def __init__(self, scene: Scene, encoder: Encoder, progress: Callable[[Step], None]) -> None:
        self.scene, self.encoder, self.progress = scene, encoder, progress
        self.spans: list[Span] = []
        self.section, self.number = "", -1  # Manim opens one section of its own before any that the scene names
        self.poster: np.ndarray | None = None  # the frame that stands for the film: (height, width, 4) RGBA
        self._start = 0
        self._last: np.ndarray | None = None
        super().__init__(scene.file_writer_settings)

    def next_section(self, name: str, type_: str, skip_animations: bool) -> None:
        self.end_section()
        super().next_section(name, type_, skip_animations)
        self.section, self.number = ("", 0) if self.number < 0 else (name, self.number + 1)
        self.encoder.keyframe()

    def end_section(self) -> None:
        """Note the section that ends here, unless none of it was drawn."""
        if self.encoder.frames > self._start:
            self.spans.append(Span(self.section, self._start, self.encoder.frames))
            self._start = self.encoder.frames
            if self.section == getattr(self.scene, "poster_beat", None):
                self.poster = self._last

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        self.encoder.write(pixels, repeat)
        self._last = pixels
        self.progress(self._step())

    def finish(self) -> None:
        self.end_section()
        if self.poster is None:
            self.poster = self._last

    def _step(self) -> Step:
        if not isinstance(self.scene, TraceScene):
            return Step(self.encoder.frames, self.section, self.number, None, len(self.spans), None)
        total = len(self.scene.beat_names)
        first, last = self.scene.only or (1, total)
        return Step(self.encoder.frames, self.section, self.number, total, len(self.spans), last - first + 1)

    def add_sound(self, sound_file: Any, *args: Any, **kwargs: Any) -> None:
        raise StudioError(f"{self.scene} adds the sound {sound_file}, and soakup makes silent films: leave it out")

    # Here Manim would open a file for each animation, join them at the end, and save a picture of a scene without any.

    def begin_animation(self, *args: Any, **kwargs: Any) -> None: ...

    def end_animation(self, *args: Any, **kwargs: Any) -> None: ...

    def abort_encode_jobs(self, *args: Any, **kwargs: Any) -> None: ...

    def save_image(self, *args: Any, **kwargs: Any) -> None: ...
