"""The way back from a film's last picture to its first, for a film that goes round and round.

What both pictures have stays; what only the last has goes, and then what only the first has comes. So no text lies on
another on the way, as it would if the one picture were blended into the other.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image, ImageFilter

from soakup.drawing import alpha

SECONDS = 1.2
SAME = 24  # levels of 255: what encoding may add to a pixel that did not change


def first_picture(segment: Path, ground: int | None = None) -> np.ndarray:
    """The first frame of a segment, (height, width, 4) uint8 RGBA as Manim draws it: over its ground.

    `ground` is the grey that an AlphaEncoder was given; None for a segment of an Encoder.
    """
    if ground is not None:
        frame, *_ = next(alpha.frames([(segment, 1)]))
        straight = frame.reformat(format="rgba").to_ndarray().astype(np.int32)
        clear = straight[..., 3:]
        straight[..., :3] = (straight[..., :3] * clear + ground * (255 - clear) + 127) // 255
        return straight.astype(np.uint8)
    with av.open(segment) as film:
        frame = next(film.decode(video=0))
        shown = frame.reformat(format="rgba", src_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.JPEG)
        return shown.to_ndarray()


def way_back(last: np.ndarray, first: np.ndarray, empty: np.ndarray, fps: Fraction) -> Iterator[np.ndarray]:
    """The frames from `last`, which is not among them, to `first`, which is the last of them.

    All are (height, width, 4) uint8 RGBA; `empty`, of a shape that goes with these, is the ground alone.
    """
    between = np.where(_stays(last, first, empty)[..., None], first, empty)
    count = max(round(SECONDS * fps), 2)
    for number in range(1, count):
        t = 2 * number / count
        start, end, share = (last, between, t) if t < 1 else (between, first, t - 1)
        eased = share * share * (3 - 2 * share)
        yield np.rint(start + (end.astype(np.float32) - start) * eased).astype(np.uint8)
    yield first


def _stays(last: np.ndarray, first: np.ndarray, empty: np.ndarray) -> np.ndarray:
    """Where both pictures have the same thing, (height, width): pixels that are alike, among mostly such."""

    def near(mask: np.ndarray) -> np.ndarray:
        return np.asarray(Image.fromarray(mask).convert("L").filter(ImageFilter.BoxBlur(len(mask) // 60)), np.int16)

    alike, something = _alike(last, first), ~(_alike(last, empty) & _alike(first, empty))
    return alike & (2 * near(alike & something) >= near(something))


def _alike(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    return np.abs(one.astype(np.int16) - two).max(axis=2) <= SAME
