"""What Manim hands its frames and sections to, so that they go into one film instead of Manim's many files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import Scene
from manim.scene.scene_file_writer import SceneFileWriter

from soakup.drawing.encoding import Encoder
from soakup.drawing.fast import changed_rows
from soakup.errors import StudioError


@dataclass(frozen=True, slots=True)
class Span:
    """A section of a scene as it stands in the film, in frames: from `start` up to, not including, `end`."""

    name: str
    start: int
    end: int


class FilmWriter(SceneFileWriter):
    """Takes the place of a scene's own file writer: `scene.renderer.file_writer = FilmWriter(scene)`.

    (Giving the scene a renderer that makes it would take from a MovingCameraScene the camera it makes for itself.)
    `frames` counts those of the film so far, drawn or passed over; `frame_written` is called after each that is drawn,
    and `section_ends` with the name of each section that has any, when it ends.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.section_ends: Callable[[str], None] = lambda name: None
        self.spans: list[Span] = []
        self.section, self.number = "", -1  # Manim opens one section of its own before any that the scene names
        self.frames = 0
        self.encoder: Encoder | None = None
        self.frame_written: Callable[[], None] = lambda: None
        self._start = 0
        super().__init__(scene.file_writer_settings)

    def next_section(self, name: str, type_: str, skip_animations: bool) -> None:
        self.end_section()
        super().next_section(name, type_, skip_animations)
        self.section, self.number = ("", 0) if self.number < 0 else (name, self.number + 1)

    def end_section(self) -> None:
        """Note the section that ends here, unless none of it is in the film."""
        if self.frames > self._start:
            self.spans.append(Span(self.section, self._start, self.frames))
            self._start = self.frames
            self.section_ends(self.section)

    @property
    def skips(self) -> bool:
        """Whether the section is one that the film leaves out."""
        return self.sections[-1].skip_animations

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        assert self.encoder is not None
        self.encoder.write(pixels, repeat, changed_rows(self.scene.renderer))
        self.frames += repeat
        self.frame_written()

    def finish(self) -> None:
        self.end_section()

    def add_sound(self, sound_file: Any, *args: Any, **kwargs: Any) -> None:
        raise StudioError(f"the scene adds the sound {sound_file}, and soakup makes silent films: leave it out")

    # Here Manim would open a file for each animation, join them at the end, and save a picture of a scene without any.

    def begin_animation(self, *args: Any, **kwargs: Any) -> None: ...

    def end_animation(self, *args: Any, **kwargs: Any) -> None: ...

    def abort_encode_jobs(self, *args: Any, **kwargs: Any) -> None: ...

    def save_image(self, *args: Any, **kwargs: Any) -> None: ...
