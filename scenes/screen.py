"""The frame a scene is laid out for: 16:9, 1:1 or 9:16, its short side always 8 units.

A scene sets `size`, and from then on lays itself out by `self.screen`, never by numbers of its own:

    class Mine(LayerByLayer):
        size = "9:16"
"""

import math
from dataclasses import dataclass

from manim import config

from soakup.scenes import style
from soakup.scenes.errors import SceneError

SIZES = {"16:9": (16, 9), "1:1": (1, 1), "9:16": (9, 16)}
SHORT = 8.0  # units
NEARLY = 0.01  # how far pixels, being whole, may be from a shape
CAPTION_LINES = 1.05  # units kept free over the captions' edge, for two lines
LIFTED = 0.9  # how much higher captions stand in an upright film, whose lowest part players cover with buttons


@dataclass(frozen=True)
class Screen:
    """A frame of `width` × `height` units about the origin; `left`, `right`, `top` and `bottom` are its margins."""

    width: float
    height: float

    @property
    def right(self) -> float:
        return self.width / 2 - style.MARGIN

    @property
    def left(self) -> float:
        return -self.right

    @property
    def top(self) -> float:
        return self.height / 2 - style.MARGIN

    @property
    def bottom(self) -> float:
        return -self.top

    @property
    def room(self) -> float:
        """The width between the margins."""
        return self.right - self.left

    @property
    def narrow(self) -> bool:
        """Whether it is no wider than its short side: what stands side by side in a wide one has to be fewer, smaller
        or below each other."""
        return self.width < 1.2 * SHORT

    @property
    def tall(self) -> bool:
        return self.height > 1.2 * SHORT

    @property
    def captions_at(self) -> float:
        """The lower edge of captions."""
        return self.bottom + (LIFTED if self.tall else 0.0)

    @property
    def floor(self) -> float:
        """How far down all but captions may stand."""
        return self.captions_at + CAPTION_LINES


def the_screen() -> Screen:
    """The frame Manim has now."""
    return Screen(config.frame_width, config.frame_height)


def set_size(size: str) -> None:
    """Give Manim's frame this shape; the short side keeps its pixels. Must come before a camera is made.

    Raises SceneError where there is no such size.
    """
    if size not in SIZES:
        raise SceneError(f"there is no size {size!r}: choose {', '.join([*SIZES][:-1])} or {[*SIZES][-1]}")
    across, down = SIZES[size]
    if not math.isclose(config.pixel_width / config.pixel_height, across / down, rel_tol=NEARLY):
        short = min(config.pixel_width, config.pixel_height)
        config.pixel_width, config.pixel_height = (
            2 * math.ceil(short * side / min(across, down) / 2) for side in (across, down)
        )
    config.frame_width, config.frame_height = (SHORT * side / min(across, down) for side in (across, down))
