"""Frames on no ground: what is seen through is kept beside the film, without loss, for the forms that can show it.

RGBA frame → over the ground → H.264                     (the film, which knows nothing of it)
           → colours as they are without the ground, and alpha → FFV1
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np

from soakup.drawing.encoding import Encoder


def beside(segment: Path) -> Path:
    """Where the frames of a segment are kept with their alpha."""
    return segment.with_suffix(".alpha.mkv")


class AlphaEncoder(Encoder):
    """An Encoder of frames that were drawn without a ground. The film shows them on `ground`, black (0) or white (255),
    which is the colour that the scene gave it."""

    def __init__(
        self, path: Path, width: int, height: int, fps: int | Fraction, speed: str = "final", ground: int = 0
    ) -> None:
        super().__init__(path, width, height, fps, speed)
        self.ground = ground
        self._kept = av.open(beside(path), "w", format="matroska")
        self._frames = self._kept.add_stream("ffv1", rate=self.fps, options={"level": "3"})
        self._frames.width, self._frames.height, self._frames.pix_fmt = width, height, "bgra"
        self._closed = False

    def write(self, pixels: np.ndarray, repeat: int = 1, changed: slice | None = None) -> None:
        if repeat > 0:
            frame = av.VideoFrame.from_ndarray(straight(pixels, self.ground), format="rgba").reformat(format="bgra")
            frame.pts, frame.time_base = self.frames, 1 / self.fps
            self._kept.mux(self._frames.encode(frame))
        super().write(pixels, repeat, changed)

    def finish(self) -> None:
        self._close()
        super().finish()

    def abort(self) -> None:
        self._close()
        super().abort()

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._kept.mux(self._frames.encode(None))
            self._kept.close()


def straight(pixels: np.ndarray, ground: int = 0) -> np.ndarray:
    """(height, width, 4) uint8: the colours as they are by themselves.

    Manim begins with the colour of the ground and no alpha, so what cairo makes of it shows everything on that ground.
    """
    alpha = pixels[..., 3:].astype(np.int32)
    colours = pixels[..., :3] - (ground * (255 - alpha) + 127) // 255
    colours = (colours * 255 + alpha // 2) // np.maximum(alpha, 1)
    return np.concatenate([np.where(alpha > 0, colours, 0).clip(0, 255).astype(np.uint8), pixels[..., 3:]], axis=2)


def frames(segments: Sequence[tuple[Path, int]]) -> Iterator[tuple[av.VideoFrame, int, int]]:
    """What AlphaEncoders kept of these segments, each with its number of frames: every picture, the number of the
    frame it begins with, and for how many it stands."""
    begin = 0
    for segment, length in segments:
        with av.open(beside(segment)) as kept:
            stream = kept.streams.video[0]
            rate = cast(Fraction, stream.average_rate)
            waiting: tuple[av.VideoFrame, int] | None = None
            for frame in kept.decode(stream):
                at = round(frame.time * rate)
                if waiting:
                    yield waiting[0], begin + waiting[1], at - waiting[1]
                waiting = frame, at
            if waiting:
                yield waiting[0], begin + waiting[1], length - waiting[1]
        begin += length
