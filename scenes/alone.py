"""One word by itself: its box over its column at the side, its ink under it, and room for bars beside it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from manim import Animation, FadeIn, Mobject, linear, smooth

from soakup.drawing.numbers import Change
from soakup.scenes import style
from soakup.scenes.bars import ROW
from soakup.scenes.ink import InkBar
from soakup.scenes.motion import change, during, levels, shifting, together
from soakup.scenes.screen import Screen
from soakup.scenes.sentence import BAR, OVER, PANEL, Sentence
from soakup.scenes.sentence_plan import BAR_GAP
from soakup.scenes.vectors import Column, entry_places

ENTRIES = 6  # of a column that takes a strip's place
LARGE = 36  # font size of such a column's entries in an upright frame
DOWN = 0.72  # from the middle of the box to the top of the column
DOWN_TO_ROWS = 1.35  # from a column's bar to the middle of the first bar under it
MOST_ROWS, LEAST_STEP = 6, 0.5  # how many bars there may be, and how close


@dataclass(frozen=True)
class AlonePlan:
    """Places: `x` of the box, its columns standing `half` to the left and right of it, or at `left` where there is one,
    each of a `width`; bars beside it or, where the frame is `upright`, under it, `rows_top` the middle of the first and
    `step` from one to the next; an arrow of a length that leads there, beside the `middle` of a column or under it; and
    how its vector has turned: up from `turn_at`, which is the middle or the right end, at most `turn` long."""

    x: float
    width: float
    half: float
    left: float
    box_at: float
    middle: float
    arrow: float
    rows_left: float
    rows_right: float
    rows_top: float
    step: float
    upright: bool
    turn_at: tuple[float, float]
    turn: float


def plan_alone(screen: Screen, sentence: Sentence) -> AlonePlan:
    """All together in the middle of the screen's height."""
    plan = _upright if screen.tall else _wide
    return plan(screen, _width(sentence), _height(sentence))


def _wide(screen: Screen, width: float, height: float) -> AlonePlan:
    """The column at the left, the bars at the right, and under them how the vector has turned."""
    half = width / 2 + 0.22
    x = screen.left + half + width / 2 + 0.1 if screen.narrow else -4.4
    rows = ROW * (MOST_ROWS - 1) + 0.2
    above, below = 0.6, max(DOWN + height + BAR_GAP + BAR + 0.45, rows + 0.9)  # the middle of the box
    box_at = (screen.top + screen.floor) / 2 + (below - above) / 2
    rows_left = x + half + width / 2 + (0.35 if screen.narrow else 0.5)
    rows_right = min(screen.right, 5.4)
    return AlonePlan(
        x=x,
        width=width,
        half=half,
        left=screen.left + width / 2 + 0.1 if screen.narrow else x - 0.6,
        box_at=box_at,
        middle=box_at - DOWN - height / 2,
        arrow=1.4 if screen.narrow else 2.1,
        rows_left=rows_left,
        rows_right=rows_right,
        rows_top=box_at,
        step=ROW,
        upright=False,
        turn_at=(rows_right, box_at - below + 0.05),
        turn=1.2,
    )


def _upright(screen: Screen, width: float, height: float) -> AlonePlan:
    """The column above, how the vector has turned beside it, and the bars below."""
    half = width / 2 + 0.22
    x = screen.left + half + width / 2 + 0.1
    above, down = 0.6, DOWN + height + BAR_GAP + BAR + 0.3 + DOWN_TO_ROWS
    room = screen.top - screen.floor - above - down - 0.55
    step = min(max(room / (MOST_ROWS - 1), LEAST_STEP), 1.4 * ROW)
    below = down + step * (MOST_ROWS - 1) + 0.55
    box_at = (screen.top + screen.floor) / 2 + (below - above) / 2
    middle, beside = box_at - DOWN - height / 2, x + half + width / 2
    return AlonePlan(
        x=x,
        width=width,
        half=half,
        left=0.0,
        box_at=box_at,
        middle=middle,
        arrow=DOWN_TO_ROWS - 0.3,
        rows_left=screen.left,
        rows_right=screen.right,
        rows_top=box_at - down,
        step=step,
        upright=True,
        turn_at=((beside + screen.right) / 2, middle - 0.6),
        turn=1.5,
    )


class Alone:
    """Token i taken out of its row: its own box, panel, column and bar; in a sentence of strips, numbers in its strip's
    place."""

    def __init__(self, sentence: Sentence, i: int) -> None:
        self.sentence, self.i = sentence, i
        self.stack = stack = sentence.stacks[i]
        self.places = plan_alone(sentence.screen, sentence)
        self.width = _width(sentence)
        self.own: list[Mobject] = []  # what is not the row's
        self.panel, self.column, self.bar = stack.panel, stack.column, stack.bar
        self.x = sentence.x[i]
        self.lifted = 0.0
        self.unfolds = sentence.strips
        self.top = sentence.line_of[i].columns_at
        if self.unfolds:
            self.x, self.top = self.places.x, self.places.box_at - DOWN
            self.panel, column = self.copy_of(sentence.reading.layers, self.x)
            column.brackets.set_stroke(sentence.ink_color(sentence.reading.layers, i))
            self.column = column
            self.bar = InkBar(sentence.reading.inks(sentence.reading.layers, i), stack.bar.order, sentence.inks,
                              sentence.theme.others)  # fmt: skip
            self.bar.place(self.x, self.bottom + BAR / 2, self.width, BAR).set_z_index(-1)
            self.own = [self.panel, self.column, self.bar]
        parts = [stack.box, *self._hanging, *self.strip]
        self.moved: list[tuple[Mobject, np.ndarray]] = [(m, m.get_center()) for m in parts]

    @property
    def _hanging(self) -> list[Mobject]:
        return [self.panel, self.column]

    @property
    def strip(self) -> list[Mobject]:
        """The strip in whose place numbers come, and what belongs to it."""
        return [self.stack.panel, self.stack.column, self.stack.bar] if self.unfolds else []

    @property
    def parts(self) -> list[Mobject]:
        return [self.stack.box, self.panel, self.column, self.bar]

    @property
    def bottom(self) -> float:
        """Of the bar of ink under the column."""
        return self.top - _height(self.sentence) - BAR_GAP - BAR

    @property
    def under(self) -> float:
        return self.bottom

    def copy_of(self, n: int, x: float) -> tuple[InkBar, Column]:
        """A panel and a column of numbers as they were after n layers, beside this one."""
        sentence, i = self.sentence, self.i
        reading = sentence.reading
        size = _size(sentence)
        entries = [*range(ENTRIES - 1), reading.trace.model.width - 1] if sentence.strips else None
        numbers = reading.vector_after(n, i, entries)
        width = sentence.width_of_numbers(size)
        column = Column(numbers, (x, self.top), width, size, reading.entry_scale, sentence.theme)
        panel = InkBar(reading.inks(n, i), self.stack.bar.order, sentence.inks, sentence.theme.others, True, PANEL)
        top = self.top + OVER
        panel.place(x, (top + self.bottom) / 2, self.width, top - self.bottom)
        return panel.set_z_index(-2), column

    def unfolding(self, box_to: float, column_to: float) -> tuple[Animation, Animation]:
        """Together: box and strip go to the side, and numbers come in the strip’s place."""
        box, by = self.stack.box, self._box_by(box_to)
        under = (column_to - self.stack.column.get_x(), self.top - self.sentence.line_of[self.i].columns_at, 0)
        going = together(shifting([box], by), shifting(self.strip, under))
        for part in self._hanging:
            part.shift((column_to - self.x, 0, 0))
        self.x = column_to
        self.bar.place(self.x, self.bottom + BAR / 2, self.width, BAR)
        there = together(during(0, 0.6, lambda alpha: going(smooth(alpha))), during(0.6, 0.8, levels(self.strip, 0.0)))
        coming = FadeIn(*self.own, run_time=1.8, rate_func=lambda alpha: smooth(max(0.0, 4 * alpha - 3)))
        return change([*self.strip, box], there, rate_func=linear, run_time=1.8), coming

    def moving(self, box_to: float, column_to: float, run_time: float) -> Change:
        """To the side, box and column each to a place."""
        box, box_by = self.stack.box, self._box_by(box_to)
        up = self.places.box_at - DOWN - self.top
        column_by = (column_to - self.x, up, 0)
        self.x, self.top = column_to, self.top + up
        steps = together(
            shifting([box], box_by),
            shifting(self._hanging, column_by),
            self.bar.moving_to(column_to, self.bottom + BAR / 2, self.width, BAR),
        )
        return change(self.parts, steps, run_time=run_time)

    def _box_by(self, to: float) -> tuple[float, float, float]:
        """From where the box is to the side, inside the frame."""
        box = self.stack.box
        least = self.sentence.screen.left + box.width / 2
        return max(to, least) - box.get_x(), self.places.box_at - box.box.get_y(), 0

    @property
    def going(self) -> list[Mobject]:
        """What is seen going home: all but the numbers in a strip's place, and the bar, which may have unfolded."""
        return [self.stack.box] if self.unfolds else [self.stack.box, *self._hanging]

    def going_home(self) -> Callable[[float], None]:
        """A step back to the row; a strip is there at once, unseen."""
        for part, home in self.moved:
            if part in self.strip:
                part.shift(home - part.get_center())
        steps = [shifting([part], home - part.get_center()) for part, home in self.moved if part in self.going]
        x, y = self.sentence.x[self.i], self.sentence.bar_y(self.i)
        return together(*steps, self.stack.bar.moving_to(x, y, self.sentence.panel_width, BAR))

    def go_home(self) -> None:
        """Back to the row, at once and unseen."""
        for part, home in self.moved:
            part.shift(home - part.get_center())
        sentence, i = self.sentence, self.i
        self.stack.bar.place(sentence.x[i], sentence.bar_y(i), sentence.panel_width, BAR)


def _size(sentence: Sentence) -> int:
    """Font size of the entries of a column."""
    return sentence.plan.entry_size or (LARGE if sentence.screen.tall else style.ENTRY)


def _width(sentence: Sentence) -> float:
    """Of the panel behind a column of numbers."""
    return sentence.width_of_numbers(_size(sentence)) + 0.12 if sentence.strips else sentence.panel_width


def _height(sentence: Sentence) -> float:
    """Of a column of numbers."""
    return -entry_places(ENTRIES if sentence.strips else sentence.plan.entries, _size(sentence))[-1]
