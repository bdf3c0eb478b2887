"""Softmax done slowly, for one word: its scores step out of the grid into a table, e is raised to each, and each of
these powers is divided by their sum.

    score    e^score   e^score / sum
    +3.296      27.0            0.05
    +6.029     415.4            0.84
               ─────           ─────
               494.5            1.00
"""

from collections.abc import Callable, Sequence

import numpy as np
from manim import FadeIn, FadeOut, Line, ManimColor, Mobject, VMobject, linear

from soakup.scenes import style
from soakup.scenes.entries import Entry, Untold
from soakup.scenes.formula import Formula
from soakup.scenes.grid import DIGIT, ENTRY_SIZES, LINE
from soakup.scenes.motion import (
    after,
    change,
    during,
    gone_by,
    levels,
    one_after_another,
    shifting,
    staggered,
    together,
)
from soakup.scenes.one_head import RAISED
from soakup.scenes.quantity import Quantity
from soakup.scenes.scores import ScoreScene

TABLE = (4.6, 7.5)  # the least and the greatest width of the table
ROW, SUM_UNDER = 0.5, 0.1  # the greatest distance of its rows, where it chooses it, and room under its sums


class SoftmaxTable(ScoreScene):
    """A scene that can show the softmax of the followed word's column."""

    weighted: Sequence[int] = ()  # the columns that hold weights already

    # --- beats ---

    def raise_scores(self) -> None:
        """The followed word's scores step out of the grid, and e is raised to each."""
        shown, i = self.head_shown, self.i
        many = "; of what is folded, the sum" if any(j in self.reading.runs for j in shown.seen(i)) else ""
        self.say("Softmax, for “", self.name(i), "”: e to each score, to make all positive", many)
        self.hide_scale()
        self.open_table()
        x, power_x, _ = self.table_xs
        self.scores = {j: self.table_score(j, x) for j in shown.seen(i)}
        column = [self.marks[i, j] for j in shown.seen(i)]
        self.powers = {j: self.table_score(j, x, RAISED) for j in shown.seen(i)}
        home = self.column_x(*self.scores.values())
        moving = []
        for j, entry in self.scores.items():
            entry.shift((home - x, 0, 0))
            moving.append(shifting([entry], self.powers[j].points[0] - entry.points[0]))  # point upon point
            if j not in self.reading.runs:
                moving.append(after(0.4, entry.counting(shown.score(i, j, RAISED))))  # wider, once on its way
        if not self.digits:
            self.play(change(column, levels(column, 0.0), run_time=0.5), FadeIn(*self.scores.values(), run_time=0.5))
        for mark in column:
            levels([mark], 0.0)(1.0)
        self.box_home = self.grid.box_over(i).get_x()
        header = self.grid.asking(i)
        self.play(change([*self.scores.values(), *header], together(*moving, *self.header_going_to(x)), run_time=1.2))
        power = 'e^("score" - "largest")' if shown.below_largest else 'e^"score"'
        title = self.table_title(power, power_x)
        widest = shown.widest(self.powers_of(i), shown.power_format(i))
        swings = self.swing_to(self.powers, {j: shown.exponential(i, j) for j in self.powers}, power_x, widest)
        self.play(FadeIn(title, run_time=0.6))
        self.swing_out_of(self.scores, self.powers, swings)
        self.table_titles: list[VMobject] = [title]

    def divide_by_the_sum(self) -> None:
        """The powers are added up, and each is divided by the sum: weights, which go back into the grid."""
        shown, i = self.head_shown, self.i
        _, power_x, weight_x = self.table_xs
        total = shown.exponential_sum(i)
        whole = shown.weight_sum(i)
        self.say("Added up, and each divided by the sum: weights")
        last = max(shown.seen(i))
        y = self.table_ys[last] - max(self.table_step, 0.26) - 0.04
        line_y = (self.table_row(last) + y) / 2
        lines = [
            Line((at - 0.55, line_y, 0), (at + 0.55, line_y, 0), color=self.style.text, stroke_width=2)
            for at in (power_x, weight_x)
        ]
        widest = shown.widest(self.powers_of(i), shown.power_format(i))
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
        self.swing_out_of(self.powers, self.weights, swings)
        largest = self.layout.largest_dot
        radius = max(largest, 0.46 * self.table_step)
        radius = min(radius, (self.screen.right - weight_x - 0.5) / 2)  # all smaller where there is less room
        self.table_dots = {j: self.new_dot(i, j) for j in self.weights}
        for j, dot in self.table_dots.items():
            dot.radius_shown *= radius / largest
            dot.at = np.array([weight_x + 0.5 + radius, self.table_ys[j], 0.0])
        self.add(*self.table_dots.values())
        growing = [dot.growing() for dot in self.table_dots.values()]
        self.play(change(self.table_dots.values(), together(*growing), run_time=0.8))
        whole_entry = Entry(whole, self.table_size, (weight_x, y), "0.00", self.style.query)
        self.play(FadeIn(lines[1], whole_entry, run_time=0.5))
        self.table_titles += [title, sum_entry, *lines, whole_entry]
        self.afterwards(self.close_table)

    # --- the table ---

    @property
    def table_size(self) -> int:
        fits = (s for s in ENTRY_SIZES if DIGIT * s * LINE <= self.table_step)
        return self.layout.entry_size or next(fits, style.ENTRY_SMALLEST)

    @property
    def table_step(self) -> float:
        """From one row of the table to the next: as in the grid, where that has digits; else as far as there is room
        for, once the other words have gone."""
        low, plan = self.layout.cell[1], self.layout
        if self.digits:
            return low
        room = plan.top - self.screen.floor - SUM_UNDER
        return max(low, min(ROW, room / (len(self.head_shown.seen(self.i)) + 1)))

    @property
    def table_ys(self) -> dict[int, float]:
        """The middles of the table's rows."""
        top, step = self.layout.top, self.table_step
        return {j: top - (n + 0.5) * step for n, j in enumerate(self.head_shown.seen(self.i))}

    def table_row(self, j: int) -> float:
        """The middle of the numbers in row j of the table."""
        return self.row(j, self.table_size) + self.table_ys[j] - self.layout.ys[j]

    def spreading(self, way: int) -> Callable[[float], None]:
        """A step in which the rows take their places in the table (way 1), or go back to the grid's (-1)."""
        apart = {j: way * (y - self.layout.ys[j]) for j, y in self.table_ys.items()}
        steps = []
        for m in self.in_rows:  # pieces of a character share a box
            by = [apart[j] for j in apart if m in self.row_of(j)]
            steps.append(shifting([m], (0, float(np.mean(by)), 0)))
        return together(*steps)

    @property
    def in_rows(self) -> list[Mobject]:
        """What stands before the rows of the table, and what the followed word has there in the grid."""
        return list(dict.fromkeys(m for j in self.head_shown.seen(self.i) for m in self.row_of(j)))

    def row_of(self, j: int) -> list[Mobject]:
        found = (self.marks.get((self.i, j)), self.dots.get((self.i, j)))
        return [*self.grid.answering(j), *[m for m in found if m is not None]]

    @property
    def table_xs(self) -> tuple[float, float, float]:
        """The middles of the table's columns: scores, powers, weights."""
        plan = self.layout
        width = min(max(plan.right - plan.left, TABLE[0]), TABLE[1], self.screen.right - plan.left)
        left = min(max((plan.left + plan.right - width) / 2, plan.left), self.screen.right - width)
        return left + width / 6, left + width / 2, left + width * 5 / 6

    def powers_of(self, i: int) -> np.ndarray:
        shown = self.head_shown
        return np.array([shown.exponential(i, j).value for j in shown.seen(i)] + [shown.exponential_sum(i).value])

    def table_entry(self, quantity: Quantity, x: float, j: int, column: np.ndarray) -> Entry:
        """One number of the table, in the row of key j."""
        widest = self.head_shown.widest(column, quantity.format)
        color = style.data_color(float(quantity.value), float(np.abs(column).max()), self.style)
        return Entry(quantity, self.table_size, (x, self.table_row(j)), widest, color)

    def table_score(self, j: int, x: float, format: str = "") -> Entry:
        """The followed word's score with key j, written as in the grid or in another format; for a run, dots."""
        if j in self.reading.runs:
            return Untold(self.table_size, (x, self.table_ys[j]), self.style.quiet)
        shown = self.head_shown
        column = shown.of_the_shown(shown.scores)[self.grid.columns.index(self.i)]
        return self.table_entry(shown.score(self.i, j, format), x, j, column)

    def swing_to(
        self, entries: dict[int, Entry], quantities: dict[int, Quantity], x: float, widest: str
    ) -> list[Callable[[float], None]]:
        """Steps in which a column of the table swings over and lands as the next."""
        largest = max(float(q.value) for q in quantities.values())
        return [
            entry.swinging(
                quantities[j],
                widest,
                self.table_step,
                (x, self.table_row(j)),
                style.data_color(float(quantities[j].value), largest, self.style),
            )
            for j, entry in entries.items()
        ]

    def swing_out_of(
        self, left: dict[int, Entry], entries: dict[int, Entry], swings: Sequence[Callable[[float], None]]
    ) -> None:
        """A column of the table swings over, number by number; what each leaves behind is there again once it is past,
        so that two never lie on each other."""
        for entry in left.values():
            levels([entry], 0.0)(1.0)
        back = [during(0.5, 0.9, levels([entry], 1.0)) for entry in left.values()]
        steps = [together(swing, again) for swing, again in zip(swings, back, strict=True)]
        moved = [*left.values(), *entries.values()]
        self.play(change(moved, staggered(steps, 0.12), rate_func=linear, run_time=2.4))

    def table_title(self, source: str, x: float) -> Formula:
        """What a column of the table holds, just above it, in the frame."""
        title = Formula(source, 34, self.style.text)
        x = min(x, self.screen.right - title.width / 2)
        return title.shift((x - title.get_center()[0], self.layout.top + 0.12 - title.get_bottom()[1], 0))

    def open_table(self) -> None:
        """Everything but the followed word's column and the keys it sees steps aside."""
        grid, i = self.grid, self.i
        seen = self.head_shown.seen(i)
        kept = [*grid.asking(i), *[m for j in seen for m in grid.answering(j)]]  # pieces of a character share a box
        away = [m for m in grid.margins() if m not in kept]
        away += [self.marks[pair] for pair in self.marks if pair[0] != i]
        away += [grid.lines]
        away += [] if self.head_shown.looks_ahead else [grid.shade]
        self.away = away
        self.play(change(self.away, levels(self.away, 0.0), run_time=0.8))
        if self.table_step > self.layout.cell[1]:
            self.play(change(self.in_rows, self.spreading(1), run_time=0.8))

    def header_going_to(self, x: float) -> list[Callable[[float], None]]:
        """Steps in which what stands over the followed word's column goes to x; its box, which is wider than the column
        where it spans others too, no farther than the counter."""
        box, *symbols = self.grid.asking(self.i)
        to = self.box_home + x - self.layout.xs[self.i]
        if box.get_top()[1] > self.counter.get_bottom()[1]:
            to = max(to, min(self.counter.get_right()[0] + 0.15 + box.width / 2, self.box_home))
        way = x - symbols[0].get_x()
        return [shifting([box], (to - box.get_x(), 0, 0)), shifting(symbols, (way, 0, 0))]

    def close_table(self) -> None:
        """The weights go back to where the scores stood, and the rest of the grid comes back."""
        self.weighted = [self.i]
        grid, plan, i = self.grid, self.layout, self.i
        _, _, weight_x = self.table_xs
        header = grid.asking(i)
        going = [*self.table_titles, *self.table_dots.values(), *self.scores.values(), *self.powers.values()]
        self.play(FadeOut(*going, run_time=0.5))
        weights = list(self.weights.values())
        back = shifting(weights, (self.column_x(*weights) - weight_x, 0, 0))
        self.play(change([*weights, *header], together(back, *self.header_going_to(plan.xs[i])), run_time=1.0))
        if self.digits:
            for j, entry in self.weights.items():
                self.remove(self.marks[i, j])
                entry.at = np.array([plan.xs[i], self.row(j, self.table_size), 0.0])
                self.marks[i, j] = entry
            self.play(change(self.away, levels(self.away, 1.0), run_time=0.8))
            return
        for j in self.weights:
            self.remove(self.marks.pop((i, j)))
        dots = [self.new_dot(i, j) for j in self.weights]
        for j, dot in zip(self.weights, dots, strict=True):
            dot.at = np.array([plan.xs[i], self.table_ys[j], 0.0])
        self.add(*dots)
        growing = [dot.growing(after=0.4) for dot in dots]
        self.play(change([*dots, *weights], together(gone_by(0.4, weights), *growing), run_time=0.8))
        self.remove(*weights)
        self.show_scale(self.head_shown.score, self.head_shown.scores)
        back = together(during(0.0, 0.7, self.spreading(-1)), during(0.6, 1.0, levels(self.away, 1.0)))
        self.play(change([*self.away, *self.in_rows], back, run_time=1.2))
        for j, dot in zip(self.weights, dots, strict=True):
            dot.at = np.array([*grid.at(i, j), 0.0])


def glowing(entry: Entry, color: ManimColor) -> Callable[[float], None]:
    """A step in which a number takes a colour and loses it again."""
    own, glow = entry.fill_rgbas[:, :3].copy(), np.array(color.to_rgb())

    def step(alpha: float) -> None:
        entry.fill_rgbas[:, :3] = own + (glow - own) * np.sin(np.pi * alpha)

    return step
