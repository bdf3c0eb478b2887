"""Words on the screen, each with the quantities its digits come from.

Digits cannot be written here any other way: a text holding a digit that no quantity accounts for is refused.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from manim import VGroup, VMobject

from soakup.assets import fonts
from soakup.drawing import parts
from soakup.drawing.lettering import QuickText
from soakup.scenes.quantity import Quantity

UNIT = 48.0  # the font size at which outlines are kept
SMALL_CAPS = "SMALL_CAPS"  # a weight: capitals a little higher than an x
SMALLER = 0.75  # of the size, that such capitals have


@lru_cache(maxsize=2000)
def set_line(text: str, weight: str) -> tuple[tuple[np.ndarray, ...], float]:
    """The glyphs of a line at font size UNIT, its baseline at height 0, and how high an x is. Raises NotDrawable."""
    fonts.register()
    # A leading x marks the baseline: Pango reports only outlines, and they begin wherever the letters do.
    size, weight = (SMALLER * UNIT, "NORMAL") if weight == SMALL_CAPS else (UNIT, weight)
    drawn = QuickText(
        "x" + text, font=fonts.face_for("x" + text), font_size=size, weight=weight, warn_missing_font=False
    )
    x, *glyphs = drawn.submobjects
    baseline = x.get_bottom()[1]
    return tuple(glyph.points - [0, baseline, 0] for glyph in glyphs), float(x.height)


@lru_cache(maxsize=4000)
def glyphs_of(text: str, weight: str, color: str) -> tuple[VMobject, ...]:
    """The same as mobjects of a colour, to be copied: making them anew would take longer."""
    glyphs = []
    for points in set_line(text, weight)[0]:
        glyph = VMobject(stroke_width=0, fill_opacity=1, color=color)
        glyph.points = points
        glyphs.append(glyph)
    return tuple(glyphs)


class Words(VGroup):
    """One line of text, shown literally, standing on a baseline; `x_height` is how high an x is.

    Its glyphs are plain outlines: Manim's own Text would carry the SVG it was read from through every copy.
    """

    def __init__(
        self, text: str, size: float, color: str, quantities: Sequence[Quantity] = (), weight: str = "NORMAL"
    ) -> None:
        left = text
        for quantity in sorted(quantities, key=lambda q: -len(q.text)):
            left = left.replace(quantity.text, "", 1) if quantity.text else left
        if re.search(r"\d", left):
            raise ValueError(f"{text!r} shows digits that no quantity accounts for")
        super().__init__()
        self.text, self.size, self.quantities = text, size, tuple(quantities)
        scale = size / UNIT
        self.x_height = set_line(text, weight)[1] * scale
        self.add(*[parts.mobjects.placed(glyph, scale, 0, 0, 0, None) for glyph in glyphs_of(text, weight, color)])
        self.drop, self._area = -self.get_bottom()[1], self.width * self.height
        self._way = self._direction()

    @property
    def font_size(self) -> float:
        """The size it stands at now, scaled and turned as it may have been."""
        return self.size * math.sqrt(self.width * self.height / self._area) if self._area else self.size

    @property
    def baseline(self) -> float:
        """The height its letters stand at."""
        return float(self.get_bottom()[1]) + self.drop * self.font_size / self.size

    @property
    def turned(self) -> bool:
        """Whether it no longer runs as it was set."""
        return float(self._way @ self._direction()) < 0.999

    def parts_of_quantities(self) -> list[list[VMobject]]:
        """The glyphs that each of its quantities is drawn as; all, where glyphs and letters are not one to one."""
        letters = [k for k, c in enumerate(self.text) if not c.isspace()]
        if len(letters) != len(self.submobjects):
            return [list(self.submobjects)] * len(self.quantities)
        parts, end = [], 0
        for quantity in self.quantities:
            start = max(self.text.find(quantity.text, end), 0)
            end = start + len(quantity.text)
            parts.append([glyph for k, glyph in zip(letters, self.submobjects, strict=True) if start <= k < end])
        return parts

    def _direction(self) -> np.ndarray:
        """The way from the middle of the first outline to its start: a unit vector, (3,)."""
        points = next((glyph.points for glyph in self.submobjects if len(glyph.points)), np.eye(3))
        way = points[0] - points.mean(axis=0)
        return way / (np.linalg.norm(way) or 1.0)

    @classmethod
    def of(cls, parts: Sequence[str | Quantity], size: float, color: str) -> "Words":
        """A line made of text and quantities."""
        return cls(written(parts), size, color, [part for part in parts if isinstance(part, Quantity)])

    def stand(self, x: float, y: float, side: float = 0.0) -> "Words":
        """Put the baseline at y, and at x the middle (side 0), the left end (-1) or the right end (1)."""
        drop = self.drop * self.font_size / self.size
        self.shift((x - self.get_center()[0] - side * self.width / 2, y - drop - self.get_bottom()[1], 0))
        return self

    def centre(self, x: float, y: float, side: float = 0.0) -> "Words":
        """The same, with the middle between ascenders and descenders at y, so that rows of words look level."""
        return self.stand(x, y - 0.56 * self.x_height, side)


def written(parts: Sequence[str | Quantity]) -> str:
    """Text and quantities as they stand on the screen."""
    return "".join(part.text if isinstance(part, Quantity) else part for part in parts)


def is_blank(parts: Sequence[str | Quantity]) -> bool:
    """Whether what the quantities among them stand for is nothing that can be seen."""
    return not "".join(str(part.value) for part in parts if isinstance(part, Quantity)).strip()


def listed(quantities: Sequence[Quantity]) -> list[str | Quantity]:
    """One, two and three."""
    parts: list[str | Quantity] = []
    for k, quantity in enumerate(quantities):
        parts += ["" if k == 0 else " and " if k == len(quantities) - 1 else ", ", quantity]
    return parts


def line_width(text: str, size: float) -> float:
    """How wide a line of text is."""
    outlines, _ = set_line(text, "NORMAL")
    xs = np.concatenate([points[:, 0] for points in outlines if len(points)] or [np.zeros(1)])
    return float(np.ptp(xs)) * size / UNIT


def line_reach(text: str, size: float) -> tuple[float, float]:
    """How far a line of text reaches over its baseline, and how far under it."""
    outlines, _ = set_line(text, "NORMAL")
    anchors = [points.reshape(-1, 4, 3)[:, [0, 3], 1].ravel() for points in outlines]
    ys = np.concatenate([*anchors, np.zeros(1)])
    return float(ys.max()) * size / UNIT, float(-ys.min()) * size / UNIT
