"""The row of all words with their vectors, to which attention comes: a column of numbers under each word, or a strip of
colours where numbers would not fit, and under that its ink."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from manim import UP, ManimColor, VGroup

from soakup.scenes.formula import Formula
from soakup.scenes.ink import InkBar
from soakup.scenes.motion import gone_by, shifting, tinting, together
from soakup.scenes.one_head import OneHead
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Reading
from soakup.scenes.scales import strip_scale
from soakup.scenes.screen import Screen
from soakup.scenes.sources import HEADER, WIDEST
from soakup.scenes.strips import Strip, cells_in
from soakup.scenes.style import Theme
from soakup.scenes.token_columns import Room, spread, stem
from soakup.scenes.tokens import TokenBox
from soakup.scenes.vectors import SIZES, Column, column_height, column_width, fit_size

UNDER_BOXES, OVER_COLUMNS, UNDER_COLUMNS = 0.3, 0.32, 0.42  # from a symbol to the boxes over it, a column, and so on
NAME, SMALLER = 34, 26  # font sizes of a vector's symbol
HIGHEST, STRIP = 5.0, 0.5  # of a strip: its height, its width
BAR_GAP, BAR = 0.08, 0.16  # from a column or strip to its ink, and the ink's height
UNDER = 0.32  # from a strip to the symbol over it, and under it
SCALE = 24  # font size of what the colours mean


class UpdatedRow:
    """Every word's box, its E, what E is in numbers or colours, and its ΔE under that, all before anything is added.

    `seen` are all numbers that may be written, by which it is known whether there is room for them. Where there is none
    for every symbol, token `followed` alone has its. The `bars` of ink, by token, are placed; there may be none.
    """

    def __init__(
        self,
        head: OneHead,
        format: str,
        seen: np.ndarray,
        colors: Sequence[ManimColor],
        theme: Theme,
        screen: Screen,
        followed: int,
        bars: Mapping[int, InkBar],
    ) -> None:
        self.head, self.format, self.theme, self.screen = head, format, theme, screen
        self.reading: Reading = head.reading
        self.tokens = self.reading.tokens
        self.under_columns = UNDER_COLUMNS + (BAR_GAP + BAR if bars else 0.0)
        symbol = Formula("Delta arrow(E)", SMALLER, theme.update).width
        even = min(screen.room / len(self.tokens), WIDEST) - 0.06
        widths = [column_width(seen, format, size) for size in SIZES]
        narrowest, widest = widths[-1], max((width for width in widths if width <= even), default=0.0)
        for least in (widest, narrowest, 0.0):  # with room for the largest numbers, for the smallest, and for strips
            least = max(least, symbol)
            room = Room(screen.room, len(self.tokens), WIDEST, least, narrowest + 0.06)
            self.pitch, xs, boxes = spread(self.reading, self.tokens, room, colors, theme)
            self.xs = dict(zip(self.tokens, xs, strict=True))
            self.box_of = dict(zip(self.tokens, boxes, strict=True))
            fitting = self._fit_numbers(format, seen)
            if fitting is not None:
                break
        self.scale: VGroup | None = None
        self.bars = bars
        self.columns: dict[int, Column | Strip]
        self.entry_size = fitting and fitting[0]
        if fitting is not None:
            size, e_at, top = fitting
            width = column_width(seen, format, size)
            self.columns = {i: self._column(i, top, width, size) for i in self.tokens}
            deltas_at = top - column_height(len(self.reading.entries), size) - self.under_columns
        else:
            e_at, deltas_at = self._place_strips()
        for i, bar in bars.items():
            column = self.columns[i]
            bar.place(self.xs[i], column.get_bottom()[1] - BAR_GAP - BAR / 2, column.brackets.width, BAR)
        self.es: dict[int, VGroup] = {}
        self.primes: dict[int, VGroup] = {}
        self.deltas: dict[int, VGroup] = {}
        self.stems: dict[int, VGroup] = {}  # to symbols whose boxes stand one step higher
        letter_size = NAME if self.pitch > 0.8 else SMALLER
        crowded = Formula("arrow(E)'", letter_size, theme.updated).width + 0.12 > self.pitch
        for i, x in self.xs.items():
            if crowded and i != followed:
                self.es[i], self.primes[i], self.deltas[i], self.stems[i] = VGroup(), VGroup(), VGroup(), VGroup()
                continue
            new = Formula("arrow(E)'", letter_size, theme.updated).move_to((x, e_at, 0))
            prime = max(new, key=lambda glyph: glyph.get_center()[0])
            self.primes[i] = VGroup(prime)
            letter = VGroup(*[glyph for glyph in new if glyph is not prime])
            self.es[i] = Formula("arrow(E)", letter_size, theme.embedding).move_to(letter)
            self.stems[i] = stem(self.box_of[i], x, new.get_top()[1] + 0.06)
            wide = Formula("Delta arrow(E)", letter_size, theme.update).width + 0.12 > self.pitch
            smaller = SMALLER if wide else letter_size
            self.deltas[i] = Formula("Delta arrow(E)", smaller, theme.update).move_to((x, deltas_at, 0))

    def bar_of(self, i: int) -> list[InkBar]:
        """Token i's ink, where there is any."""
        return [self.bars[i]] if i in self.bars else []

    @property
    def boxes(self) -> list[TokenBox]:
        """Each once: the pieces of one character share theirs."""
        return list(dict.fromkeys(self.box_of.values()))

    def _column(self, i: int, top: float, width: float, size: float) -> Column:
        quantities = self.head.before(i, self.reading.entries, self.format)
        return Column(quantities, (self.xs[i], top), width, size, self.reading.entry_scale, self.theme)

    def _shift_boxes(self, height: float) -> float:
        """Put the boxes where all of a height stands in the middle between header and captions; the height of the
        symbols under them."""
        boxes, ceiling = VGroup(*self.boxes), self.screen.top - HEADER
        spare = max(0.0, ceiling - self.screen.floor - height)
        boxes.shift(UP * (self.screen.floor + height + spare / 2 - boxes.get_top()[1]))
        return float(boxes.get_bottom()[1]) - UNDER_BOXES

    def _fit_numbers(self, format: str, seen: np.ndarray) -> tuple[float, float, float] | None:
        """The size of the entries, the height of the symbols and the top of the columns; None where numbers do not
        fit."""
        rows, boxes = len(self.reading.entries), VGroup(*self.boxes).height
        rest = boxes + UNDER_BOXES + OVER_COLUMNS + self.under_columns + 0.25
        room = self.screen.top - HEADER - self.screen.floor - rest
        to_the_edge = 2 * (self.screen.right - max(abs(x) for x in self.xs.values()))
        size = fit_size(seen, format, rows, min(self.pitch - 0.06, to_the_edge), room)
        if size is None:
            return None
        e_at = self._shift_boxes(rest + column_height(rows, size))
        return size, e_at, e_at - OVER_COLUMNS

    def _place_strips(self) -> tuple[float, float]:
        """Make the strips, and say how high the symbols over and under them stand."""
        reading, theme = self.reading, self.theme
        boxes = VGroup(*self.boxes).height
        rest = boxes + UNDER_BOXES + 3 * UNDER + 0.5 + self.under_columns - UNDER_COLUMNS
        height = min(self.screen.top - HEADER - self.screen.floor - rest, HIGHEST)
        e_at = self._shift_boxes(rest + height)
        top = e_at - UNDER
        count = cells_in(height, self.head.reading.trace.model.width)
        self.strip_entries = [*range(count - 1), reading.trace.model.width - 1]
        before = {i: self.head.before(i, self.strip_entries, self.format) for i in self.tokens}
        after = [q for i in self.tokens for q in self.head.after(i, self.strip_entries, self.format)]
        shown = [*after, *[q for quantities in before.values() for q in quantities]]
        width = min(0.8 * self.pitch, STRIP)
        self.columns = {
            i: Strip(_as_colours(quantities), (self.xs[i], top), width, height, reading.entry_scale, theme)
            for i, quantities in before.items()
        }
        ends = [min(shown, key=lambda q: q.value), max(shown, key=lambda q: q.value)]
        self.scale = strip_scale(ends, reading.entry_scale, theme, SCALE)
        under = top - height - 2 * UNDER - self.under_columns + UNDER_COLUMNS
        self.scale.shift((-self.scale.get_center()[0], under - 0.3, 0))
        return e_at, top - height - UNDER - self.under_columns + UNDER_COLUMNS

    def after(self, i: int) -> list[Quantity]:
        """What token i's vector is when attention has been added."""
        if self.entry_size is not None:
            return self.head.after(i, self.reading.entries, self.format)
        return _as_colours(self.head.after(i, self.strip_entries, self.format))

    def adding(self, i: int) -> Callable[[float], None]:
        """A step in which ΔE is added to token i's vector."""
        column, updated = self.columns[i], ManimColor(self.theme.updated)
        return together(
            column.counting(self.after(i)),
            tinting(column.brackets, updated),
            tinting(self.es[i], updated, "fill"),
            shifting([self.deltas[i]], (0, self.under_columns, 0)),
            gone_by(0.5, [self.deltas[i]]),
        )


def _as_colours(quantities: Sequence[Quantity]) -> list[Quantity]:
    return [replace(q, format="", shown="colour") for q in quantities]
