"""Vectors as columns of numbers: the first entries, an ellipsis, and the last."""

from collections.abc import Callable, Sequence

import numpy as np
from manim import Dot, VGroup, VMobject

from soakup.drawing.numbers import Number, digit_height, text_width
from soakup.scenes import style
from soakup.scenes.quantity import Quantity, format_number
from soakup.scenes.style import Theme, data_color

LINE = 0.335  # from one entry to the next, at size 24
PADDING = 0.09  # between the entries and their bracket
SIZES = (36, 32, 30, 28, 26, style.ENTRY, style.ENTRY_SMALLEST)  # of entries


def entry_places(rows: int, size: float) -> list[float]:
    """Heights of `rows` entries, the ellipsis before the last, below a column's top at 0, followed by the bottom."""
    line = LINE * size / style.ENTRY
    slots = [i if i < rows - 1 else i + 1 for i in range(rows)]
    return [-(slot + 0.5) * line for slot in slots] + [-(rows + 1) * line]


def column_width(values: np.ndarray, spec: str, size: float) -> float:
    """The width of a column, bracket included, that holds the widest of these values, points aligned."""
    texts = {format_number(v, spec) for v in np.asarray(values).ravel()}
    longest = max(texts, key=lambda text: text_width(text, size))
    return text_width(longest, size) + 2 * PADDING


def column_height(rows: int, size: float) -> float:
    """The height of a column of `rows` entries and the ellipsis."""
    return -entry_places(rows, size)[-1]


def fit_size(values: np.ndarray, spec: str, rows: int, width: float, height: float) -> float | None:
    """The largest size at which a column that may hold these values keeps within a width and a height; the smallest
    where only the height is too little, None where there is no such width."""
    wide = [size for size in SIZES if column_width(values, spec, size) <= width]
    return next((size for size in wide if column_height(rows, size) <= height), SIZES[-1] if wide else None)


def bracket(width: float, height: float, side: int) -> VMobject:
    """A square bracket round a column centred on 0 with its top at 0; side -1 is the left one."""
    x, lip = side * width / 2, 0.08
    corners = [
        (x - side * lip, 0, 0),
        (x, 0, 0),
        (x, -height, 0),
        (x - side * lip, -height, 0),
    ]
    return VMobject(stroke_width=2, fill_opacity=0).set_points_as_corners(np.array(corners, dtype=float))


class Column(VGroup):
    """A vector on the screen: `entries`, an ellipsis for those it hides, and a bracket.

    Its numbers change by counting: `play(change([column], column.counting(quantities)))`.
    """

    def __init__(
        self,
        quantities: Sequence[Quantity],
        top: tuple[float, float],
        width: float,
        size: float,
        scale: float,
        theme: Theme,
        color: str | None = None,
    ) -> None:
        self.quantities = tuple(quantities)
        self.scale_of_color, self.theme, self.color_of_entries = scale, theme, color
        x, y = top
        *places, bottom = entry_places(len(quantities), size)
        # Points stand under each other: the widest number the column may hold is centred, its point marks the place.
        decimals = len(self.quantities[0].text.partition(".")[2])
        point = x + width / 2 - PADDING - text_width("." + "0" * decimals, size) * (1 if decimals else 0)
        half = digit_height(size) / 2
        self.entries = [
            Number(q.text, size, (point, y + place - half, 0)) for q, place in zip(quantities, places, strict=True)
        ]
        for entry, q in zip(self.entries, quantities, strict=True):
            entry.set_fill(self._color(q.value), opacity=1)
        gap = (places[-2] + places[-1]) / 2 if len(places) > 1 else 0
        self.ellipsis = VGroup(
            *[Dot((x, y + gap + dy, 0), radius=0.022, color=theme.quiet) for dy in (-0.075, 0, 0.075)]
        )
        self.brackets = VGroup(*[bracket(width, -bottom, side).shift((x, y, 0)) for side in (-1, 1)])
        self.brackets.set_stroke(theme.quiet)
        super().__init__(*self.entries, self.ellipsis, self.brackets)

    def _color(self, value: float):
        return self.color_of_entries or data_color(value, self.scale_of_color, self.theme)

    def parts_of_quantities(self) -> list[list[Number]]:
        """What each of its quantities is drawn as."""
        return [[entry] for entry in self.entries]

    def counting(self, quantities: Sequence[Quantity], sweep: bool = False) -> Callable[[float], None]:
        """A step from alpha (0 to 1) that counts every entry from what it shows now to these quantities: all at once,
        or from the top down as something sweeps over them."""
        old, new = [q.value for q in self.quantities], [q.value for q in quantities]
        spec = quantities[0].format

        def step(alpha: float) -> None:
            for k, (entry, a, b, q) in enumerate(zip(self.entries, old, new, quantities, strict=True)):
                own = min(max(alpha * (len(old) + 1) - k, 0), 2) / 2 if sweep else alpha
                value = b if own >= 1 else a + (b - a) * own
                entry.set_text(q.text if own >= 1 else format_number(value, spec))
                color = self._color(value)
                entry.fill_rgbas[:, :3] = color.to_rgb() if hasattr(color, "to_rgb") else entry.fill_rgbas[:, :3]
            if alpha >= 1:
                self.quantities = tuple(quantities)

        return step
