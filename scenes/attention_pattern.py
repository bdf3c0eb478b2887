"""The attention pattern: how one head turns scores into weights.

Every word asks with a query (along the top) and answers with a key (down the left). Where two meet stands their dot
product; it is divided by √d_k, masked where a word would look ahead, and each column goes through softmax: e raised to
every score, divided by the column's sum. What comes out are weights, drawn as dots. Scores and weights are those of one
head of one layer (`scores` and `pattern` of the Trace), the same ones all the way.
"""

from collections.abc import Callable, Iterable

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, LaggedStart, ManimColor, VGroup, VMobject, linear

from soakup.scenes import style
from soakup.scenes.entries import Entry
from soakup.scenes.formula import Formula
from soakup.scenes.grid import DIGIT
from soakup.scenes.motion import change, gone_by, levels, one_after_another, staggered, together
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import REST_NAME
from soakup.scenes.scene import Beat, late
from soakup.scenes.softmax_table import SoftmaxTable

NARROWEST_ROW = 1.2 * DIGIT * style.ENTRY_SMALLEST  # of the grid, for softmax to be done slowly beside it


class AttentionPattern(SoftmaxTable):
    """One head, from its scores to its weights."""

    idea = "scores become weights"
    poster_beat = "who looks at whom"

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
        if self.is_textbook:
            k = self.reading.count("count.head_width")
            self.say("Sums of ", k, " products run large: divided by the root of ", k)
        else:
            self.say("All scores are multiplied by ", self.score_scale)
        if not self.digits:
            self.scale_colors()
            return
        corner, under = self.counter.get_corner(DOWN + LEFT), np.array([self.layout.left, self.layout.bottom, 0.0])
        label = self.scaling(28).move_to(corner + 0.3 * DOWN, aligned_edge=UP + LEFT)
        if self.meets_the_margins(label):
            label = self.scaling(26).move_to(under + 0.05 * DOWN, aligned_edge=UP + LEFT)
            smaller = self.scaling(22)
            room = self.layout.left - self.screen.left - 0.1
            if label.get_bottom()[1] < self.screen.floor and smaller.width <= room:  # it stands beside the caption
                label = smaller.move_to(under + 0.1 * LEFT + 0.05 * DOWN, aligned_edge=UP + RIGHT)
        self.play(FadeIn(label, run_time=0.8))
        pairs = [(i, j) for i in grid.columns for j in grid.columns]
        counting = [self.marks[i, j].counting(shown.score(i, j)) for i, j in pairs]
        self.play(change(self.marks.values(), together(*counting), run_time=1.8))
        self.afterwards(lambda: self.coming(FadeOut(label, run_time=0.4)))

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
        self.play()  # it is said before it is done
        marks: list[VMobject] = [self.marks.pop(pair) for pair in ahead]
        self.play(change(marks, levels(marks, 0.0), run_time=0.4))
        self.remove(*marks)
        if not self.digits:
            infinity = self.infinity()
            self.play(FadeIn(grid.shade, infinity, run_time=0.8))
            self.wait(0.8 * self.pace)
            self.play(FadeOut(infinity, run_time=0.6))
            return
        for mark in marks:
            mark.mask(self.style.value)
        self.add(*marks)
        levels(marks, 0.0)(1.0)
        self.play(change(marks, levels(marks, 1.0), run_time=0.4))
        self.wait(1.0 * self.pace)
        self.play(FadeIn(grid.shade, run_time=0.8), change(marks, levels(marks, 0.0), run_time=0.8))
        self.remove(*marks)

    def infinity(self) -> Formula:
        """One −∞ for all that is masked, as large as there is room for in the middle of its shade."""
        plan = self.layout
        across, down = (plan.right - plan.left) / 3, (plan.top - plan.bottom) / 3
        sign = Formula("- infinity", 72, self.style.value)
        sign.scale(min(1.0, 0.9 * across / sign.width, 0.75 * down / sign.height))
        sign.move_to((plan.left + across if plan.side > 0 else plan.right - across, plan.bottom + down, 0))
        for glyph in sign:  # a halo sets it off from the lines of the grid
            glyph.set_stroke(self.style.ground, width=8, background=True)
        return sign

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
            self.hide_scale()
            self.coming(FadeIn(self.dot_scale(), run_time=1.5, rate_func=late))
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
        if self.weighted and (idle := self.idle) is not None and self.reading.rest is not None:
            frame = grid.frame([idle], [self.reading.rest], self.style.query)
            self.play(FadeIn(frame, run_time=0.6))
            self.afterwards(lambda: self.coming(FadeOut(frame, run_time=0.4)))

    def every_column_in_words(self, whole: Quantity) -> list[str | Quantity]:
        if self.weighted and (idle := self.idle) is not None:
            share = self.head_shown.weight(idle, self.reading.rest, "percent", "attention")
            return [
                "Each column sums to ",
                whole,
                "; “",
                self.name(idle),
                "” finds little: ",
                share,
                f" to {REST_NAME}",
            ]
        if self.weighted:
            return ["So with every word: each column’s weights sum to ", whole]
        return ["Softmax: e to each score, over their sum: weights that sum to ", whole]

    @property
    def idle(self) -> int | None:
        """The token, with a choice of others, that leaves most of its attention to the rest, if that is most of it."""
        rest, pattern = self.reading.rest, self.head_shown.pattern
        choosing = [i for i in self.grid.columns if i != self.i and len(self.head_shown.seen(i)) > 2]
        if rest is None or not choosing:
            return None
        most = max(choosing, key=lambda i: pattern[i, rest])
        return most if pattern[most, rest] > 0.5 else None

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
        self.say(*self.look_in_words())
        self.point_out(self.looked_at, self.dots, self.head_shown.seen(self.i))

    def one_head_of_many(self) -> None:
        layer, heads = self.reading.count(f"layer[{self.look.layer}]"), self.reading.count("count.heads")
        if self.trace.model.heads == 1:
            self.say("Layer ", layer, " has ", heads, " head; every number here is the model’s own")
        else:
            self.say("One of ", heads, " heads in layer ", layer, "; every number here is the model’s own")
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
