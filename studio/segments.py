"""A scene's film in segments, drawn by several processes at once.

This process goes through the scene without drawing (`Passing`) and, where a segment begins, forks a Worker, which has
the scene exactly as it stands there. When the segment's end is reached it is known what is in it: either the cache has
it, or the worker is told to draw it. So every film is drawn in the same segments, each from the same state, and is the
same whatever the number of processes.

A segment begins with each section of the scene, and with a play when the one before has lasted KEYFRAME_SECONDS (a
player needs a keyframe there anyway). Where a process cannot fork, this one draws each segment itself.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from multiprocessing.connection import wait
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Self

import numpy as np
from manim import Scene, config

from soakup.drawing.alpha import AlphaEncoder
from soakup.drawing.encoding import KEYFRAME_SECONDS, Encoder
from soakup.errors import StudioError
from soakup.film_writer import FilmWriter
from soakup.fingerprint import Fingerprint
from soakup.passing import Passing, cairo
from soakup.segment_cache import SegmentCache
from soakup.worker import Lifeline, Task, Worker

FORKS = sys.platform == "linux"  # elsewhere the libraries that draw letters may fail in a forked process
TELL_SECONDS = 0.2  # between two reports of a worker


@dataclass
class Segment:
    """A stretch of a film: its pictures will be in `path`."""

    path: Path
    section: str
    number: int  # of the section, from 1
    worker: Worker | None = None
    fingerprint: Fingerprint | None = None
    key: str | None = None
    plays: int = 0
    frames: int = 0
    done: bool = False

    @property
    def drawn(self) -> int:
        """Frames drawn so far."""
        return self.frames if self.done else self.worker.frames if self.worker else 0


@dataclass(frozen=True)
class How:
    """How a film is drawn: its measures, and with what help."""

    width: int
    height: int
    fps: Fraction
    speed: str  # of encoding
    jobs: int  # how many processes draw at once
    cache: SegmentCache | None
    under: int | None = None  # with no ground drawn, the grey that the film shows under it; else None


@dataclass
class Segments:
    """Plays a scene into segments: `segments`, in order, once `play` is through. A context manager: nothing is left
    running after it.

    `explain` makes of whatever a scene raised what this process raises; `progress` is called as segments get done.
    """

    scene: Scene
    writer: FilmWriter
    folder: Path
    how: How
    explain: Callable[[BaseException], Exception]
    progress: Callable[["Segments"], None]
    segments: list[Segment] = field(default_factory=list)
    skipped: list[tuple[float, float]] = field(default_factory=list)  # stretches of the scene's time not in the film

    def __post_init__(self) -> None:
        self._task: Task | None = None  # in a worker, its own
        self._open: Segment | None = None
        self._planned: deque[Segment] = deque()
        self._drawing: list[Segment] = []
        self._error: Exception | None = None
        self._lifeline = Lifeline()
        self._told = monotonic()
        self.writer.frame_written = self._drew_frame
        self._draw = cairo(self.scene).play
        cairo(self.scene).play = self._play  # type: ignore[method-assign]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for segment in [*self._drawing, *self._planned, *([self._open] if self._open else [])]:
            if segment.worker:
                segment.worker.end()
        if self.writer.encoder:
            self.writer.encoder.abort()
        self._lifeline.__exit__(kind, error, trace)

    def play(self) -> None:
        """Play the scene to its end, and have all of it drawn. Raises what `explain` makes of what goes wrong.

        What is being drawn when the scene fails is finished first, so that the cache has it next time.
        """
        try:
            self.scene.render()
            self._leave(RuntimeError("the scene ended before its time"))
            self._close()
            self._wait_until(lambda: not self._drawing)
        except (Exception, SystemExit) as error:
            self._leave(error)
            self._planned.clear()
            self._wait_until(lambda: not self._drawing)
            raise self.explain(error) from error
        except BaseException as error:
            self._leave(error)
            raise
        if self._error:  # and the scene took no notice
            raise self._error

    def append(self, pictures: Iterable[np.ndarray]) -> None:
        """Let the film go on with these pictures, once all of it is drawn; they are in no section."""
        segment = Segment(self.folder / f"segment-{len(self.segments):05}.end.mp4", "", self.writer.number)
        with self._encoder(segment) as encoder:
            for picture in pictures:
                encoder.write(picture)
            encoder.finish()
        segment.frames, segment.done = encoder.frames, True
        self.segments.append(segment)

    def _leave(self, error: BaseException) -> None:
        """In a worker, end: what is above belongs to the parent."""
        if self._task:
            self._task.end(self.explain(error))

    # --- what takes the place of the renderer's `play` ---

    def _play(self, scene: Scene, *animations: Any, **kwargs: Any) -> None:
        if not self._task:
            if self.writer.skips:
                start = scene.time
                Passing(scene, *animations, **kwargs).finish()
                self.skipped.append((start, scene.time))
                return
            self._cut()
        if self._task or not FORKS:
            self._draw(scene, *animations, **kwargs)
            self._drew()
        else:
            self._pass(Passing(scene, *animations, **kwargs))

    def _pass(self, passing: Passing) -> None:
        segment = self._open
        assert segment
        if segment.fingerprint:
            segment.fingerprint.add(passing)
        frames = passing.finish()
        segment.plays += 1
        segment.frames += frames
        self.writer.frames += frames

    def _cut(self) -> None:
        """Begin a segment, where one is due. In the worker that will draw it, this returns when it is to begin."""
        begun, writer, how = self._open, self.writer, self.how
        if begun and begun.number == writer.number and begun.frames < KEYFRAME_SECONDS * how.fps:
            return
        self._close()
        path = self.folder / f"segment-{len(self.segments):05}.mp4"
        segment = self._open = Segment(path, writer.section, writer.number)
        if not FORKS:
            writer.encoder = self._encoder(segment)
            return
        self._wait_until(lambda: len(self._planned) < how.jobs)
        forked = self._fork()
        if isinstance(forked, Task):
            # Texts are set into files: were they shared, one process could read what another is still writing.
            config.text_dir = config.tex_dir = str(path.with_suffix(".texts"))
            self._task, segment.plays = forked, forked.wait()
            forked.guard(self._begin, self.explain)
        else:
            segment.worker = forked
            segment.fingerprint = how.cache.fingerprint() if how.cache else None

    def _fork(self) -> Worker | Task:
        try:
            return Worker.fork(self._lifeline)
        except OSError:  # no more processes, or no memory for them: wait for those there are
            self._wait_until(lambda: not self._drawing)
        try:
            return Worker.fork(self._lifeline)
        except OSError as error:
            raise StudioError(f"no process can be started to draw with: {error.strerror}") from None

    def _close(self) -> None:
        """The open segment is complete: see that it gets drawn."""
        segment, self._open = self._open, None
        if not segment:
            return
        if self.writer.encoder:
            self.writer.encoder.finish()
            self.writer.encoder, segment.done = None, True
        elif segment.fingerprint and self.how.cache:
            segment.key = segment.fingerprint.key()
            segment.done = self.how.cache.get(segment.key, segment.path)
        if segment.frames:
            self.segments.append(segment)
        if segment.worker and (segment.done or not segment.frames):
            segment.worker.end()
        elif segment.worker:
            self._planned.append(segment)
            self._start()
        if segment.done:
            self.progress(self)

    # --- drawing ---

    def _encoder(self, segment: Segment) -> Encoder:
        how = self.how
        if how.under is not None:
            return AlphaEncoder(segment.path, how.width, how.height, how.fps, how.speed, how.under)
        return Encoder(segment.path, how.width, how.height, how.fps, how.speed)

    def _begin(self) -> None:
        assert self._open
        self._left, self._told = self._open.plays, monotonic()
        self.writer.encoder, self.writer.frames = self._encoder(self._open), 0

    def _drew(self) -> None:
        """A play has been drawn, by this process."""
        encoder, segment, task = self.writer.encoder, self._open, self._task
        assert encoder and segment
        if not task:
            segment.frames = encoder.frames
            return
        self._left -= 1
        if self._left == 0:
            task.guard(encoder.finish, self.explain)
            task.end()

    def _drew_frame(self) -> None:
        """A frame has been drawn, by this process."""
        encoder, segment = self.writer.encoder, self._open
        assert encoder and segment
        if monotonic() < self._told + TELL_SECONDS:
            return
        self._told = monotonic()
        if self._task:
            self._task.tell(encoder.frames)
        else:
            self.progress(self)

    def _start(self) -> None:
        while self._planned and len(self._drawing) < self.how.jobs:
            segment = self._planned.popleft()
            assert segment.worker
            self._drawing.append(segment)
            segment.worker.start(segment.plays)

    def _wait_until(self, ready: Callable[[], bool]) -> None:
        """Hear what the workers say until something is so; what they have said already in any case."""
        self._start()
        while True:
            enough = ready()
            workers = {s.worker.connection: s for s in self._drawing if s.worker}
            heard = wait(list(workers), 0 if enough else None)
            for connection in heard:
                self._hear(workers[connection])  # type: ignore[index]
            if enough and not heard:
                return
            self._start()
            self.progress(self)

    def _hear(self, segment: Segment) -> None:
        worker = segment.worker
        assert worker
        worker.hear()
        if not worker.ended:
            return
        self._drawing.remove(segment)
        if worker.error:
            self._error = worker.error
            raise worker.error
        segment.done = True
        if self.how.cache and segment.key:
            self.how.cache.put(segment.key, segment.path)
