"""A dot product, entry by entry: a query over a key, and beside them what the products of their entries add up to.

    Q   +0.64  +1.20  +0.03  …  +0.73
    K   +0.82  +1.62  +2.10  …  −1.38   =  +24.7

The ellipses hide real entries, and the sum is over all of them.
"""

from collections.abc import Callable, Sequence

import numpy as np
from manim import RIGHT, Rectangle, VGroup, VMobject

from soakup.drawing.numbers import text_width
from soakup.scenes.entries import Entry
from soakup.scenes.formula import Formula
from soakup.scenes.marks import specks
from soakup.scenes.matrix import HIDDEN_TIME
from soakup.scenes.motion import set_level, together
from soakup.scenes.quantity import Quantity, format_number
from soakup.scenes.style import Theme

NAMED = 0.62  # room for a vector's name before its entries
APART, DOTS = 0.22, 0.42  # between entries, and room for an ellipsis
LINE = 0.42  # from one vector to the other
SUM = 0.66  # room for the sign before the sum


class DotProduct(VGroup):
    """`met` are the same entries of a query and of a key, the first ones and the last, and `made` what stands for them
    until they have changed to these; `products` (k,) are those of all entries, and `score` their sum. Its left end is
    the origin, until it is moved."""

    def __init__(
        self,
        made: tuple[Sequence[Quantity], Sequence[Quantity]],
        met: tuple[Sequence[Quantity], Sequence[Quantity]],
        score: Quantity,
        products: np.ndarray,
        size: float,
        theme: Theme,
    ) -> None:
        self.products, self.met, (query, key) = products, met, made
        widest = max((q.text for vector in (*made, *met) for q in vector), key=lambda text: text_width(text, size))
        wide = text_width(widest, size)
        xs = [NAMED + wide / 2 + c * (wide + APART) for c in range(len(query))]
        xs[-1] += DOTS
        half = LINE / 2
        rows = (("arrow(Q)", query, theme.query, half), ("arrow(K)", key, theme.key, -half))
        self.names = [Formula(name, size + 4, color).move_to((0.15, y, 0)) for name, _, color, y in rows]
        self.entries = [
            [Entry(q, size, (x, y), widest, color) for q, x in zip(vector, xs, strict=True)]
            for _, vector, color, y in rows
        ]
        middle = (xs[-2] + xs[-1]) / 2
        self.ellipses = specks([(middle + d, y) for y in (half, -half) for d in (-0.09, 0, 0.09)], theme.quiet)
        self.light = Rectangle(width=wide + 0.12, height=2 * LINE, stroke_width=0).set_fill(theme.query, opacity=0.3)
        self.light.move_to((xs[0], 0, 0)).set_z_index(-1)
        right = xs[-1] + wide / 2
        self.equals = Formula("=", size + 4, theme.text).move_to((right + SUM / 2, 0, 0))
        text = text_width(score.text, size)
        self.sum = Entry(score, size, (right + SUM + text / 2, 0), score.text, theme.text)
        super().__init__(
            *self.names, *self.entries[0], *self.entries[1], self.ellipses, self.light, self.equals, self.sum
        )

    @property
    def names_at(self) -> np.ndarray:
        """The middle between the names."""
        middle: np.ndarray = (self.names[0].get_center() + self.names[1].get_center()) / 2
        return middle

    @property
    def vectors(self) -> list[VMobject]:
        """The entries of both vectors, and the dots between them."""
        return [*self.numbers, self.ellipses]

    @property
    def numbers(self) -> list[Entry]:
        """The entries of both vectors."""
        return [*self.entries[0], *self.entries[1]]

    def changing(self) -> Callable[[float], None]:
        """A step in which both vectors count to what they are when they meet."""
        return together(*[e.counting(q) for e, q in zip(self.numbers, [*self.met[0], *self.met[1]], strict=True)])

    def adding(self) -> Callable[[float], None]:
        """A step in which a light runs over both vectors, and the sum counts through the products of all the entries it
        has passed; where they are hidden it takes longer."""
        count, score, start = len(self.entries[0]), self.sum.quantities[0], self.light.get_center()
        sums = np.concatenate([[0.0], np.cumsum(self.products)])
        whole = count + HIDDEN_TIME
        middles = [entry.at[0] for entry in self.entries[0]]
        times = np.array([*(c + 0.5 for c in range(count - 1)), whole - 0.5]) / whole
        moments = np.array([*range(count), whole - 1, whole]) / whole
        summed = np.array([*range(count), len(self.products) - 1, len(self.products)])

        def step(alpha: float) -> None:
            self.light.move_to(start + (np.interp(alpha, times, middles) - middles[0]) * RIGHT)
            set_level(self.light, float(np.interp(alpha, [0, 0.05, 0.95, 1], [0, 1, 1, 0])))
            set_level(self.sum, min(8 * alpha, 1.0))
            value = float(sums[int(np.interp(alpha, moments, summed))])
            self.sum.set_text(score.text if alpha >= 1 else format_number(value, score.format))

        return step
