"""The attention grid on the screen: words with their queries along the top and their keys down the left, and cells."""

from collections.abc import Callable, Iterable
from functools import cache, cached_property

import numpy as np
from manim import DOWN, PI, RIGHT, Arrow, Dot, Line, ManimColor, Mobject, Rectangle, VGroup, VMobject

from soakup.scenes import style
from soakup.scenes.formula import Formula
from soakup.scenes.grid import NOTHING, SYMBOL, GridMeasures, GridPlan, Kept, padding, plan_grid
from soakup.scenes.ink import inks_of
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import REST_NAME, Reading
from soakup.scenes.screen import the_screen
from soakup.scenes.style import Theme
from soakup.scenes.tokens import FAINT, TINT, TokenBox, fitted
from soakup.scenes.words import SMALL_CAPS, SMALLER, Words, is_blank, line_reach, line_width, written

SYMBOL_SIZE = 28
FRAME = 3  # stroke of the yellow frames


class AttentionGrid:
    """The grid of a reading: a column for each token as a query, a row for each as a key, the rest token first.

    A run of words that stands folded has one row, which goes by its first token, and no column.
    """

    def __init__(
        self,
        reading: Reading,
        entry_width: Callable[[int], float],
        theme: Theme,
        plan: GridPlan | None = None,
        kept: Kept = NOTHING,
        bare: bool = False,
    ) -> None:
        """Planned for the frame but for what is kept of it, where no plan is given; a bare one without symbols, and
        without boxes before its rows."""
        self.reading, self.theme = reading, theme
        self.columns, self.rows = reading.asking, reading.answering
        first = [] if reading.rest is None else [(reading.rest,)]
        self.groups, self.row_groups = first + reading.boxes, first + reading.in_the_row
        self.inks = inks_of(reading, theme)
        measures = GridMeasures(
            self.columns,
            self.rows,
            [len(group) for group in self.groups],
            [1 if group[0] in reading.runs else len(group) for group in self.row_groups],
            lambda size: self._text_widths(self.groups, size),
            lambda size: self._text_widths(self.row_groups, size),
            cache(self._text_height),
            entry_width,
            [self._fills(i) for i in self.columns],
            None if reading.rest is None else self._rest_size,
        )
        self.plan = plan = plan or plan_grid(measures, the_screen(), reading.from_the_right, kept, bare)
        self.scale, self.baseline = fitted([self.label(group) for group in self.row_groups], plan.box)
        self._arrows: dict[tuple[float, float, str], Arrow] = {}

    # --- its parts, made when they are first asked for ---

    @cached_property
    def over(self) -> dict[tuple[int, ...], TokenBox]:
        return {group: self._box_over(group) for group in self.groups}

    @cached_property
    def beside(self) -> dict[tuple[int, ...], TokenBox]:
        return {group: self._box_beside(group) for group in self.row_groups if self.plan.box_room}

    @cached_property
    def embeddings_over(self) -> dict[int, VMobject]:
        return self._symbols("arrow(E)", self.theme.embedding, self.plan.e_y, over=True)

    @cached_property
    def embeddings_beside(self) -> dict[int, VMobject]:
        return self._symbols("arrow(E)", self.theme.embedding, self.plan.e_x, over=False)

    @cached_property
    def queries(self) -> dict[int, VMobject]:
        return self._symbols("arrow(Q)", self.theme.query, self.plan.q_y, over=True)

    @cached_property
    def keys(self) -> dict[int, VMobject]:
        return self._symbols("arrow(K)", self.theme.key, self.plan.k_x, over=False)

    @cached_property
    def arrows_over(self) -> dict[int, VGroup]:
        return {i: self._arrows_over(i) for i in self.columns}

    @cached_property
    def arrows_beside(self) -> dict[int, VGroup]:
        return {j: self._arrows_beside(j) for j in self.rows}

    # --- building ---

    def _text_widths(self, groups: Iterable[tuple[int, ...]], size: float) -> list[float]:
        """The widths of the tokens' texts; that of a character in pieces is shared between them."""
        widths = []
        for group in groups:
            parts = 1 if group[0] in self.reading.runs else len(group)
            widths += [line_width(self._text(group), size) / parts] * parts
        return widths

    def _text_height(self, size: float) -> float:
        """The height of a line that holds all the tokens' texts."""
        above, below = zip(*[line_reach(self._text(group), size) for group in self.row_groups], strict=True)
        return max(above) + max(below)

    def _rest_size(self, size: float) -> tuple[float, float]:
        """How wide and high the box of the rest token is where it alone is written upwards, in small capitals."""
        height = sum(line_reach(REST_NAME, size))
        return SMALLER * height + 0.033, SMALLER * line_width(REST_NAME, size) + 2 * padding(size)

    def _parts(self, group: tuple[int, ...]) -> list[str | Quantity]:
        return [REST_NAME] if group[0] == self.reading.rest else self.reading.label(group)

    def _text(self, group: tuple[int, ...]) -> str:
        return written(self._parts(group))

    def label(self, group: tuple[int, ...]) -> Words:
        parts = self._parts(group)
        color = self.theme.quiet if self.is_quiet(group[0]) or is_blank(parts) else self.theme.text
        return Words.of(parts, self.plan.label_size, color)

    def _joined(self, i: int) -> bool:
        return i != self.reading.rest and self.reading.goes_on(i)

    def _next_is_joined(self, i: int) -> bool:
        return i + 1 in self.columns and self._joined(i + 1)

    def _fills(self, i: int) -> bool:
        """Whether the box over column i reaches to its sides, as the pieces of a word do, which share edges."""
        return self._joined(i) or self._next_is_joined(i) or any(i in group for group in self.groups if len(group) > 1)

    def _box_over(self, group: tuple[int, ...]) -> TokenBox:
        plan, theme = self.plan, self.theme
        label = self.label(group).scale(self.scale)
        half, least = plan.cell[0] / 2, label.width + 2 * padding(plan.label_size)
        first, last = group[0], group[-1]
        x, foot = (plan.xs[first] + plan.xs[last]) / 2, plan.foot_over(first)
        if plan.turned[first]:
            tall, height, baseline = max(least, 0.3), plan.box, self.baseline
            if plan.level:  # it alone
                label = Words(REST_NAME, plan.label_size, theme.quiet, weight=SMALL_CAPS)
                (height, tall), baseline = self._rest_size(plan.label_size), -label.height / 2
            box = TokenBox(label, -tall / 2, tall / 2, 0, height, theme, baseline)
            box.rotate(PI / 2).move_to((x, foot + tall / 2, 0))
        else:
            x += plan.aside[first]
            apart, side = abs(plan.xs[last] - plan.xs[first]), plan.side
            reach = max(least, apart + min(0.3, plan.cell[0] - 0.05)) / 2
            ends = [x - side * reach, x + side * reach]
            before, after = self._joined(first), self._next_is_joined(last)
            if before or after:  # the pieces of a word fill their columns and share edges
                gaps = [0.0 if go_on else 0.05 for go_on in (before, after)]
                ends = [plan.xs[first] - side * (half - gaps[0]), plan.xs[last] + side * (half - gaps[1])]
                if plan.raised[first] or least > apart + plan.cell[0]:
                    ends = [x - side * reach, x + side * reach]
            y = foot + plan.box / 2
            box = TokenBox(label, min(ends), max(ends), y, plan.box, theme, y + self.baseline)
            label.shift(RIGHT * (x - label.get_center()[0]))
        return self._inked(box, group)

    def _box_beside(self, group: tuple[int, ...]) -> TokenBox:
        plan = self.plan
        label = self.label(group).scale(self.scale)
        pieces = [g for g in self.row_groups if self.reading.word_of[g[0]] == self.reading.word_of[group[0]]]
        width = max(line_width(self._text(g), plan.label_size) for g in pieces) + 2 * padding(plan.label_size)
        first, last = group[0], group[0] if group[0] in self.reading.runs else group[-1]
        n = self.row_groups.index(group)
        up = plan.ys[first] + self._reach(n, n - 1, self._joined(first))
        down = plan.ys[last] - self._reach(n, n + 1, last + 1 in self.rows and self._joined(last + 1))
        width = max(width, 0.3)
        right = plan.box_right - (plan.box_room + 0.08 if plan.staggered and n % 2 else 0)
        middle = (plan.ys[first] + plan.ys[last]) / 2
        box = TokenBox(label, right - width, right, middle, up - down, self.theme, middle + self.baseline)
        box.box.shift(DOWN * (middle - (up + down) / 2))
        return self._inked(box, group)

    def _reach(self, n: int, other: int, joined: bool) -> float:
        """How far the n-th box beside the grid reaches past the middle of its last row on one side, where another box
        stands: to that, where both are pieces of a word. Where rows are low, a box of one is higher than its row, and
        one of many leaves it room."""
        plan, several = self.plan, [len(group) > 1 and group[0] not in self.reading.runs for group in self.row_groups]
        apart, half = 0.0 if joined else 0.01, plan.cell[1] / 2
        if plan.staggered or not several[n]:
            return half if joined and not plan.staggered and plan.box < plan.cell[1] else plan.box / 2
        beside_one = 0 <= other < len(several) and not several[other]
        return half - apart - (max(0.0, plan.box / 2 - half + apart) if beside_one else 0.0)

    def _inked(self, box: TokenBox, group: tuple[int, ...]) -> TokenBox:
        color = self.ink(group[-1])
        quiet, blank = self.is_quiet(group[0]), is_blank(self._parts(group))  # in grey, which a tint makes faint
        box.tint(color, FAINT if quiet else 0.03 if blank else TINT)
        return box

    def _symbols(self, source: str, color: str, at: float | None, over: bool) -> dict[int, VMobject]:
        """A copy of one vector's symbol for every token, at a height over the grid or a place before it, and dots for
        the many of a run."""
        if at is None:
            return {}
        pattern, plan = Formula(source, SYMBOL_SIZE, color), self.plan
        symbols: dict[int, VMobject] = {}
        for i in self.columns if over else self.rows:
            many = i in self.reading.runs
            symbols[i] = self._dots() if many else pattern.copy()
            symbols[i].move_to((plan.xs[i], at, 0) if over else (at, plan.ys[i], 0))
            if i == self.reading.rest:
                symbols[i].set_fill(self.theme.quiet)
        return symbols

    def _dots(self) -> VGroup:
        return VGroup(*[Dot((x, 0, 0), radius=0.025, color=self.theme.quiet) for x in (-0.1, 0, 0.1)])

    def _arrow(self, start: tuple[float, float], end: tuple[float, float], color: str) -> Arrow:
        """An arrow; most are copies of another, which are made sooner."""
        (x, y), (to_x, to_y) = start, end
        key = round(to_x - x, 9), round(to_y - y, 9), color
        if key not in self._arrows:
            arrow = Arrow((0, 0, 0), (to_x - x, to_y - y, 0), buff=0, stroke_width=2, tip_length=0.1)
            self._arrows[key] = arrow.set_color(color)
        return self._arrows[key].copy().shift((x, y, 0))

    def _arrows_over(self, i: int) -> VGroup:
        """From word i on top to its E, and from there to its query; the last in the query's colour."""
        plan, x = self.plan, self.plan.xs[i]
        stops = [y for y in (plan.e_y, plan.q_y) if y is not None]
        ends = [y + SYMBOL / 2 + 0.02 for y in stops] or [plan.top + 0.04]
        starts = [
            plan.foot_over(self._group(i)[0]) - 0.04,
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
        box = self.box_beside(i)
        starts = [(box.get_right()[0] if box else plan.box_right) + 0.04, *[x + SYMBOL / 2 - 0.02 for x in stops]]
        color = self.theme.quiet if self.is_quiet(i) else self.theme.key
        pairs = list(zip(starts, ends, strict=False))
        return VGroup(
            *[
                self._arrow((a, y), (b, y), color if k == len(pairs) - 1 else self.theme.quiet)
                for k, (a, b) in enumerate(pairs)
            ]
        )

    @cached_property
    def lines(self) -> VGroup:
        """The hairlines between its cells."""
        plan = self.plan
        w, h = plan.cell
        lines = VGroup()
        for y in (plan.top - k * h for k in range(len(self.rows) + 1)):
            lines.add(Line((plan.left, y, 0), (plan.right, y, 0)))
        for x in (plan.left + k * w for k in range(len(self.columns) + 1)):
            lines.add(Line((x, plan.top, 0), (x, plan.bottom, 0)))
        return lines.set_stroke(self.theme.quiet, width=1, opacity=0.5).set_z_index(-1)

    @cached_property
    def shade(self) -> VMobject:
        """All masked cells as one shape: the keys that come after a query (none after the last, which is never
        folded)."""
        plan = self.plan
        w, h = plan.cell
        side = plan.side
        x, y = plan.xs[self.columns[0]] - side * w / 2, plan.bottom
        corners = [(x, y, 0)]
        for n, i in enumerate(self.columns[:-1]):
            step = plan.ys[i] - h / 2
            corners += [(x + side * n * w, step, 0), (x + side * (n + 1) * w, step, 0)]
        corners += [(x + side * (len(self.columns) - 1) * w, y, 0), (x, y, 0)]
        shade = VMobject(stroke_width=0).set_points_as_corners(np.array(corners, dtype=float))
        return shade.set_fill(self.theme.quiet, opacity=0.16).set_z_index(-2)

    # --- what is there ---

    def ink(self, i: int) -> ManimColor:
        """The ink of token i's word, which is grey for the rest token and for a run."""
        return style.to_color(self.inks[self.reading.word_of[i]])

    def is_quiet(self, i: int) -> bool:
        """Whether this is the rest token, or a run."""
        return i == self.reading.rest or i in self.reading.runs

    def at(self, i: int, j: int) -> tuple[float, float]:
        """The middle of the cell of query i and key j."""
        return self.plan.xs[i], self.plan.ys[j]

    def box_over(self, i: int) -> TokenBox:
        return self.over[self._group(i)]

    def box_beside(self, i: int) -> TokenBox | None:
        """That before row i; None where there is no room for any."""
        return self.beside.get(self._group(i))

    def _group(self, i: int) -> tuple[int, ...]:
        """The tokens that share a box with token i, itself among them."""
        return next(group for group in self.row_groups if i in group)

    def asking(self, i: int) -> list[Mobject]:
        """All that stands over column i."""
        symbols = (self.embeddings_over, self.queries)
        return [self.box_over(i), self.arrows_over[i], *[s[i] for s in symbols if s]]

    def answering(self, j: int) -> list[Mobject]:
        """All that stands before row j."""
        symbols, box = (self.embeddings_beside, self.keys), self.box_beside(j)
        return [*([box] if box else []), self.arrows_beside[j], *[s[j] for s in symbols if s]]

    def margins(self) -> list[Mobject]:
        """All that stands over and before the grid."""
        over, before = (self.asking(i) for i in self.columns), (self.answering(j) for j in self.rows)
        return [m for some in (*over, *before) for m in some]

    def frame(self, queries: Iterable[int], keys: Iterable[int], color: str) -> Rectangle:
        """A frame round a block of cells."""
        queries, keys, (w, h) = list(queries), list(keys), self.plan.cell
        xs, ys = [self.plan.xs[i] for i in queries], [self.plan.ys[j] for j in keys]
        frame = Rectangle(width=max(xs) - min(xs) + w, height=max(ys) - min(ys) + h, stroke_width=FRAME)
        return frame.set_stroke(color).move_to(((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2, 0)).set_z_index(1)
