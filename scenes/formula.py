"""Mathematics, set by Typst; symbols only, since every digit on the screen belongs to a quantity."""

import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from manim import MathTypst, VGroup, VMobject

FLAT = 1e-4  # what is less high is a line
RULE = 0.0007  # how thick the line of a fraction or a root is, by font size


class Formula(VGroup):
    """A formula without digits, such as `Delta arrow(E)`."""

    def __init__(self, source: str, size: float, color: str) -> None:
        if re.search(r"\d", source):
            raise ValueError(f"{source!r} holds a digit that no quantity accounts for")
        super().__init__()
        self.source, self.size = source, size
        for points in _set(source, size):
            glyph = VMobject(stroke_width=0, fill_opacity=1, color=color)
            glyph.points = points.copy()
            self.add(glyph)
        self._height = self.height

    @property
    def font_size(self) -> float:
        """The size it stands at now, scaled as it may have been."""
        return self.size * self.height / self._height

    def part(self, source: str, glyphs: Iterable[int]) -> "Part":
        """Some of its glyphs, which on their own would be set from `source`."""
        return Part(self, source, glyphs)


class Part(VGroup):
    """Glyphs of a formula that come or are lit by themselves, and stay where they are in it."""

    def __init__(self, whole: Formula, source: str, glyphs: Iterable[int]) -> None:
        super().__init__(*[whole[k] for k in glyphs])
        self.whole, self.source = whole, source

    @property
    def font_size(self) -> float:
        return self.whole.font_size


@lru_cache(maxsize=500)
def _set(source: str, size: float) -> tuple[np.ndarray, ...]:
    """The outlines of a formula's glyphs."""
    glyphs = MathTypst(source, font_size=size).family_members_with_points()
    return tuple(g.points if g.height > FLAT else _ruled(g.points, RULE * size) for g in glyphs)


def _ruled(points: np.ndarray, thickness: float) -> np.ndarray:
    """The outline of a level line that Typst only strokes."""
    (left, y, _), right = points[points[:, 0].argmin()], points[:, 0].max()
    up = y + thickness / 2
    corners = np.array([(left, up), (right, up), (right, up - thickness), (left, up - thickness), (left, up)])
    steps = np.linspace(0, 1, 4)[None, :, None]
    curves = corners[:-1, None] + (corners[1:, None] - corners[:-1, None]) * steps  # (4, 4, 2)
    return np.pad(curves.reshape(-1, 2), ((0, 0), (0, 1)))
