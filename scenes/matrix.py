"""A matrix on the screen, and how it is multiplied with a vector: a row sweeps over the vector while the result counts.

    W_Q
    [ e11 … e1d ]   [ x1 ]     [ y1 ]
    [  ⋮      ⋮ ] · [  ⋮ ]  =  [  ⋮ ]
    [ ek1 … ekd ]   [ xd ]     [ yk ]

The ellipses hide real entries, and every product is of whole rows.
"""

from collections.abc import Callable, Sequence

import numpy as np
from manim import ManimColor, Rectangle, VGroup, interpolate_color

from soakup.drawing.numbers import Numbers, digit_height, text_width
from soakup.scenes import style
from soakup.scenes.marks import specks
from soakup.scenes.motion import set_level
from soakup.scenes.quantity import Quantity, format_number
from soakup.scenes.style import Theme
from soakup.scenes.vectors import LINE, PADDING, Column, bracket, entry_places

APART = 0.2  # between columns
DOTS = 0.4  # room for an ellipsis in a row
HIDDEN_TIME = 3.0  # how much longer than at an entry the sweep stays where entries are hidden


def entry_width(table: Sequence[Sequence[Quantity]], size: float) -> float:
    """The width of the widest of a matrix's entries."""
    return max(text_width(q.text, size) for row in table for q in row)


def matrix_width(table: Sequence[Sequence[Quantity]], size: float) -> float:
    """The width of a matrix of these entries, brackets included."""
    columns = len(table[0])
    return 2 * PADDING + columns * entry_width(table, size) + (columns - 1) * APART + DOTS


class Matrix(VGroup):
    """The first entries of the first rows, and the last of each: `quantities` by row and column."""

    def __init__(
        self, quantities: Sequence[Sequence[Quantity]], at: tuple[float, float], size: float, scale: float, theme: Theme
    ) -> None:
        self.scale_of_color, self.theme = scale, theme
        self.table = [list(row) for row in quantities]
        values = np.array([[q.value for q in row] for row in self.table], dtype=float)
        rows, columns = values.shape
        self.format = self.table[0][0].format
        entry = entry_width(self.table, size)
        x, y = at  # the top left corner
        starts = [PADDING + c * (entry + APART) for c in range(columns)]
        starts[-1] += DOTS
        decimals = len(self.table[0][0].text.partition(".")[2])
        point = entry - text_width("." + "0" * decimals, size)
        *heights, bottom = entry_places(rows, size)
        half = digit_height(size) / 2
        places = np.array([[(x + start + point, y + h - half) for start in starts] for h in heights])
        self.width_of_all, self.heights = matrix_width(self.table, size), [y + h for h in heights]
        self.middles = [x + start + entry / 2 for start in starts]
        self.entry_width, self.line = entry, LINE * size / style.ENTRY
        self.dots_x, self.dots_y = (self.middles[-2] + self.middles[-1]) / 2, (self.heights[-2] + self.heights[-1]) / 2
        self.numbers = Numbers(values, places, size, lambda v: format_number(v, self.format))
        self._tint()
        dots = [(self.dots_x + d, h) for h in self.heights for d in (-0.09, 0, 0.09)]
        dots += [(m, self.dots_y + d) for m in self.middles for d in (-0.07, 0, 0.07)]
        self.ellipses = specks(dots, theme.quiet)
        self.brackets = VGroup(bracket(self.width_of_all, -bottom, -1), bracket(self.width_of_all, -bottom, 1))
        self.brackets.shift((x + self.width_of_all / 2, y, 0)).set_stroke(theme.text)
        super().__init__(self.numbers, self.ellipses, self.brackets)
        self._own()

    def _own(self) -> None:
        self.quantities = tuple(q for row in self.table for q in row)

    def _tint(self) -> None:
        values = self.numbers.values
        colors = [[weight_color(v, self.scale_of_color, self.theme).to_rgb() for v in row] for row in values]
        self.numbers.tint(np.array(colors))

    def becoming(self, quantities: Sequence[Sequence[Quantity]]) -> Callable[[float], None]:
        """A step in which every entry counts to that of another matrix."""
        counting = self.numbers.counting(np.array([[q.value for q in row] for row in quantities], dtype=float))

        def step(alpha: float) -> None:
            counting(alpha)
            self._tint()
            if alpha >= 1:
                self.table = [list(row) for row in quantities]
                self._own()

        return step


class Sweep(VGroup):
    """What runs over a row of a matrix, and down the vector it meets: a band on the row, and a light on each of the two
    entries that are multiplied now. The vector may show more entries than the row."""

    def __init__(self, matrix: Matrix, vector: Column, color: str) -> None:
        self.matrix, self.vector = matrix, vector
        self.band = Rectangle(width=matrix.width_of_all - 0.1, height=matrix.line - 0.03)
        widths = (matrix.entry_width + 0.12, vector.width - 0.1)
        self.lights = [Rectangle(width=width, height=matrix.line - 0.03) for width in widths]
        super().__init__(self.band, *self.lights)
        self.set_stroke(width=0).set_fill(color, opacity=0.16).set_z_index(-1)
        for light in self.lights:
            light.set_fill(opacity=0.3)
        heights = [float(entry.points[[0, 3], 1].mean()) for entry in vector.entries]
        columns, more = len(matrix.middles), len(heights) - len(matrix.middles)
        # The times at which the sweep is half-way over each entry shown, and where it then is.
        shown, last = [c + 0.5 for c in range(columns - 1)], columns - 0.5 + HIDDEN_TIME
        between = [columns - 1 + HIDDEN_TIME * (n + 1) / (more + 1) for n in range(more)]
        self.times, self.times_down = (
            np.array(times) / (columns + HIDDEN_TIME) for times in ([*shown, last], [*shown, *between, last])
        )
        self.xs, self.ys = np.array(matrix.middles), np.array(heights)
        self.move(matrix.heights[0], 0.0)
        for m in self:
            set_level(m, 0.0)

    def move(self, height: float, time: float) -> None:
        """Put the band on the row at this height, and the lights where they are at a share of its time."""
        left, right = self.matrix.middles[0] - self.matrix.entry_width / 2, self.matrix.middles[-1]
        self.band.move_to(((left + right + self.matrix.entry_width / 2) / 2, height, 0))
        self.lights[0].move_to((float(np.interp(time, self.times, self.xs)), height, 0))
        self.lights[1].move_to((self.vector.get_center()[0], float(np.interp(time, self.times_down, self.ys)), 0))
        self.at = height, time

    def gliding(self, row: int | None) -> Callable[[float], None]:
        """A step in which the sweep goes to the start of a row (None: of those hidden)."""
        new = self.matrix.dots_y if row is None else self.matrix.heights[row]
        start: list[tuple[float, float]] = []

        def step(alpha: float) -> None:
            start[:] = start or [self.at]
            height, time = start[0]
            self.move(height + (new - height) * alpha, time * (1 - alpha))

        return step

    def over(self, row: int, products: np.ndarray, result: Column, quantity: Quantity) -> Callable[[float], None]:
        """A step in which the sweep runs over a row, while the entry of the result that belongs to it counts through
        the partial sums of the `products` (d,) of the whole row to the `quantity`."""
        height, entry = self.matrix.heights[row], result.entries[row]
        sums = np.concatenate([[0.0], np.cumsum(products)])
        shown = len(self.matrix.middles)
        # How many products are summed at each time: the entries shown take one moment each, all that are hidden three.
        moments = np.array([*range(shown), shown - 1 + HIDDEN_TIME, shown + HIDDEN_TIME]) / (shown + HIDDEN_TIME)
        summed = np.array([*range(shown), len(products) - 1, len(products)])

        def step(alpha: float) -> None:
            self.move(height, alpha)
            set_level(entry, min(4 * alpha, 1.0))
            value = float(sums[int(np.interp(alpha, moments, summed))])
            entry.set_text(quantity.text if alpha >= 1 else format_number(value, quantity.format))

        return step

    def over_hidden(self, result: Column) -> Callable[[float], None]:
        """A step in which the sweep runs over the rows that are hidden, and the result's ellipsis appears."""

        def step(alpha: float) -> None:
            self.move(self.matrix.dots_y, alpha)
            for dot in result.ellipsis:
                set_level(dot, min(4 * alpha, 1.0))

        return step


def weight_color(value: float, scale: float, theme: Theme) -> ManimColor:
    """Of a learned entry's digits: blue where it is positive, red where it is negative, by magnitude."""
    low, high = theme.positive if value >= 0 else theme.negative
    return interpolate_color(ManimColor(low), ManimColor(high), style.brightness(value, scale))
