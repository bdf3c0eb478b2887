"""The attention pattern: how one head turns scores into weights.

Every word asks with a query (along the top) and answers with a key (down the left). Where two meet stands their dot
product; it is divided by √k, masked where a word would look ahead, and each column goes through softmax: e raised to
every score, divided by the column's sum. What comes out are weights, drawn as dots. Scores and weights are those of one
head of one layer (`scores` and `pattern` of the Trace), the same ones all the way.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    ManimColor,
    VGroup,
    VMobject,
    linear,
)

from soakup.scenes import style
from soakup.scenes.entries import Entry, Untold
from soakup.scenes.formula import Formula
from soakup.scenes.grid import DIGIT, ENTRY_SIZES
from soakup.scenes.grid_scene import GridScene
from soakup.scenes.motion import change, gone_by, levels, one_after_another, shifting, staggered, together
from soakup.scenes.quantity import Quantity
from soakup.scenes.scene import Beat, late
from soakup.scenes.words import Words

NARROWEST_ROW = 1.2 * DIGIT * style.ENTRY_SMALLEST  # of the grid, for softmax to be done slowly beside it
TABLE = (4.6, 7.5)  # the least and the greatest width of the table in which softmax is done slowly


class AttentionPattern(GridScene):
    """One head, from its scores to its weights."""

    idea = "scores become weights"
    poster_beat = "who looks at whom"

    weighted: Sequence[int] = ()  # the columns that hold weights already

    def story(self) -> Iterable[Beat]:
        self.choose_grid("attention-pattern")
        if self.reading.runs:
            yield Beat("a long text", self.a_long_text)
        yield Beat("every word twice", self.every_word_twice)
        yield Beat("queries", self.make_queries)
        yield Beat("keys", self.make_keys)
        if self.head_shown.turns:
            yield Beat("turned by position", self.turned_by_position)
        yield Beat("a query meets a key", self.a_query_meets_a_key)
        yield Beat("all scores", self.all_scores)
        if not np.isclose(self.head_shown.scale, 1):
            yield Beat("scaled", self.scaled)
        yield Beat("masked", self.masked)
        if self.layout.cell[1] >= NARROWEST_ROW:
            yield Beat("softmax, raise", self.raise_scores)
            yield Beat("softmax, divide", self.divide_by_the_sum)
        yield Beat("softmax, every column", self.every_column)
        if self.digits:
            yield Beat("dots", self.draw_dots)
        yield Beat("who looks at whom", self.who_looks_at_whom)
        yield Beat("one head of many", self.one_head_of_many)

    # --- beats ---

    def scaled(self) -> None:
        shown, grid = self.head_shown, self.grid
        k = self.reading.count("count.head_width")
        if np.isclose(shown.scale, self.trace.model.head_width**-0.5, rtol=1e-3):
            self.say("All scores are divided by √k, here the root of ", k)
            source, words = "div sqrt(k)", ["k = ", k]
        else:
            path = f"layers.{shown.layer}.score_scale"
            scale = Quantity("element", path, shown.scale, ".3f")
            self.say("All scores are multiplied by ", scale)
            source, words = "times", [scale]
        if not self.digits:
            for (i, j), mark in self.marks.items():
                if j not in self.reading.runs:
                    mark.quantities = (shown.score(i, j),)
            self.show_scale(shown.score, shown.scores)
            return
        corner, under = self.counter.get_corner(DOWN + LEFT), np.array([self.layout.left, self.layout.bottom, 0.0])
        label = self.scale_label(source, words, 36, corner + 0.3 * DOWN)
        if self.meets_the_margins(label):
            label = self.scale_label(source, words, 28, under + 0.05 * DOWN)
        self.play(FadeIn(label, shift=UP * 0.2, run_time=0.8))
        pairs = [(i, j) for i in grid.columns for j in grid.columns]
        counting = [self.marks[i, j].counting(shown.score(i, j)) for i, j in pairs]
        self.play(change(self.marks.values(), together(*counting), run_time=1.8))
        self.afterwards(lambda: self.coming(FadeOut(label, run_time=0.4)))

    def scale_label(self, source: str, words: list[str | Quantity], size: int, corner: np.ndarray) -> VGroup:
        """What the scores are divided or multiplied by, down and right of a corner."""
        color = self.style.text
        label = VGroup(Formula(source, size, color), Words.of(words, min(size, 28), color)).arrange(RIGHT, buff=0.25)
        return label.move_to(corner, aligned_edge=UP + LEFT)

    def masked(self) -> None:
        """Where the key comes after the query, the score turns to −∞, and the cell is empty."""
        grid = self.grid
        ahead = [(i, j) for i in grid.columns for j in grid.rows if j not in self.head_shown.seen(i)]
        if self.head_shown.looks_ahead:
            self.say("This model has no mask: every word may look at every other")
            return
        if not ahead:
            self.say("There is no later word to hide: a word may only look back")
            return
        self.say("No word may look ahead: later words’ scores are masked")
        marks = [self.marks.pop(pair) for pair in ahead]
        self.play(change(marks, levels(marks, 0.0), run_time=0.5))
        self.remove(*marks)
        for mark in marks:
            mark.mask(self.style.value)
        self.add(*marks)
        self.play(change(marks, levels(marks, 1.0), run_time=0.6))
        self.wait(1.4 * self.pace)
        self.play(FadeIn(grid.shade, run_time=0.8), change(marks, levels(marks, 0.0), run_time=0.8))
        self.remove(*marks)

    def raise_scores(self) -> None:
        """The followed word's scores step out of the grid, and e is raised to each."""
        shown, i = self.head_shown, self.i
        many = "; of what is folded, the sum" if any(j in self.reading.runs for j in shown.seen(i)) else ""
        self.say("Softmax, for “", self.name(i), "”: raise e to the power of every score", many)
        self.open_table()
        x, power_x, _ = self.table_xs
        self.scores = {j: self.table_score(j, x) for j in shown.seen(i)}
        column = [self.marks[i, j] for j in shown.seen(i)]
        home = self.column_x(self.scores.values())
        moving = [shifting([entry], (x - home, 0, 0)) for entry in self.scores.values()]
        for entry in self.scores.values():
            entry.shift((home - x, 0, 0))
        if not self.digits:
            self.play(change(column, levels(column, 0.0), run_time=0.5), FadeIn(*self.scores.values(), run_time=0.5))
        for mark in column:
            levels([mark], 0.0)(1.0)
        header = self.grid.asking(i)
        self.play(
            change(
                [*self.scores.values(), *header],
                together(*moving, shifting(header, (x - self.layout.xs[i], 0, 0))),
                run_time=1.2,
            )
        )
        power = 'e^("score" - "largest")' if shown.below_largest else 'e^"score"'
        title = self.table_title(power, power_x)
        self.powers = {j: self.table_score(j, x) for j in shown.seen(i)}
        widest = shown.widest(self.powers_of(i), shown.power_format)
        swings = self.swing_to(self.powers, {j: shown.exponential(i, j) for j in self.powers}, power_x, widest)
        self.play(FadeIn(title, run_time=0.6))
        self.play(change(self.powers.values(), staggered(swings, 0.12), rate_func=linear, run_time=2.4))
        self.table_titles: list[VMobject] = [title]

    def divide_by_the_sum(self) -> None:
        """The powers are added up, and each is divided by the sum: weights, which go back into the grid."""
        shown, i = self.head_shown, self.i
        _, power_x, weight_x = self.table_xs
        total = shown.exponential_sum(i)
        whole = shown.weight_sum(i)
        self.say("Divided by their sum, ", total, ", they become weights")
        last = max(shown.seen(i))
        y = self.layout.ys[last] - max(self.layout.cell[1], 0.26) - 0.04
        line_y = self.layout.ys[last] - self.layout.cell[1] / 2
        lines = [
            Line((at - 0.55, line_y, 0), (at + 0.55, line_y, 0), color=self.style.text, stroke_width=2)
            for at in (power_x, weight_x)
        ]
        widest = shown.widest(self.powers_of(i), shown.power_format)
        sum_entry = Entry(total, self.table_size, (power_x, y), widest, self.style.query)
        self.play(FadeIn(lines[0], run_time=0.4))
        counting = sum_entry.adding([float(q.quantities[0].value) for q in self.powers.values()])
        query = ManimColor(self.style.query)
        counted = [glowing(entry, query) for entry in self.powers.values()]
        self.play(
            change(self.powers.values(), one_after_another(counted, 1.0), rate_func=linear, run_time=2.2),
            change([sum_entry], counting, rate_func=linear, run_time=2.2),
        )
        power = 'e^("score" - "largest")' if shown.below_largest else 'e^"score"'
        title = self.table_title(f'({power}) / "sum"', weight_x)
        self.weights = {
            j: self.table_entry(shown.exponential(i, j), power_x, j, self.powers_of(i)) for j in self.powers
        }
        swings = self.swing_to(self.weights, {j: shown.weight(i, j) for j in self.weights}, weight_x, "0.00")
        self.play(FadeIn(title, run_time=0.6))
        self.play(change(self.weights.values(), staggered(swings, 0.12), rate_func=linear, run_time=2.2))
        largest = self.layout.largest_dot
        radius = min(largest, (self.screen.right - weight_x - 0.5) / 2)  # all smaller where there is less room
        self.table_dots = {j: self.new_dot(i, j) for j in self.weights}
        for j, dot in self.table_dots.items():
            dot.radius_shown *= radius / largest
            dot.at = np.array([weight_x + 0.5 + radius, self.layout.ys[j], 0.0])
        self.add(*self.table_dots.values())
        growing = [dot.growing() for dot in self.table_dots.values()]
        self.play(change(self.table_dots.values(), together(*growing), run_time=0.8))
        whole_entry = Entry(whole, self.table_size, (weight_x, y), "0.00", self.style.query)
        self.play(FadeIn(lines[1], whole_entry, run_time=0.5))
        self.table_titles += [title, sum_entry, *lines, whole_entry]
        self.afterwards(self.close_table)

    def every_column(self) -> None:
        """The same with every other column, at once shown: scores swing, and land as weights."""
        shown, grid = self.head_shown, self.grid
        self.say(*self.every_column_in_words(shown.weight_sum(grid.columns[-1])))
        others = [i for i in grid.columns if i not in self.weighted]
        steps, moved = [], []
        for i in others:
            marks = [self.marks[i, j] for j in shown.seen(i)]
            if self.digits:
                swings = [
                    mark.swinging(shown.weight(i, j), "0.00", self.layout.cell[1], color=self.weight_color(i, j))
                    for j, mark in zip(shown.seen(i), marks, strict=True)
                ]
            else:
                swings = [self.swinging_to_dot(i, j) for j in shown.seen(i)]
                marks += [self.dots[i, j] for j in shown.seen(i)]
            steps.append(staggered(swings, 0.06))
            moved += marks
        if not self.digits:
            self.add(*self.dots.values())
        run_time = max(3.0, min(0.4 * len(others), 6.0))
        self.play(change(moved, one_after_another(steps, 0.5), rate_func=linear, run_time=run_time))
        if self.digits:
            self.sums = VGroup(
                *[
                    Entry(
                        shown.weight_sum(i), self.layout.entry_size, (self.layout.xs[i], self.layout.sum_y), "0.00",
                        self.style.quiet if i == self.reading.rest else self.style.query,
                    )
                    for i in grid.columns
                ]
            )  # fmt: skip
            self.play(LaggedStart(*[FadeIn(s) for s in self.sums], lag_ratio=0.1, run_time=1.2))
            self.afterwards(lambda: self.coming(FadeOut(self.sums, run_time=0.4)))
        else:
            self.remove(*[self.marks.pop(pair) for pair in list(self.marks)])
            self.play(
                *[FadeOut(m, run_time=0.3) for m in self.scale_shown],
                FadeIn(self.dot_scale(), run_time=0.9, rate_func=late),
            )

    def every_column_in_words(self, whole: Quantity) -> list[str | Quantity]:
        if self.weighted:
            return ["So with every word: each column’s weights sum to ", whole]
        return ["Softmax: e to each score, over their sum: weights that sum to ", whole]

    def draw_dots(self) -> None:
        self.say("As dots: the larger the dot, the more attention")
        shown = self.head_shown
        steps, dots = [], []
        for i in self.grid.columns:
            column = [self.new_dot(i, j) for j in shown.seen(i)]
            marks = [self.marks[i, j] for j in shown.seen(i)]
            steps.append(together(gone_by(0.4, marks), *[dot.growing(after=0.4) for dot in column]))
            dots += column
        self.add(*dots)
        self.play(
            change([*dots, *self.marks.values()], staggered(steps, 0.25), rate_func=linear, run_time=2.2),
            FadeIn(self.dot_scale(), run_time=1.2, rate_func=late),
        )
        self.remove(*self.marks.values())

    def who_looks_at_whom(self) -> None:
        """The telling cell is framed, and everything else steps back."""
        grid, i = self.grid, self.i
        self.say(*self.look_in_words())
        keys = self.looked_at
        column = grid.frame([i], self.head_shown.seen(i), self.style.query)
        column.set_stroke(width=1.5, opacity=0.6)
        cell = grid.frame([i], keys, self.style.query)
        lit = [m for j in keys for m in grid.answering(j)] + grid.asking(i)
        lit += [self.dots[i, j] for j in self.head_shown.seen(i)]
        dimmed = [m for m in [*grid.margins(), *self.dots.values()] if m not in lit]
        self.play(change(dimmed, levels(dimmed, style.DIM), run_time=0.8), FadeIn(column, run_time=0.8))
        self.play(FadeIn(cell, scale=1.3, run_time=0.8))
        self.hold_at_end(2.0)
        self.afterwards(
            lambda: self.coming(FadeOut(column, cell, run_time=0.5), change(dimmed, levels(dimmed, 1.0), run_time=0.5))
        )

    def one_head_of_many(self) -> None:
        layer, heads = self.reading.count(f"layer[{self.look.layer}]"), self.reading.count("count.heads")
        if self.trace.model.heads == 1:
            self.say("Layer ", layer, " has ", heads, " head; every number here is the model’s own")
        else:
            self.say("One of ", heads, " heads in layer ", layer, ": each has a pattern of its own")
        self.wait(0.5)
        self.hold_at_end(2.0)

    # --- moves the beats share ---

    def swinging_to_dot(self, i: int, j: int) -> Callable[[float], None]:
        """A step in which a score drawn as a colour becomes a dot; the dots of a run just go where it grows."""
        mark, dot = self.marks[i, j], self.new_dot(i, j, at_once=j not in self.reading.runs)
        if j not in self.reading.runs:
            return mark.swinging(dot)
        levels([dot], 0.0)(1.0)
        showing = levels([dot], 1.0)
        return together(gone_by(0.5, [mark]), dot.growing(after=0.5), lambda alpha: showing(float(alpha > 0.5)))

    def weight_color(self, i: int, j: int) -> ManimColor:
        return style.data_color(float(self.head_shown.weight(i, j).value), 0.5, self.style)

    # --- the table of the slow softmax ---

    @property
    def table_size(self) -> int:
        fits = (s for s in ENTRY_SIZES if DIGIT * s * 1.25 <= self.layout.cell[1])
        return self.layout.entry_size or next(fits, style.ENTRY_SMALLEST)

    @property
    def table_xs(self) -> tuple[float, float, float]:
        """The middles of the table's columns: scores, powers, weights."""
        plan = self.layout
        width = min(max(plan.right - plan.left, TABLE[0]), TABLE[1], self.screen.right - plan.left)
        left = min(max((plan.left + plan.right - width) / 2, plan.left), self.screen.right - width)
        return left + width / 6, left + width / 2, left + width * 5 / 6

    def column_x(self, entries: Iterable[Entry]) -> float:
        """Where the followed word's column is, or as near to it as numbers wider than its cells stay clear of the keys
        and in the frame."""
        half = max(entry.width for entry in entries) / 2
        return min(max(self.layout.xs[self.i], self.layout.left + half), self.screen.right - half)

    def powers_of(self, i: int) -> np.ndarray:
        shown = self.head_shown
        return np.array([shown.exponential(i, j).value for j in shown.seen(i)] + [shown.exponential_sum(i).value])

    def table_entry(self, quantity: Quantity, x: float, j: int, column: np.ndarray) -> Entry:
        """One number of the table, in the row of key j."""
        widest = self.head_shown.widest(column, quantity.format)
        color = style.data_color(float(quantity.value), float(np.abs(column).max()), self.style)
        return Entry(quantity, self.table_size, (x, self.row(j)), widest, color)

    def table_score(self, j: int, x: float) -> Entry:
        """The followed word's score with key j; for a run, dots."""
        if j in self.reading.runs:
            return Untold(self.table_size, (x, self.layout.ys[j]), self.style.quiet)
        shown = self.head_shown
        return self.table_entry(
            shown.score(self.i, j), x, j, shown.of_the_shown(shown.scores)[self.grid.columns.index(self.i)]
        )

    def swing_to(
        self, entries: dict[int, Entry], quantities: dict[int, Quantity], x: float, widest: str
    ) -> list[Callable[[float], None]]:
        """Steps in which a column of the table swings over and lands as the next."""
        largest = max(float(q.value) for q in quantities.values())
        return [
            entry.swinging(
                quantities[j],
                widest,
                self.layout.cell[1],
                (x, self.row(j)),
                style.data_color(float(quantities[j].value), largest, self.style),
            )
            for j, entry in entries.items()
        ]

    def table_title(self, source: str, x: float) -> Formula:
        """What a column of the table holds, just above it, in the frame."""
        title = Formula(source, 34, self.style.text)
        x = min(x, self.screen.right - title.width / 2)
        return title.shift((x - title.get_center()[0], self.layout.top + 0.12 - title.get_bottom()[1], 0))

    def open_table(self) -> None:
        """Everything but the followed word's column and the keys it sees steps aside."""
        grid, i = self.grid, self.i
        seen = self.head_shown.seen(i)
        away = [m for k in grid.columns if k != i for m in grid.asking(k)]
        away += [self.marks[pair] for pair in self.marks if pair[0] != i]
        away += [grid.lines, *[m for j in grid.rows if j not in seen for m in grid.answering(j)]]
        away += [] if self.head_shown.looks_ahead else [grid.shade]
        self.away = away
        self.play(change(self.away, levels(self.away, 0.0), run_time=0.8))

    def close_table(self) -> None:
        """The weights go back to where the scores stood, and the rest of the grid comes back."""
        self.weighted = [self.i]
        grid, plan, i = self.grid, self.layout, self.i
        x, _, weight_x = self.table_xs
        header = grid.asking(i)
        going = [*self.table_titles, *self.table_dots.values(), *self.scores.values(), *self.powers.values()]
        self.play(FadeOut(*going, run_time=0.5))
        weights = list(self.weights.values())
        back = shifting(weights, (self.column_x(weights) - weight_x, 0, 0))
        self.play(change([*weights, *header], together(back, shifting(header, (plan.xs[i] - x, 0, 0))), run_time=1.0))
        for j, entry in self.weights.items():
            self.remove(self.marks[i, j])
            entry.at = np.array([plan.xs[i], self.row(j), 0.0])
            if self.digits:
                self.marks[i, j] = entry
        if not self.digits:
            dots = [self.new_dot(i, j) for j in self.weights]
            self.add(*dots)
            steps = [dot.growing(after=0.4) for dot in dots]
            self.play(change([*dots, *weights], together(gone_by(0.4, weights), *steps), run_time=0.8))
            self.remove(*weights)
            for j in self.weights:
                del self.marks[i, j]
        self.play(change(self.away, levels(self.away, 1.0), run_time=0.8))


def glowing(entry: Entry, color: ManimColor) -> Callable[[float], None]:
    """A step in which a number takes a colour and loses it again."""
    own, glow = entry.fill_rgbas[:, :3].copy(), np.array(color.to_rgb())

    def step(alpha: float) -> None:
        entry.fill_rgbas[:, :3] = own + (glow - own) * np.sin(np.pi * alpha)

    return step
