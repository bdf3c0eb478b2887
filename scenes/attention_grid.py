"""The attention grid on the screen: words with their queries along the top and their keys down the left, and cells."""

from collections.abc import Callable, Iterable

import numpy as np
from manim import DOWN, PI, RIGHT, Arrow, Line, ManimColor, Mobject, Rectangle, VGroup, VMobject

from soakup.scenes import style
from soakup.scenes.formula import Formula
from soakup.scenes.grid import SYMBOL, GridPlan, padding, plan_grid
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Reading
from soakup.scenes.screen import the_screen
from soakup.scenes.style import Theme
from soakup.scenes.tokens import TokenBox, fitted
from soakup.scenes.words import Words, line_width

SYMBOL_SIZE = 28
FRAME = 3  # stroke of the yellow frames


class AttentionGrid:
    """The grid of a reading: a column for each token as a query, a row for each as a key, the rest token first."""

    def __init__(
        self, reading: Reading, entry_width: Callable[[int], float], theme: Theme, plan: GridPlan | None = None
    ) -> None:
        """Planned for the frame, where no plan is given."""
        self.reading, self.theme = reading, theme
        self.all = range(len(reading.trace.tokens))
        self.groups = [(i,) for i in self.all if i == reading.rest] + reading.boxes
        self.inks = style.inks(len(reading.words), reading.rest_word, theme)
        right = reading.from_the_right
        plan = plan or plan_grid(self._text_widths, self._text_height, entry_width, the_screen(), right)
        self.plan = plan
        self.scale, self.baseline = fitted([self._label(group) for group in self.groups], plan.box)
        self.over = {group: self._box_over(group) for group in self.groups}
        self.beside = {group: self._box_beside(group) for group in self.groups}
        self.lines = self._lines()
        self.shade = self._shade()
        self.embeddings_over = self._symbols("arrow(E)", theme.embedding, plan.e_y, over=True)
        self.embeddings_beside = self._symbols("arrow(E)", theme.embedding, plan.e_x, over=False)
        self.queries = self._symbols("arrow(Q)", theme.query, plan.q_y, over=True)
        self.keys = self._symbols("arrow(K)", theme.key, plan.k_x, over=False)
        self.arrows_over = {i: self._arrows_over(i) for i in self.all}
        self.arrows_beside = {i: self._arrows_beside(i) for i in self.all}

    # --- building ---

    def _text_widths(self, size: float) -> list[float]:
        """The widths of the tokens' texts; that of a character in pieces is shared between them."""
        widths = []
        for group in self.groups:
            widths += [line_width(self._text(group), size) / len(group)] * len(group)
        return widths

    def _text_height(self, size: float) -> float:
        """The height of a line that holds all the tokens' texts."""
        labels = [Words(self._text(group), size, self.theme.text, self._quantities(group)) for group in self.groups]
        return max(label.height - label.drop for label in labels) + max(label.drop for label in labels)

    def _quantities(self, group: tuple[int, ...]) -> list[Quantity]:
        return [] if group[0] == self.reading.rest else [self.reading.token(*group)]

    def _text(self, group: tuple[int, ...]) -> str:
        return "rest" if group[0] == self.reading.rest else self.reading.token(*group).text

    def _label(self, group: tuple[int, ...]) -> Words:
        size, theme = self.plan.label_size, self.theme
        if group[0] == self.reading.rest:
            return Words("rest", size, theme.quiet)
        written = self.reading.token(*group)
        return Words(written.text, size, theme.text if str(written.value).strip() else theme.quiet, [written])

    def _joined(self, i: int) -> bool:
        return i != self.reading.rest and self.reading.goes_on(i)

    def _box_over(self, group: tuple[int, ...]) -> TokenBox:
        plan, theme = self.plan, self.theme
        label = self._label(group).scale(self.scale)
        half, least = plan.cell[0] / 2, label.width + 2 * padding(plan.label_size)
        first, last = group[0], group[-1]
        x = (plan.xs[first] + plan.xs[last]) / 2
        if plan.turned:
            tall = max(least, 0.3)
            box = TokenBox(label, -tall / 2, tall / 2, 0, plan.box, theme, self.baseline)
            box.rotate(PI / 2).move_to((x, plan.box_over(first) + tall / 2, 0))
        else:
            reach = max(least, abs(plan.xs[last] - plan.xs[first]) + 0.3) / 2
            side = 1 if plan.xs[-1] >= plan.xs[0] else -1
            ends = [x - side * reach, x + side * reach]
            before, after = self._joined(first), last + 1 in self.all and self._joined(last + 1)
            if before or after:  # the pieces of a word fill their columns and share edges
                gaps = [0.0 if go_on else 0.05 for go_on in (before, after)]
                ends = [plan.xs[first] - side * (half - gaps[0]), plan.xs[last] + side * (half - gaps[1])]
                if plan.raised[first] or least > plan.cell[0]:
                    ends = [x - side * reach, x + side * reach]
            y = plan.box_over(first)
            box = TokenBox(label, min(ends), max(ends), y, plan.box, theme, y + self.baseline)
            label.shift(RIGHT * (x - label.get_center()[0]))
        return self._inked(box, group)

    def _box_beside(self, group: tuple[int, ...]) -> TokenBox:
        plan = self.plan
        label = self._label(group).scale(self.scale)
        pieces = [g for g in self.groups if self.reading.word_of[g[0]] == self.reading.word_of[group[0]]]
        width = max(line_width(self._text(g), plan.label_size) for g in pieces) + 2 * padding(plan.label_size)
        first, last = group[0], group[-1]
        up = plan.ys[first] + (plan.cell[1] if self._joined(first) and not plan.staggered else plan.box) / 2
        goes_on = last + 1 in self.all and self._joined(last + 1) and not plan.staggered
        down = plan.ys[last] - (plan.cell[1] if goes_on else plan.box) / 2
        width = max(width, 0.3)
        right = plan.box_right - (plan.box_room + 0.08 if plan.staggered and self.groups.index(group) % 2 else 0)
        middle = (plan.ys[first] + plan.ys[last]) / 2
        box = TokenBox(label, right - width, right, middle, up - down, self.theme, middle + self.baseline)
        box.box.shift(DOWN * (middle - (up + down) / 2))
        return self._inked(box, group)

    def _inked(self, box: TokenBox, group: tuple[int, ...]) -> TokenBox:
        color = self.ink(group[-1])
        box.box.set_stroke(color, width=1.5).set_fill(color, opacity=0.08 if group[0] == self.reading.rest else 0.15)
        return box

    def _symbols(self, source: str, color: str, at: float | None, over: bool) -> dict[int, VMobject]:
        """A copy of one vector's symbol for every token, at a height over the grid or a place before it."""
        if at is None:
            return {}
        pattern, plan = Formula(source, SYMBOL_SIZE, color), self.plan
        symbols: dict[int, VMobject] = {}
        for i in self.all:
            symbols[i] = pattern.copy().move_to((plan.xs[i], at, 0) if over else (at, plan.ys[i], 0))
            if i == self.reading.rest:
                symbols[i].set_fill(self.theme.quiet)
        return symbols

    def _arrow(self, start: tuple[float, float], end: tuple[float, float], color: str) -> Arrow:
        return Arrow((*start, 0), (*end, 0), buff=0, stroke_width=2, tip_length=0.1).set_color(color)

    def _arrows_over(self, i: int) -> VGroup:
        """From word i on top to its E, and from there to its query; the last in the query's colour."""
        plan, x = self.plan, self.plan.xs[i]
        stops = [y for y in (plan.e_y, plan.q_y) if y is not None]
        ends = [y + SYMBOL / 2 + 0.02 for y in stops] or [plan.top + 0.04]
        starts = [
            plan.box_over(self._group(i)[0]) - (0 if plan.turned else plan.box / 2) - 0.04,
            *[y - SYMBOL / 2 for y in stops],
        ]
        color = self.theme.quiet if i == self.reading.rest else self.theme.query
        pairs = list(zip(starts, ends, strict=False))
        return VGroup(
            *[
                self._arrow((x, a), (x, b), color if k == len(pairs) - 1 else self.theme.quiet)
                for k, (a, b) in enumerate(pairs)
            ]
        )

    def _arrows_beside(self, i: int) -> VGroup:
        plan, y = self.plan, self.plan.ys[i]
        stops = [x for x in (plan.e_x, plan.k_x) if x is not None]
        ends = [x - SYMBOL / 2 + 0.02 for x in stops] or [plan.left - 0.04]
        starts = [self.box_beside(i).get_right()[0] + 0.04, *[x + SYMBOL / 2 - 0.02 for x in stops]]
        color = self.theme.quiet if i == self.reading.rest else self.theme.key
        pairs = list(zip(starts, ends, strict=False))
        return VGroup(
            *[
                self._arrow((a, y), (b, y), color if k == len(pairs) - 1 else self.theme.quiet)
                for k, (a, b) in enumerate(pairs)
            ]
        )

    def _lines(self) -> VGroup:
        plan = self.plan
        w, h = plan.cell
        lines = VGroup()
        for k in range(len(self.all) + 1):
            y, x = plan.top - k * h, plan.left + k * w
            lines.add(Line((plan.left, y, 0), (plan.right, y, 0)), Line((x, plan.top, 0), (x, plan.bottom, 0)))
        return lines.set_stroke(self.theme.quiet, width=1, opacity=0.5).set_z_index(-1)

    def _shade(self) -> VMobject:
        """All masked cells as one shape: the keys that come after a query."""
        plan = self.plan
        w, h = plan.cell
        side = 1 if plan.xs[-1] >= plan.xs[0] else -1
        x, y = plan.xs[0] - side * w / 2, plan.bottom
        corners = [(x, y, 0)]
        for i in self.all[:-1]:
            step = plan.ys[i] - h / 2
            corners += [(x + side * i * w, step, 0), (x + side * (i + 1) * w, step, 0)]
        corners += [(x + side * (len(self.all) - 1) * w, y, 0), (x, y, 0)]
        shade = VMobject(stroke_width=0).set_points_as_corners(np.array(corners, dtype=float))
        return shade.set_fill(self.theme.quiet, opacity=0.16).set_z_index(-2)

    # --- what is there ---

    def ink(self, i: int) -> ManimColor:
        """The ink of token i's word."""
        return style.to_color(self.inks[self.reading.word_of[i]])

    def at(self, i: int, j: int) -> tuple[float, float]:
        """The middle of the cell of query i and key j."""
        return self.plan.xs[i], self.plan.ys[j]

    def box_over(self, i: int) -> TokenBox:
        return self.over[self._group(i)]

    def box_beside(self, i: int) -> TokenBox:
        return self.beside[self._group(i)]

    def _group(self, i: int) -> tuple[int, ...]:
        """The tokens that share a box with token i, itself among them."""
        return next(group for group in self.groups if i in group)

    def asking(self, i: int) -> list[Mobject]:
        """All that stands over column i."""
        symbols = (self.embeddings_over, self.queries)
        return [self.box_over(i), self.arrows_over[i], *[s[i] for s in symbols if s]]

    def answering(self, j: int) -> list[Mobject]:
        """All that stands before row j."""
        symbols = (self.embeddings_beside, self.keys)
        return [self.box_beside(j), self.arrows_beside[j], *[s[j] for s in symbols if s]]

    def margins(self) -> list[Mobject]:
        """All that stands over and before the grid."""
        return [m for i in self.all for m in (*self.asking(i), *self.answering(i))]

    def frame(self, queries: Iterable[int], keys: Iterable[int], color: str) -> Rectangle:
        """A frame round a block of cells."""
        queries, keys, (w, h) = list(queries), list(keys), self.plan.cell
        xs, ys = [self.plan.xs[i] for i in queries], [self.plan.ys[j] for j in keys]
        frame = Rectangle(width=max(xs) - min(xs) + w, height=max(ys) - min(ys) + h, stroke_width=FRAME)
        return frame.set_stroke(color).move_to(((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2, 0)).set_z_index(1)
