"""What stands in a cell where there are no digits: a patch whose colour is a score, a dot whose area is a weight."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from manim import Circle, ManimColor, Rectangle, VMobject

from soakup.scenes import style
from soakup.scenes.quantity import Quantity
from soakup.scenes.style import Theme


class Dot(Circle):
    """A weight: its area is in proportion, and `largest` is the radius of all the attention there is."""

    def __init__(self, quantity: Quantity, at: Sequence[float], largest: float, color: ManimColor) -> None:
        super().__init__(radius=1.0, stroke_width=0, fill_opacity=1, color=color)
        self.unit = self.points.copy()
        self.quantities = (quantity,)
        self.at = np.array([at[0], at[1], 0.0])
        self.largest = largest
        self.radius_shown = largest * math.sqrt(max(float(quantity.value), 0.0))
        self.grow(1.0)

    def grow(self, share: float, narrowed: float = 1.0) -> None:
        """Draw the dot at a share of its radius, and narrowed as if turned."""
        size = max(self.radius_shown * share, 1e-4)
        self.points = self.unit * [size * max(narrowed, 1e-3), size, 0] + self.at

    def growing(self, after: float = 0.0) -> Callable[[float], None]:
        """A step in which the dot grows from its middle, once `after` of the time is over."""
        return lambda alpha: self.grow(max(alpha - after, 0.0) / (1 - after))


class Patch(Rectangle):
    """A score as a colour."""

    def __init__(self, quantity: Quantity, at: Sequence[float], cell: tuple[float, float], scale: float, theme: Theme):
        super().__init__(width=cell[0] * 0.94, height=cell[1] * 0.94, stroke_width=0, fill_opacity=1)
        self.move_to((at[0], at[1], 0))
        self.at, self.theme = np.array([at[0], at[1], 0.0]), theme
        self.quantities: tuple[Quantity, ...] = (quantity,)
        self.set_fill(style.score_color(float(quantity.value), scale, theme))

    def swinging(self, dot: Dot) -> Callable[[float], None]:
        """A step in which the patch swings about its upright axis and lands as a dot."""
        start = self.points - self.at

        def step(alpha: float) -> None:
            open_by = math.cos(math.pi * alpha)
            self.points = start * [max(open_by, 1e-3), 1, 0] + self.at
            dot.grow(1.0, max(-open_by, 0.0))
            if alpha >= 1:
                self.quantities = ()

        return step


def specks(
    points: Sequence[Sequence[float]],
    color: ManimColor | str,
    radii: float | Sequence[float] = 0.022,
    wider: float = 1.0,
) -> VMobject:
    """Dots at points (x, y), round or so much wider than high, as one mobject."""
    centers = np.asarray(points, dtype=float).reshape(-1, 1, 2)
    outline = CIRCLE * [wider, 1.0] * np.broadcast_to(radii, len(centers)).reshape(-1, 1, 1) + centers  # (n, 16, 2)
    mobject = VMobject(stroke_width=0, fill_opacity=1, color=color)
    mobject.points = np.pad(outline.reshape(-1, 2), ((0, 0), (0, 1)))
    return mobject


def _quarters() -> np.ndarray:
    """A circle of radius 1 as four cubic curves: (16, 2)."""
    k, quarter = 4 / 3 * math.tan(math.pi / 8), np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    quarter[1, 1] = quarter[2, 0] = k
    turns = [np.array([[math.cos(a), math.sin(a)], [-math.sin(a), math.cos(a)]]) for a in np.arange(4) * math.pi / 2]
    return np.concatenate([quarter @ turn for turn in turns])


CIRCLE = _quarters()
