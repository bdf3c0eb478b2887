"""Flows: bands from the words of a row down to what each has become, as wide as the share that arrives."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from manim import ManimColor, VMobject

from soakup.scenes.quantity import Quantity

Span = tuple[float, float]  # left and right edge

OPACITY = 0.6


def starts(widths: Sequence[float], edge: Span) -> list[Span]:
    """Where bands of these widths leave an edge: side by side about its middle, made narrower where they do not fit."""
    left, right = edge
    scale = min(1.0, (right - left) / sum(widths)) if sum(widths) else 1.0
    pens = np.concatenate([[0.0], np.cumsum(widths) * scale])
    pens += (left + right) / 2 - pens[-1] / 2
    return [(float(a), float(b)) for a, b in pairwise(pens)]


class Flow(VMobject):
    """One band, from the span `top` at height y0 to the span `bottom` at height y1."""

    def __init__(
        self, top: Span, bottom: Span, heights: tuple[float, float], color: ManimColor, quantity: Quantity
    ) -> None:
        super().__init__(stroke_width=0)
        self.quantities = (quantity,)
        self.set_fill(color, opacity=OPACITY)
        (y0, y1), middle = heights, sum(heights) / 2
        self.edges = [
            np.array([(x0, y0, 0), (x0, middle, 0), (x1, middle, 0), (x1, y1, 0)], dtype=float)
            for x0, x1 in zip(top, bottom, strict=True)
        ]
        self.reach(1.0)

    def reach(self, t: float) -> None:
        """Show the band down to the share t of its way."""
        left, right = (_part(edge, max(t, 1e-3)) for edge in self.edges)
        self.set_fill(opacity=OPACITY * min(1.0, 20 * t))
        self.points = np.concatenate([left, _line(left[-1], right[-1]), right[::-1], _line(right[0], left[0])])


def flows(
    edges: Mapping[int, Span],
    landings: Mapping[tuple[int, int], Span],
    heights: tuple[float, float],
    colors: Mapping[int, ManimColor],
    quantities: Mapping[tuple[int, int], Quantity],
) -> list[Flow]:
    """Bands from each source, leaving the span `edges[source]`, to `landings[source, target]`, targets in order."""
    bands = []
    for source, edge in edges.items():
        reached = sorted((span, target) for (s, target), span in landings.items() if s == source)
        tops = starts([b - a for (a, b), _ in reached], edge)
        for top, (bottom, target) in zip(tops, reached, strict=True):
            bands.append(Flow(top, bottom, heights, colors[source], quantities[source, target]))
    return bands


def flowing(band: Flow) -> Callable[[float], None]:
    """A step in which a band comes down from its source."""
    band.reach(0.0)
    return band.reach


def _part(curve: np.ndarray, t: float) -> np.ndarray:
    """The first part of a cubic Bézier curve (4, 3), up to its parameter t (de Casteljau)."""
    a, b, c, d = curve
    ab, bc, cd = a + (b - a) * t, b + (c - b) * t, c + (d - c) * t
    abc, bcd = ab + (bc - ab) * t, bc + (cd - bc) * t
    return np.array([a, ab, abc, abc + (bcd - abc) * t])


def _line(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a + (b - a) * np.linspace(0, 1, 4)[:, None]
