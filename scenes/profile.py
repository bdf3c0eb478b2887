"""A whole vector as a profile: one bar for each entry, from the top down, as long as the entry, to the right or left of
an axis by its sign. Profiles of one scale can be added: the bars of the sum are as long as theirs together."""

from collections.abc import Callable, Sequence

import numpy as np
from manim import Line, VGroup, VMobject

from soakup.scenes.quantity import Quantity


class Profile(VGroup):
    """The entries of a vector along an upright axis; `unit` is the length of a bar of 1."""

    def __init__(
        self,
        quantities: Sequence[Quantity],
        at: tuple[float, float],
        height: float,
        unit: float,
        color: str,
        quiet: str,
    ) -> None:
        self.x, self.top = at
        self.height_of_all, self.unit = height, unit
        self.values = np.array([q.value for q in quantities], dtype=float)
        self.bars = VMobject(stroke_width=0, fill_opacity=1, color=color)
        self.axis = Line((self.x, self.top, 0), (self.x, self.top - height, 0), stroke_width=1, color=quiet)
        super().__init__(self.axis, self.bars)
        self.quantities = tuple(quantities)
        self.draw(self.values)

    def draw(self, values: np.ndarray) -> None:
        """Draw bars of other lengths."""
        x = self.x
        edges = self.top - self.height_of_all * np.arange(len(values) + 1) / len(values)
        ends = x + values * self.unit
        outline = np.empty((2 * len(values) + 2, 2))
        outline[0], outline[-1] = (x, edges[0]), (x, edges[-1])
        outline[1:-1:2, 0], outline[2:-1:2, 0] = ends, ends
        outline[1:-1:2, 1], outline[2:-1:2, 1] = edges[:-1], edges[1:]
        outline = np.vstack([outline, outline[:1]])
        steps = np.linspace(0, 1, 4)[None, :, None]
        curves = outline[:-1, None] + (outline[1:, None] - outline[:-1, None]) * steps  # (n, 4, 2)
        self.bars.points = np.pad(curves.reshape(-1, 2), ((0, 0), (0, 1)))

    def unrolling(self) -> Callable[[float], None]:
        """A step in which the bars come one after another, from the top down."""
        down, order = self.axis.points - [0, self.top, 0], np.arange(len(self.values))

        def step(alpha: float) -> None:
            self.axis.points = down * [1, alpha, 1] + [0, self.top, 0]
            self.draw(self.values * np.clip(alpha * len(order) - order, 0, 1))

        step(0.0)
        return step
