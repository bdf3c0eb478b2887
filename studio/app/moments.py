"""Any frame of a scene, drawn at once, while the scene is being played and ever after.

All along a scene keepers are forked, each with the scene exactly as it stands there, and wait. Asked for a frame, one
forks again, and that fork plays on to the frame, draws it, and ends.
"""

import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from manim import Scene, config
from PIL import Image

from soakup.errors import SceneFault
from soakup.passing import Passing, cairo, picture
from soakup.regions import regions
from soakup.segments import Segments
from soakup.worker import Worker

SHARP = 1080  # pixels, the short side of a frame that stands still to be looked at
APART = 8  # seconds of film between two keepers, at most


@dataclass(frozen=True)
class Wanted:
    """A frame by its number; a sharp one is drawn large, and comes with its quantities."""

    number: int
    sharp: bool


@dataclass
class Moments:
    """Keepers for the scene that `segments` plays; `shown` is called with a frame where it was drawn, `failed` with
    what went wrong."""

    segments: Segments
    shown: Callable[[Wanted, bytes, list[dict[str, Any]]], None]
    failed: Callable[[Wanted, BaseException], None]
    keepers: list[tuple[int, Connection]] = field(default_factory=list)  # from which frame on, and how it is told

    def __post_init__(self) -> None:
        self._wanted: Wanted | None = None  # in a fork that plays on to it
        self._section = -1
        scene = self.segments.scene
        self._render, scene.render = scene.render, self._rendered  # type: ignore[method-assign]
        self._go_on = cairo(scene).play
        cairo(scene).play = self._play  # type: ignore[method-assign]

    def ask(self, wanted: Wanted) -> bool:
        """Have a frame drawn; False where the scene has not come so far yet."""
        before = [connection for start, connection in list(self.keepers) if start <= wanted.number]
        if not before or wanted.number >= self.segments.writer.frames:
            return False
        before[-1].send(wanted)
        return True

    @property
    def seeks(self) -> bool:
        """Whether this process is one that plays on to a frame."""
        return self._wanted is not None

    # --- what takes the place of the scene's `render` ---

    def _rendered(self, *args: Any, **kwargs: Any) -> bool:
        try:
            result = self._render(*args, **kwargs)
            if self._wanted:
                raise SceneFault("the scene ended before its time")
        except BaseException as error:
            if self._wanted:
                self.failed(self._wanted, error)
                os._exit(0)
            raise
        return result

    # --- what takes the place of the renderer's `play` ---

    def _play(self, scene: Scene, *animations: Any, **kwargs: Any) -> None:
        writer = self.segments.writer
        if not self._wanted and not writer.skips and not self.segments.draws:
            last = self.keepers[-1][0] if self.keepers else 0
            if writer.number != self._section or writer.frames - last >= APART * self.segments.how.fps:
                self._section = writer.number
                self._keep()
        if self._wanted:
            self._seek(self._wanted, Passing(scene, *animations, **kwargs))
        else:
            self._go_on(scene, *animations, **kwargs)

    def _keep(self) -> None:
        forked = self.segments.fork()
        if isinstance(forked, Worker):
            self.keepers.append((self.segments.writer.frames, forked.connection))
            return
        while True:
            try:
                wanted = forked.connection.recv()
            except EOFError:
                os._exit(0)
            process = os.fork()
            if not process:
                self.segments.lifeline.watch()
                self._wanted = wanted
                return
            os.waitpid(process, 0)

    def _seek(self, wanted: Wanted, passing: Passing) -> None:
        writer = self.segments.writer
        try:
            left = wanted.number - writer.frames
            if left >= passing.frames:
                writer.frames += passing.finish()
                return
            passing.reach(left)
            pixels = sharp(passing.scene) if wanted.sharp else picture(passing.scene)
            self.shown(wanted, png(pixels), [r.record() for r in regions(passing.scene)] if wanted.sharp else [])
        except BaseException as error:  # noqa: BLE001 - above lies the parent's code
            self.failed(wanted, error)
        os._exit(0)


def sharp(scene: Scene) -> np.ndarray:
    """The scene as it stands, drawn with SHARP pixels along its short side."""
    camera: Any = scene.camera
    width, height = config.frame_width, config.frame_height
    unit = SHARP / min(width, height)
    camera.reset_pixel_shape(2 * round(height * unit / 2), 2 * round(width * unit / 2))
    camera.init_background()
    return picture(scene)


def png(pixels: np.ndarray) -> bytes:
    """A picture as a file, quickly."""
    file = io.BytesIO()
    Image.fromarray(pixels[..., :3]).save(file, format="png", compress_level=1)
    return file.getvalue()
