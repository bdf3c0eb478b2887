"""Arcs from source to target above the row, as strong as what passes along them, and the lights that travel them."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from manim import Circle, ManimColor, VGroup, VMobject

from soakup.scenes import style
from soakup.scenes.quantity import Quantity

QUIET = 0.6  # opacity of an arc that stays in the background, by that of others
LAG = 0.6  # of the time a light takes: how much later than the first the others leave
ALONG = 0.8  # of the way of a light that goes on: the part that is its arc


def arc_heights(spans: Sequence[float], room: float) -> list[float]:
    """The height of an arc by its span: longer is higher, each distinct, the longest filling the room."""
    longest = max(spans, default=1.0)
    return [room * (0.14 + 0.86 * (span / longest) ** 0.75) if longest else 0.0 for span in spans]


def over_the_row(source: Sequence[float], target: Sequence[float], highest: float) -> np.ndarray:
    """A cubic Bézier curve (4, 3) from source up and over to target, points on the tokens' upper edges, about as high
    as `highest` in the middle."""
    top = (highest - (source[1] + target[1]) / 8) / 0.75
    lean = 0.12 * (target[0] - source[0])  # the foot leans inwards so that arcs that share a token part at once
    return np.array([source, [source[0] + lean, top, 0], [target[0] - lean, top, 0], target], dtype=float)


def down_to_the_next(source: Sequence[float], target: Sequence[float]) -> np.ndarray:
    """The same from under a token of one row down to a token of the next."""
    bend = 0.55 * (source[1] - target[1])
    return np.array([source, [source[0], source[1] - bend, 0], [target[0], target[1] + bend, 0], target], dtype=float)


class Arc(VMobject):
    """One arc along a cubic Bézier curve (4, 3) from source to target; its quantity is a share from 0 to 1. A `quiet`
    one stays in the background."""

    def __init__(self, path: np.ndarray, color: str | ManimColor, quantity: Quantity, quiet: bool = False) -> None:
        super().__init__(fill_opacity=0)
        self.points = path.copy()
        self.quantities = (quantity,)
        self.share = float(quantity.value)
        self.opacity = style.arc_opacity(self.share) * (QUIET if quiet else 1.0)
        self.set_stroke(color, width=style.arc_width(self.share), opacity=self.opacity)

    def at(self, t: float) -> np.ndarray:
        """The point at t between 0 (source) and 1 (target)."""
        a, b, c, d = self.points[:4]
        return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d


class Lights(VGroup):
    """A light for every arc, in the arc's colour, its area in proportion to the share; `step` moves them all.

    Those of the arcs in `first` leave before the others, so that the eye can follow them. From the ends of their arcs
    they go on `into` a point, where there is one.
    """

    def __init__(
        self, arcs: Iterable[Arc], first: Iterable[Arc] | None = None, into: Sequence[float] | None = None
    ) -> None:
        self.arcs, self.into = list(arcs), into
        self.first = set(self.arcs if first is None else first)
        self.lag = LAG if self.first < set(self.arcs) else 0.0
        lights = []
        for arc in self.arcs:
            light = Circle(radius=style.light_radius(arc.share), stroke_width=0, fill_opacity=0)
            light.set_fill(arc.get_stroke_color(), opacity=0).move_to(arc.at(0)).set_z_index(arc.z_index)
            light.quantities = arc.quantities
            lights.append(light)
        super().__init__(*lights)

    def step(self, alpha: float) -> None:
        """Put every light where it is at alpha, brightening as it leaves and fading as it is taken in."""
        for light, arc in zip(self.submobjects, self.arcs, strict=True):
            own = min(max((1 + self.lag) * alpha - (0.0 if arc in self.first else self.lag), 0.0), 1.0)
            light.shift(self._at(arc, own) - light.get_center())
            light.fill_rgbas[:, 3] = min(1.0, 8 * own, 8 * (1 - own))

    def _at(self, arc: Arc, t: float) -> np.ndarray:
        if self.into is None or t < ALONG:
            return arc.at(t if self.into is None else t / ALONG)
        end = arc.at(1)
        return end + (np.asarray(self.into) - end) * (t - ALONG) / (1 - ALONG)


def drawing(arc: Arc) -> Callable[[float], None]:
    """A step that draws an arc from its source."""
    a, b, c, d = arc.points[:4].copy()

    def step(alpha: float) -> None:
        t = max(alpha, 1e-3)
        ab, bc, cd = a + (b - a) * t, b + (c - b) * t, c + (d - c) * t
        abc, bcd = ab + (bc - ab) * t, bc + (cd - bc) * t
        arc.points = np.array([a, ab, abc, abc + (bcd - abc) * t])

    step(0)
    return step
