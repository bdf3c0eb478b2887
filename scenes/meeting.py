"""A query and a key meet: both come from the margins of the grid and open into their numbers, which change where a
model turns them by position; what they make together is counted up entry by entry, and goes to the cell of both."""

from collections.abc import Callable, Iterator

import numpy as np
from manim import UP, Circle, FadeIn, FadeOut, Line, Mobject, VGroup, linear

from soakup.scenes import style
from soakup.scenes.dot_product import DotProduct
from soakup.scenes.entries import Entry
from soakup.scenes.grid_scene import GridScene
from soakup.scenes.motion import change, coming_from, during, levels, opening, together

FRAMES_GONE = 0.5  # seconds
PRODUCT_ENTRIES, PRODUCT_SIZES = (5, 4, 3, 2, 1), (28, 26, 24, 22)  # how many numbers of a vector, and how large
PRODUCT_APART = 0.22  # between them and what stands near
DIAL = 0.38  # its radius


class MeetingScene(GridScene):
    """A scene in which the followed word's query meets the key of the word it looks at."""

    adding_time = 2.6  # seconds in which a dot product is counted up
    pair: DotProduct | None = None  # the numbers of both, once they have come together

    # --- beats ---

    def turned_by_position(self) -> None:
        """The pair's numbers change to what they are when they meet; beside them a dial with a hand for each, at the
        angle by which its place turns it, so that between the hands there is what their distance makes."""
        self.say("Both are turned by their place, so that distance counts")
        pair = self.bring_together()
        dial = Circle(radius=DIAL, color=self.style.quiet, stroke_width=1.5)
        dial.move_to((pair.equals.get_left()[0] + DIAL, pair.equals.get_y(), 0))
        hands, steps = [], []
        for token, color in ((self.j, self.style.key), (self.i, self.style.query)):
            turn, center = self.head_shown.turn(token), dial.get_center()
            hand = Line(center, center + DIAL * UP, color=color, stroke_width=4)
            hand.quantities = (turn,)
            hands.append(hand)
            steps.append(turning(hand, center, float(turn.value)))
        self.play(FadeIn(dial, *hands, run_time=0.4))
        self.play(change([*pair.numbers, *hands], together(pair.changing(), *steps), run_time=1.8))
        self.afterwards(lambda: self.play(FadeOut(dial, *hands, run_time=0.3)))

    def changed_before_they_meet(self) -> None:
        """Where a model does more with queries and keys than to turn them, that is said, and their numbers change."""
        self.say("In this model both are changed once more before they meet, by a norm or by their place")
        pair = self.bring_together()
        self.play(change(pair.numbers, pair.changing(), run_time=1.4))

    # --- moves the beats share ---

    def bring_together(self) -> DotProduct:
        """The frames of a column and a row, and the numbers of a query and a key as their matrices make them."""
        grid, i, j = self.grid, self.i, self.j
        self.pair, rows = self.meeting(i, j)
        before = [k for k in grid.columns if self.layout.xs[k] <= self.layout.xs[i]]
        self.frames = VGroup(grid.frame([i], rows, self.style.query), grid.frame(before, [j], self.style.key))
        kept = [*grid.asking(i), *grid.answering(j)]
        self.aside: list[Mobject] = [m for m in grid.margins() if m not in kept]
        away = together(levels(self.aside, style.DIM), levels([grid.lines], 0.0))
        self.play(change([*self.aside, grid.lines], away, run_time=0.6), FadeIn(self.frames, run_time=0.6))
        self.open_vectors(self.pair)
        return self.pair

    def let_go(self) -> None:
        """With the next play, the pair leaves, and the grid is there again."""
        assert self.pair is not None
        back = together(levels(self.aside, 1.0), during(0.5, 1.0, levels([self.grid.lines], 1.0)))
        self.coming(
            FadeOut(*self.pair.names, *self.pair.vectors, run_time=FRAMES_GONE / 2),  # before the lines are there again
            FadeOut(self.frames, run_time=FRAMES_GONE),
            change([*self.aside, self.grid.lines], back, run_time=FRAMES_GONE),
        )

    def meeting(self, i: int, j: int) -> tuple[DotProduct, list[int]]:
        """The numbers of query i and key j, as large and as many as there is room for: under the row where both meet,
        or over it where that is low; and the rows from there to the cell, which a frame may go round."""
        plan, floor = self.layout, self.screen.floor
        room = self.screen.right - plan.left - 0.1
        for meeting in self.tried(i, j):
            if meeting.width <= room:
                break
        under, space = plan.ys[j] - plan.cell[1] / 2, meeting.height + 2 * PRODUCT_APART
        if under - floor >= space:
            y = max((under + floor) / 2, under - space)
            rows = [k for k in self.grid.rows if plan.ys[k] >= plan.ys[j]]
        else:
            y = plan.top - space / 2
            rows = [k for k in self.grid.rows if plan.ys[j] <= plan.ys[k] <= plan.top - space - plan.cell[1] / 2] or [j]
        x = min((plan.left + plan.right - meeting.width) / 2, self.screen.right - meeting.width)
        meeting.shift((max(x, plan.left + 0.1) - meeting.get_left()[0], y - meeting.get_center()[1], 0))
        return meeting, rows

    def tried(self, i: int, j: int) -> Iterator[DotProduct]:
        """The same of fewer and fewer entries, and each in smaller and smaller numbers."""
        shown, last = self.head_shown, self.trace.model.head_width - 1
        for count in PRODUCT_ENTRIES:
            entries = [*range(min(count, last)), last]
            met = shown.met(i, j, entries)
            made = shown.made_before_met(i, j, entries) if self.changes_are_told else met
            for size in PRODUCT_SIZES:
                yield DotProduct(made, met, shown.dot_product(i, j), shown.products(i, j), size, self.style)

    @property
    def changes_are_told(self) -> bool:
        """Whether a beat of this scene tells how queries and keys change before they meet."""
        told = {self.turned_by_position, self.changed_before_they_meet}
        return any(beat.play in told for beat in self.plan)

    def open_vectors(self, meeting: DotProduct) -> None:
        """The symbols of a query and a key come to where their numbers then open out of them."""
        grid, names = self.grid, meeting.names
        if grid.queries and grid.keys:
            symbols = grid.queries[self.i], grid.keys[self.j]
            flights = [coming_from(name, s.get_center()) for name, s in zip(names, symbols, strict=True)]
            self.play(change(names, together(*flights), run_time=1.2))
        else:
            self.coming(FadeIn(*names, run_time=0.4))
        self.play(change(meeting.vectors, opening(meeting.vectors, meeting.names_at), run_time=0.7))

    def count_up(self) -> Entry:
        """What the pair makes together, counted up entry by entry."""
        pair = self.pair or self.bring_together()
        self.add(pair.light, pair.sum)
        adding = change([pair.light, pair.sum], pair.adding(), rate_func=linear, run_time=self.adding_time)
        self.play(FadeIn(pair.equals, run_time=0.4), adding)
        self.remove(pair.light)
        self.play(FadeOut(pair.equals, run_time=0.3))  # before the sum flies over it
        return pair.sum


def turning(hand: Line, center: np.ndarray, angle: float) -> Callable[[float], None]:
    """A step that turns a hand clockwise, from upright by an angle."""
    start = hand.points - center

    def step(alpha: float) -> None:
        c, s = np.cos(angle * alpha), np.sin(angle * alpha)
        hand.points = start @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) + center

    return step
