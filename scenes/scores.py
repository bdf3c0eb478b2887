"""The scores on the attention grid: where a query and a key meet stands their dot product, in digits or as a colour,
and later what becomes of it, a weight, as a dot."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from manim import FadeIn, FadeOut, Mobject, VGroup, VMobject, linear

from soakup.drawing.numbers import digit_height
from soakup.scenes import style
from soakup.scenes.entries import Entry, Untold
from soakup.scenes.grid import SYMBOL
from soakup.scenes.marks import Dot, Patch
from soakup.scenes.meeting import FRAMES_GONE, MeetingScene
from soakup.scenes.motion import (
    change,
    during,
    going,
    half_there,
    levels,
    one_after_another,
    set_level,
    shifting,
    staggered,
    together,
)
from soakup.scenes.overlap import overlap
from soakup.scenes.quantity import Quantity
from soakup.scenes.scales import dot_scale, score_scale
from soakup.scenes.scaling import divided_by_root, multiplied_by
from soakup.scenes.scene import late
from soakup.scenes.words import Words

APPEARING = 0.12  # of the time for a column, that in which a mark appears once the query has passed it


class ScoreScene(MeetingScene):
    """A scene on what stands in the cells of the grid."""

    # --- beats ---

    def a_query_meets_a_key(self) -> None:
        """What the followed word's query and the key it looks at make together goes to the cell where both meet."""
        i, j = self.i, self.j
        self.say("“", self.name(i), "” asks, ", *self.other(j), " answers: their dot product is the score")
        self.make_marks()
        self.put_into_cell(self.count_up(), self.marks[i, j])
        self.afterwards(self.let_go)

    def all_scores(self) -> None:
        """Every query goes down its column, and leaves at every key what they make together."""
        self.say("The higher the score, the better query and key match")
        columns, first = self.grid.columns, self.marks[self.i, self.j]
        queries = {i: symbol.copy() for i, symbol in self.grid.queries.items()}
        steps = [self.going_down(i, queries.get(i)) for i in columns]
        self.add(*queries.values())
        moved = [*queries.values(), *[mark for mark in self.marks.values() if mark is not first]]
        run_time = min(max(0.5 * len(columns), 2.4), 4.2)
        begin = FRAMES_GONE / (run_time + FRAMES_GONE)  # none goes through the frames of the pair before
        moves = during(begin, 1.0, one_after_another(steps, 0.35))
        self.play(change(moved, moves, rate_func=linear, run_time=run_time + FRAMES_GONE))
        self.remove(*queries.values())

    # --- moves the beats share ---

    def point_out(self, keys: Sequence[int], marks: dict[tuple[int, int], Mobject], seen: Sequence[int]) -> None:
        """Frame the cells of some keys in the followed word's column; everything else steps back till the next beat."""
        grid, i = self.grid, self.i
        column = grid.frame([i], seen, self.style.query)
        column.set_stroke(width=1.5, opacity=0.6)
        cell = grid.frame([i], keys, self.style.query)
        lit = [m for j in keys for m in grid.answering(j)] + grid.asking(i)
        lit += [mark for (query, _), mark in marks.items() if query == i]
        dimmed = [m for m in [*grid.margins(), *marks.values()] if m not in lit]
        self.play(change(dimmed, levels(dimmed, style.DIM), run_time=0.8), FadeIn(column, run_time=0.8))
        self.play(FadeIn(cell, run_time=0.8))
        self.hold_at_end(2.0)
        self.afterwards(
            lambda: self.coming(FadeOut(column, cell, run_time=0.5), change(dimmed, levels(dimmed, 1.0), run_time=0.5))
        )

    @property
    def is_textbook(self) -> bool:
        """Whether the head's scores are divided by √d_k."""
        return bool(np.isclose(self.head_shown.scale, self.trace.model.head_width**-0.5, rtol=1e-3))

    @property
    def score_scale(self) -> Quantity:
        """What they are multiplied by."""
        return Quantity("element", f"layers.{self.head_shown.layer}.score_scale", self.head_shown.scale, ".3f")

    def scaling(self, size: float) -> VGroup:
        """The same as it is written, its baseline at height 0."""
        if self.is_textbook:
            return divided_by_root(self.reading.count("count.head_width"), size, self.style.text)
        return multiplied_by(self.score_scale, size, self.style.text)

    def scale_colors(self) -> None:
        """Scores drawn as colours are divided or multiplied: one cell, framed, says what becomes of its number; the
        colours stay, and their scale has smaller numbers."""
        shown, grid, plan, i, j = self.head_shown, self.grid, self.layout, self.i, self.j
        before = Words.of([shown.dot_product(i, j)], 26, self.style.text).stand(0, 0)
        after = Words.of(["= ", shown.score(i, j)], 26, self.style.text).stand(0, 0)
        said = VGroup(before, self.scaling(26), after)
        for one, other in pairwise(said):
            other.shift((one.get_right()[0] + 0.13 - other.get_left()[0], 0, 0))
        y = min(max(plan.sum_y, plan.bottom - 0.24), plan.bottom - 0.1 - said.height / 2)
        said.move_to((self.column_x(said), y, 0))
        if self.scale_shown and overlap(said, self.scale_shown[0], gap=(0.3, 0.05)):
            said.shift((self.screen.right - said.get_right()[0], 0, 0))
        frame = grid.frame([i], [j], self.style.query)
        there = [frame, said] if y - said.height / 2 > self.screen.floor else [frame]
        self.play(FadeIn(*there, run_time=0.6))
        self.wait(0.4 * self.pace)
        for (query, key), mark in self.marks.items():
            if key not in self.reading.runs:
                mark.quantities = (shown.score(query, key),)
        self.show_scale(shown.score, shown.scores)
        self.play()
        self.afterwards(lambda: self.coming(FadeOut(*there, run_time=0.4)))

    def put_into_cell(self, total: Entry, mark: VMobject) -> None:
        """A product goes into its cell, as the number it is there, or behind a colour."""
        if isinstance(mark, Entry):
            flight = half_there([total], going(total, mark.get_center(), mark.size / total.size))
            self.play(change([total], flight, run_time=0.9))
            levels([mark], 1.0)(1.0)
        else:
            self.show_scale(self.head_shown.dot_product, self.head_shown.dots)
            x, half = mark.get_center()[0], total.width / 2  # behind a colour it may be wider than its cell
            x = min(max(x, self.screen.left + half), self.screen.right - half)
            flight = half_there([total], going(total, (x, mark.get_center()[1], 0.0)), 0.0)
            coloured = during(0.5, 1.0, levels([mark], 1.0))
            self.play(change([total, mark], together(flight, coloured), run_time=0.8))
        self.remove(total)

    def going_down(self, i: int, query: VMobject | None) -> Callable[[float], None]:
        """A step in which the marks of column i appear from the top down, each once a query has passed it that goes
        down the column, where there is one; that which stands there already it does not cover."""
        plan, first = self.layout, self.marks[self.i, self.j]
        marks = {j: self.marks[i, j] for j in self.grid.rows if self.marks[i, j] is not first}
        if query is None:
            return staggered([levels([mark], 1.0) for mark in marks.values()], 0.1)
        start, end = plan.q_y or plan.top, plan.bottom - SYMBOL  # the query is not on what it leaves
        passed = {j: (start - plan.ys[j] + SYMBOL) / (start - end) for j in marks}
        begin = {j: moment * (1 - APPEARING) for j, moment in passed.items()}  # time is left for the lowest to appear
        appearing = [during(begin[j], begin[j] + APPEARING, levels([mark], 1.0)) for j, mark in marks.items()]
        glyphs = [glyph for glyph in query.get_family() if len(glyph.points)]
        for glyph in glyphs:  # a halo sets it off from the lines it crosses
            glyph.set_stroke(self.style.ground, width=5, background=True, opacity=glyph.get_fill_opacity())
        falling = shifting([query], (0, end - start, 0))
        gone, fading = 1 - SYMBOL / (start - end), max(0.3, 0.08 * (start - end))  # the higher, the faster it falls

        def step(alpha: float) -> None:
            way = min(alpha / (1 - APPEARING), 1.0)
            falling(way)
            level = float(np.interp(way, [0, 0.08, gone - 0.04, gone + 0.04], [0, 1, 1, 0]))
            if i == self.i:
                away = abs(query.get_center()[1] - first.get_center()[1])
                level *= float(np.interp(away, [0.25, 0.25 + fading], [0, 1]))
            for glyph in glyphs:
                set_level(glyph, level)
            for each in appearing:
                each(alpha)

        return step

    def make_marks(self) -> None:
        """A mark for every pair, not yet seen: its score in digits, or as a colour; for a run, dots."""
        shown, grid = self.head_shown, self.grid
        products = shown.of_the_shown(shown.dots)
        scale = float(np.abs(products).max())
        widest = shown.widest(products, shown.score_format)
        size = self.layout.entry_size or style.ENTRY_SMALLEST
        low = size * min(1.0, 0.9 * self.layout.cell[1] / digit_height(size))  # dots that stay in their row
        for i in grid.columns:
            for j in grid.rows:
                if j in self.reading.runs:
                    self.marks[i, j] = Untold(low, grid.at(i, j), self.style.quiet)
                    continue
                score = shown.dot_product(i, j)
                if self.layout.entry_size is not None:
                    color = style.data_color(float(score.value), scale, self.style)
                    at = self.layout.xs[i], self.row(j, self.layout.entry_size)
                    self.marks[i, j] = Entry(score, self.layout.entry_size, at, widest, color)
                else:
                    self.marks[i, j] = Patch(score, grid.at(i, j), self.layout.cell, scale, self.style)
        levels(self.marks.values(), 0.0)(1.0)
        self.add(*self.marks.values())

    def row(self, j: int, size: float | None) -> float:
        """The middle of numbers of a size in row j: that of the row, or where they are as large as the words before it,
        such that they stand on one line with them."""
        on_line = self.grid.baseline + digit_height(size) / 2 if size == self.layout.label_size else 0.0
        return self.layout.ys[j] + on_line

    def new_dot(self, i: int, j: int, at_once: bool = False) -> Dot:
        weight = self.head_shown.weight(i, j, "", "dot")
        dot = Dot(weight, self.grid.at(i, j), self.layout.largest_dot, self.dot_color(j))
        dot.grow(0.0, 0.0 if at_once else 1.0)
        self.dots[i, j] = dot
        return dot

    # --- scales ---

    scale_shown: Sequence[VMobject] = ()
    in_the_way: Sequence[Mobject] = ()  # what a scale may not lie on, besides what stands round the grid

    def show_scale(self, quantity: Callable[[int, int], Quantity], array: np.ndarray) -> None:
        """With the next play, show what the colours of patches mean, from the lowest score to the highest."""
        seen, tokens = self.head_shown.of_the_shown(array), self.grid.columns
        ends = [np.unravel_index(f(seen), seen.shape) for f in (np.argmin, np.argmax)]
        found, most = [quantity(tokens[int(i)], tokens[int(j)]) for i, j in ends], float(np.abs(seen).max())
        at = x, y = self.counter.get_left()[0], self.counter.get_bottom()[1] - 0.36
        level = [m for m in self.grid.margins() if m.get_bottom()[1] - 0.2 < y < m.get_top()[1] + 0.2]
        room = min((m.get_left()[0] for m in level if m.get_left()[0] > x), default=self.layout.right) - 0.15
        parts = score_scale(at, room, found, most, self.style)
        if self.meets_the_margins(parts):  # under all rows, left of where a table of softmax has its sums
            under = [m for m in self.in_the_way if m.get_top()[1] < self.layout.bottom]
            y = min(self.layout.sum_y, min(m.get_bottom()[1] for m in (*self.grid.margins(), *under)) - 0.13)
            parts = score_scale((self.screen.left, y), self.screen.right, found, most, self.style)
        self.hide_scale()
        self.scale_shown = [parts]
        self.coming(FadeIn(parts, run_time=0.7, rate_func=late))

    def hide_scale(self) -> None:
        """With the next play, let the scale of scores go."""
        self.coming(*[FadeOut(m, run_time=0.3) for m in self.scale_shown])
        self.scale_shown = []

    def column_x(self, *mobjects: Mobject) -> float:
        """Where the followed word's column is, or as near to it as what is wider than its cells stays clear of the keys
        and in the frame."""
        half = max(m.width for m in mobjects) / 2
        return min(max(self.layout.xs[self.i], self.layout.left + half), self.screen.right - half)

    def meets_the_margins(self, mobject: Mobject) -> bool:
        """Whether it lies on what stands over or before the grid, or on what else a scene has there."""
        near = any(overlap(mobject, m, gap=(0.15, 0.1)) for m in self.in_the_way)
        return near or any(overlap(mobject, m, gap=(0.05, 0.08)) for m in self.grid.margins())

    def dot_scale(self) -> VGroup:
        """What the area of a dot means: in the corner, in one line or two, or else under the grid."""
        plan = self.layout
        y = self.counter.get_bottom()[1] - 0.18 - max(plan.largest_dot, 0.12)
        for stacked in (False, True):
            scale = dot_scale(self.counter.get_left()[0], y, plan.largest_dot, self.style, stacked)
            has_room = scale.get_bottom()[1] >= max(plan.ys.values()) + plan.box / 2 + 0.05
            has_room |= scale.get_right()[0] < min(m.get_left()[0] for m in self.grid.margins())
            if has_room and not self.meets_the_margins(scale):
                return scale
        return dot_scale(plan.left, plan.sum_y, plan.largest_dot, self.style)
