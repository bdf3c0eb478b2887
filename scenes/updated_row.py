"""The row of all words with their vectors, to which attention comes: a column of numbers under each word, or a strip of
colours where numbers would not fit."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from manim import DOWN, ManimColor, VGroup

from soakup.scenes import style
from soakup.scenes.formula import Formula
from soakup.scenes.motion import gone_by, tinting, together
from soakup.scenes.one_head import OneHead
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Reading
from soakup.scenes.screen import Screen
from soakup.scenes.strips import Strip, cells_in, strip_scale
from soakup.scenes.style import Theme
from soakup.scenes.token_columns import spread
from soakup.scenes.tokens import TokenBox
from soakup.scenes.vectors import Column, column_width, entry_places

BOXES_AT, E_AT, COLUMNS_AT = 2.1, 1.52, 0.8  # middles of boxes and symbols, top of the columns of numbers
WIDEST = 1.7  # distance of columns
NAME, SMALLER = 34, 26  # font sizes of a vector's symbol
HIGHEST, STRIP = 3.2, 0.5  # of a strip: its height, its width
UNDER = 0.32  # from a strip to the symbol over it, and under it
SCALE = 24  # font size of what the colours mean


class UpdatedRow:
    """Every word's box, its E, what E is in numbers or colours, and its ΔE under that, all before anything is added.

    `seen` are all numbers that may be written, by which it is known whether there is room for them.
    """

    def __init__(
        self,
        head: OneHead,
        format: str,
        seen: np.ndarray,
        colors: Sequence[ManimColor],
        theme: Theme,
        screen: Screen,
        ceiling: float,
    ) -> None:
        self.head, self.format, self.theme, self.screen = head, format, theme, screen
        self.reading: Reading = head.reading
        self.tokens = self.reading.tokens
        least = Formula("Delta arrow(E)", SMALLER, theme.update).width
        self.pitch, xs, boxes = spread(self.reading, self.tokens, screen.room, WIDEST, least, BOXES_AT, colors, theme)
        pitch = self.pitch
        self.xs = dict(zip(self.tokens, xs, strict=True))
        self.box_of = dict(zip(self.tokens, boxes, strict=True))
        fitting = (s for s in (style.ENTRY, style.ENTRY_SMALLEST) if column_width(seen, format, s) + 0.06 <= pitch)
        self.entry_size = next(fitting, None)
        self.scale: VGroup | None = None
        self.columns: dict[int, Column | Strip]
        size = NAME if pitch > 0.8 else SMALLER
        self.lower = 0.36 * (Formula("Delta arrow(E)", size, theme.update).width + 0.12 > pitch)  # every second ΔE
        if self.entry_size is not None:
            rows = len(self.reading.entries)
            places = E_AT, COLUMNS_AT + entry_places(rows, style.ENTRY)[-1] - 0.45
            width = column_width(seen, format, self.entry_size)
            self.columns = {i: self._column(i, width, self.entry_size) for i in self.tokens}
        else:
            places = self._place_strips(ceiling)
        self.es = {i: Formula("arrow(E)", size, theme.embedding) for i in self.tokens}
        self.primes: dict[int, VGroup] = {}
        self.deltas = {}
        for n, (i, x) in enumerate(self.xs.items()):
            new = Formula("arrow(E)'", size, theme.updated).move_to((x, places[0], 0))
            prime = max(new, key=lambda glyph: glyph.get_center()[0])
            letter = VGroup(*[glyph for glyph in new if glyph is not prime])
            self.es[i].move_to(letter)
            self.primes[i] = VGroup(prime)
            delta = Formula("Delta arrow(E)", size, theme.update)
            self.deltas[i] = delta.move_to((x, places[1] - self.lower * (n % 2), 0))

    @property
    def boxes(self) -> list[TokenBox]:
        """Each once: the pieces of one character share theirs."""
        return list(dict.fromkeys(self.box_of.values()))

    def _column(self, i: int, width: float, size: float) -> Column:
        quantities = self.head.before(i, self.reading.entries, self.format)
        return Column(quantities, (self.xs[i], COLUMNS_AT), width, size, self.reading.entry_scale, self.theme)

    def _place_strips(self, ceiling: float) -> tuple[float, float]:
        """Make the strips, and say how high the symbols over and under them stand; all of it under a ceiling."""
        reading, theme = self.reading, self.theme
        boxes = VGroup(*self.boxes)
        boxes.shift(DOWN * max(0.0, boxes.get_top()[1] - ceiling))
        e_at = boxes.get_bottom()[1] - UNDER
        top, bottom = e_at - UNDER, self.screen.floor + 0.45 + self.lower + 2 * UNDER
        height = min(top - bottom, HIGHEST)
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
        under = top - height - 2 * UNDER - self.lower
        self.scale.shift((-self.scale.get_center()[0], under - 0.3, 0))
        return e_at, top - height - UNDER

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
            gone_by(0.5, [self.deltas[i]]),
        )


def _as_colours(quantities: Sequence[Quantity]) -> list[Quantity]:
    return [replace(q, format="", shown="colour") for q in quantities]
