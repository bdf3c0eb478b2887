"""Any frame of a scene and any stretch of it, drawn at once, while the scene is being played and ever after.

The scene is played without drawing. All along it keepers are forked, each with the scene exactly as it stands there,
and wait. Asked for a frame or a stretch, one forks again, and that fork plays on to it, draws it, and ends. A keeper
costs memory, so there are only so many: where there would be more, the one goes that is least missed.
"""

import io
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from manim import Scene, config
from PIL import Image

from soakup.drawing.encoding import KEYFRAME_SECONDS, Encoder
from soakup.errors import SceneFault, StudioError
from soakup.film_writer import FilmWriter
from soakup.passing import Passing, cairo, picture
from soakup.regions import regions
from soakup.worker import Lifeline, Task, Worker

SHARP = 1080  # pixels, the short side of a frame that stands still to be looked at
APART = 6  # seconds of film between two keepers, and in a stretch that one fork draws, at least
MOST = 10  # keepers, while stretches wait to be drawn
KEPT = 5  # and when all are: what is asked for now is in the draft already, and only wanted sharper
NICE = 5  # what draws stretches comes after whoever waits for a frame, or for the storyboard


@dataclass(frozen=True)
class Frame:
    """A frame by its number; a sharp one is drawn large, and comes with its quantities."""

    number: int
    sharp: bool


@dataclass(frozen=True)
class Stretch:
    """The frames from `start` up to, not including, `end`; at both a play begins, or the film ends."""

    start: int
    end: int


@dataclass(frozen=True)
class Segment:
    """A part of a stretch that has been drawn, and its pictures."""

    start: int
    end: int
    path: Path


@dataclass
class Moments:
    """A scene that is played by its `render`, without drawing.

    In the process that plays it, `before` is called with the animations of each play that is in the film before it
    begins. In forks of it, `shown` is called with a frame and its picture, `failed` where there is none, and `drew`
    with each segment.
    """

    scene: Scene
    writer: FilmWriter
    folder: Path
    before: Callable[[tuple[Any, ...]], None]
    shown: Callable[[Frame, bytes, list[dict[str, Any]]], None]
    failed: Callable[[Frame, BaseException], None]
    drew: Callable[[Segment], None]
    explain: Callable[[BaseException], Exception]
    playhead: int = 0  # the frame that is being looked at
    keepers: list[tuple[int, Worker]] = field(default_factory=list)  # from which frame on
    waiting: list[Stretch] = field(default_factory=list)
    drawing: dict[Connection, Stretch] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lifeline = Lifeline()
        self._asking = threading.Lock()  # frames are asked for by another thread than stretches
        self.fps = Fraction(config.frame_rate).limit_denominator(1001)
        self.jobs = len(os.sched_getaffinity(0))
        self._wanted: Frame | Stretch | None = None  # in a fork of a keeper
        self._line: Connection | None = None  # in a fork that draws a stretch, where to say how that went
        self._cut = 0  # where the stretch begins that is being passed through, or the segment that is being drawn
        self._section = -1
        self._render, self.scene.render = self.scene.render, self._rendered  # type: ignore[method-assign]
        self._draw = cairo(self.scene).play
        cairo(self.scene).play = self._play  # type: ignore[method-assign]

    @property
    def forked(self) -> bool:
        """Whether this process is one that plays on to something."""
        return self._wanted is not None

    def ask(self, frame: Frame) -> bool:
        """Have a frame drawn; False where the scene has not come so far yet."""
        with self._asking:
            keeper = self._before(frame.number)
            if keeper is None or frame.number >= self.writer.frames:
                return False
            keeper.connection.send(frame)
        return True

    def end(self) -> None:
        """The scene has been played to its end: what remains is the last stretch."""
        if self.writer.frames > self._cut:
            self.waiting.append(Stretch(self._cut, self.writer.frames))

    def draw(self) -> None:
        """Have what waits drawn, what is looked at first, then what follows it; return when all of it is."""
        while self.waiting or self.drawing:
            self.draw_some()
            if self.drawing:  # the last may just have been heard of
                self._hear(None)
        while len(self.keepers) > KEPT:
            self._drop()

    def draw_some(self) -> None:
        """Have as much of it drawn as can be at once, and do not wait for it."""
        self._hear(0)
        while self.waiting and len(self.drawing) < self.jobs:
            ahead = [stretch for stretch in self.waiting if stretch.end > self.playhead]
            stretch = min(ahead or self.waiting, key=lambda s: s.start)
            self.waiting.remove(stretch)
            ours, theirs = Pipe()
            with theirs, self._asking:
                keeper = self._before(stretch.start)
                assert keeper
                keeper.connection.send(stretch)
                send_handle(keeper.connection, theirs.fileno(), keeper.process)
            self.drawing[ours] = stretch

    def _hear(self, seconds: float | None) -> None:
        for line in wait(list(self.drawing), seconds):
            assert isinstance(line, Connection)
            del self.drawing[line]
            try:
                error = line.recv()
            except (EOFError, OSError):
                error = SceneFault("a process that drew the film was killed, perhaps for want of memory")
            line.close()
            if error:
                raise error

    def _before(self, frame: int) -> Worker | None:
        return next((keeper for start, keeper in reversed(self.keepers) if start <= frame), None)

    # --- what takes the place of the scene's `render` ---

    def _rendered(self, *args: Any, **kwargs: Any) -> bool:
        try:
            result = self._render(*args, **kwargs)
            if self._wanted:
                raise SceneFault("the scene ended before its time")
        except BaseException as error:
            if self._wanted:
                self._leave(error)
            raise
        return result

    def _leave(self, error: BaseException | None = None) -> NoReturn:
        """End a fork: what is above belongs to another process."""
        with suppress(BaseException):
            if self._line:
                self._line.send(error and self.explain(error))
            elif error:
                assert isinstance(self._wanted, Frame)
                self.failed(self._wanted, error)
        os._exit(0)

    # --- what takes the place of the renderer's `play` ---

    def _play(self, scene: Scene, *animations: Any, **kwargs: Any) -> None:
        if self.writer.skips:
            Passing(scene, *animations, **kwargs).finish()
            return
        if not self._wanted:
            self.before(animations)
            self._keep()
        if isinstance(self._wanted, Stretch) and self.writer.frames >= self._wanted.start:
            self._draw_on(self._wanted, scene, *animations, **kwargs)
        elif isinstance(self._wanted, Frame):
            self._seek(self._wanted, Passing(scene, *animations, **kwargs))
        else:
            self.writer.frames += Passing(scene, *animations, **kwargs).finish()

    def _keep(self) -> None:
        """Leave a keeper here, where one is due. In a fork of a keeper this returns with what is wanted."""
        now = self.writer.frames
        if self.keepers and now - self._cut < APART * self.fps:
            return
        if now > self._cut:
            self.waiting.append(Stretch(self._cut, now))
        self._cut = now
        try:
            forked = Worker.fork(self.lifeline)
        except OSError as error:  # no more processes, or no memory for them
            if not self.keepers:
                raise StudioError(f"no process can be started to draw with: {error.strerror}") from None
            return
        if isinstance(forked, Worker):
            self.keepers.append((now, forked))
            if len(self.keepers) > MOST:
                self._drop()
            return
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for what is forked here
        for line in [*(keeper.connection for _, keeper in self.keepers), *self.drawing]:
            line.close()  # held here too it would never end
        self._await(forked)

    def _drop(self) -> None:
        """Let the keeper go without which the gap is smallest. (The newest would be the next's gap.)"""
        starts = [start for start, _ in self.keepers]
        least = min(range(1, len(starts) - 1), key=lambda k: starts[k + 1] - starts[k - 1])
        with self._asking:
            _, keeper = self.keepers.pop(least)
            keeper.connection.close()  # it does first what it has been asked
        os.waitpid(keeper.process, 0)

    def _await(self, task: Task) -> None:
        """In a keeper: fork for everything that is asked; only those forks return."""
        while True:
            try:
                wanted = task.connection.recv()
                line = Connection(recv_handle(task.connection)) if isinstance(wanted, Stretch) else None
            except (EOFError, OSError):
                os._exit(0)
            if os.fork():
                if line:
                    line.close()
                continue
            task.connection.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.lifeline.watch()
            # Texts are set into files: were they shared, one process could read what another is still writing.
            config.text_dir = config.tex_dir = str(self.folder / f"texts-{os.getpid()}")
            self._wanted, self._line = wanted, line
            if line:
                os.nice(NICE)
            return

    # --- in the forks of a keeper ---

    def _draw_on(self, stretch: Stretch, scene: Scene, *animations: Any, **kwargs: Any) -> None:
        writer = self.writer
        try:
            if (
                not writer.encoder
                or writer.number != self._section
                or writer.frames - self._cut >= KEYFRAME_SECONDS * self.fps
            ):
                self._drew()
                self._cut, self._section = writer.frames, writer.number
                path = self.folder / f"segment-{self._cut}.mp4"
                writer.encoder = Encoder(path, config.pixel_width, config.pixel_height, self.fps, "draft")
            self._draw(scene, *animations, **kwargs)
            if writer.frames < stretch.end:
                return
            self._drew()
        except BaseException as error:  # noqa: BLE001 - above lies the parent's code
            self._leave(error)
        self._leave()

    def _drew(self) -> None:
        if self.writer.encoder:
            self.writer.encoder.finish()
            self.drew(Segment(self._cut, self.writer.frames, self.writer.encoder.path))

    def _seek(self, frame: Frame, passing: Passing) -> None:
        writer = self.writer
        try:
            left = frame.number - writer.frames
            if left >= passing.frames:
                writer.frames += passing.finish()
                return
            passing.reach(left)
            pixels = sharp(passing.scene) if frame.sharp else picture(passing.scene)
            self.shown(frame, png(pixels), [r.record() for r in regions(passing.scene)] if frame.sharp else [])
        except BaseException as error:  # noqa: BLE001 - above lies the parent's code
            self._leave(error)
        self._leave()


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
