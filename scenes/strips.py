"""Vectors as strips: coloured cells instead of numbers, where there is no room for digits."""

from collections.abc import Callable, Sequence

import numpy as np
from manim import Dot, Rectangle, VGroup

from soakup.scenes.quantity import Quantity
from soakup.scenes.style import Theme, score_color
from soakup.scenes.vectors import bracket

CELL = 0.07  # least height of a cell
GAP = 0.12  # where the dots stand for the entries that are not shown
INSIDE = 0.04  # between cells and bracket


def cells_in(height: float, most: int) -> int:
    """How many cells a strip of a height has."""
    return max(2, min(most, int((height - GAP - 2 * INSIDE) / CELL)))


class Strip(VGroup):
    """A vector on the screen: a cell for each of its first entries, dots for those it hides, and a cell for the last,
    blue where it is positive and red where it is negative, the brighter the larger.

    It has what a Column has: it counts, cell by cell, with `counting`.
    """

    def __init__(
        self,
        quantities: Sequence[Quantity],
        top: tuple[float, float],
        width: float,
        height: float,
        scale: float,
        theme: Theme,
    ) -> None:
        self.quantities = tuple(quantities)
        self.largest, self.theme = scale, theme
        x, y = top
        cell = (height - GAP - 2 * INSIDE) / len(quantities)
        inner = width - 2 * INSIDE
        self.entries = []
        for n, quantity in enumerate(quantities):
            down = INSIDE + cell * n + (GAP if n == len(quantities) - 1 else 0.0)
            square = Rectangle(width=inner, height=cell * 0.9, stroke_width=0, fill_opacity=1)
            square.set_fill(self._color(quantity.value)).move_to((x, y - down - cell / 2, 0))
            self.entries.append(square)
        middle = y - INSIDE - cell * (len(quantities) - 1) - GAP / 2
        self.ellipsis = VGroup(
            *[Dot((x, middle + dy, 0), radius=0.013, color=theme.quiet) for dy in (-0.035, 0, 0.035)]
        )
        self.brackets = VGroup(*[bracket(width, height, side).shift((x, y, 0)) for side in (-1, 1)])
        self.brackets.set_stroke(theme.quiet)
        super().__init__(*self.entries, self.ellipsis, self.brackets)

    def _color(self, value: float | str):
        return score_color(float(value), self.largest, self.theme)

    def counting(self, quantities: Sequence[Quantity], sweep: bool = False) -> Callable[[float], None]:
        """A step from alpha (0 to 1) in which every cell goes from the colour it has to that of these quantities: all
        at once, or from the top down as something sweeps over them."""
        old = np.array([float(q.value) for q in self.quantities])
        new = np.array([float(q.value) for q in quantities])
        order = np.arange(len(old))

        def step(alpha: float) -> None:
            own = np.clip((alpha * (len(old) + 3) - order) / 4, 0, 1) if sweep else alpha
            for square, value in zip(self.entries, old + (new - old) * own, strict=True):
                square.fill_rgbas[:, :3] = self._color(value).to_rgb()
            if alpha >= 1:
                self.quantities = tuple(quantities)

        return step
