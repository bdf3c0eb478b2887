"""What one head gathers for a word: the values of all that it looks at, each times its weight, added up.

Every word has a value, W_V times its normed vector; the sum is taken of whole vectors, of which the columns show the
first entries and the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
from manim import (
    DOWN,
    Animation,
    Arrow,
    FadeIn,
    FadeOut,
    GrowArrow,
    LaggedStart,
    ManimColor,
    Mobject,
    VGroup,
    linear,
)

from soakup.scenes import style
from soakup.scenes.adding import SIGN_ROOM, adding_up, sign
from soakup.scenes.formula import Formula
from soakup.scenes.framing import AIR, frame_round, going_round
from soakup.scenes.head_scene import HeadScene
from soakup.scenes.marks import Dot
from soakup.scenes.motion import becoming, change, during, half_there, levels, shifting, staggered, together
from soakup.scenes.overlap import overlap
from soakup.scenes.quantity import Quantity
from soakup.scenes.sources import FEWEST, LARGEST_DOT, SUM, choose_sources, distance, stack, value_format
from soakup.scenes.token_columns import Room, spread, stem
from soakup.scenes.tokens import TokenBox
from soakup.scenes.vectors import SIZES, Column, column_width
from soakup.scenes.words import Words, line_width

NOTE = 26
ROWS_OF_TALL = 12  # how many entries a column shows in an upright frame, which has the height for them
SYMBOL, VALUE = 30, 30  # font sizes of E and V
WEIGHTS = (30, 28, 26, 24, 22)  # of weights


@dataclass
class Source:
    """One column of the row: a token (None: all lesser ones together), and what belongs to it."""

    token: int | None
    x: float
    box: Mobject
    weight: Quantity
    e: Formula
    stem: VGroup  # from the box to that, where the box stands one step higher
    arrow: Arrow
    column: Column
    name: VGroup  # V, later with its weight before it; nothing where there are many
    factor: Words  # the weight that it is to be multiplied by
    dot: Dot

    @property
    def whole(self) -> list[Mobject]:
        """All of it that stays when the columns are added up."""
        return [self.box, *([] if self.token is None else [self.e, *self.stem]), self.column, self.name, self.dot]


@dataclass
class Row:
    """The sources, how far apart they are, and what stands between them when they are added up."""

    sources: list[Source]
    pitch: float
    signs: list[Mobject] = field(default_factory=list)

    @property
    def level(self) -> bool:
        """Whether all words stand side by side on one level."""
        boxes = [s.box for s in self.sources if s.token is not None]
        return len({(round(box.get_top()[1], 3), round(box.get_bottom()[1], 3)) for box in boxes}) == 1


class Gathering(HeadScene):
    """From the values of the words to what one head gathers of them for one word."""

    @property
    def rows_of_columns(self) -> int:
        return ROWS_OF_TALL if self.screen.tall else super().rows_of_columns

    def choose_values(self) -> None:
        """Which sources have a column of their own, where they stand, and how their numbers are written: all for which
        there is room, or fewer, where only those have room for their words side by side."""
        k = self.trace.model.head_width
        self.value_entries = [*range(min(self.rows_of_columns, k) - 1), k - 1]
        self.choose_row()
        fewer = 0
        while not self.value_row.level and self.chosen.most > FEWEST:
            fewer += 1
            self.choose_row(fewer)
        if fewer and not self.value_row.level:
            self.choose_row()
        self.sources = self.value_row.sources
        self.own = next(s for s in self.sources if s.token == self.i)

    def choose_row(self, fewer: int = 0) -> None:
        """Give so many fewer sources a column than there is room for, and place them."""
        shown, reading, screen = self.head_shown, self.reading, self.screen
        self.chosen = choose_sources(shown.pattern[self.i], self.i, shown.looks_ahead, reading, screen, fewer)
        pitch = distance(len(self.chosen.tokens) + self.chosen.lesser, screen)
        self.value_format = value_format(self.trace.layers[self.look.layer].values[shown.head], pitch)
        self.value_row = self.place_sources(pitch)

    def place_sources(self, pitch: float) -> Row:
        """Where the sources stand: evenly, in the order of the text, the lesser ones last."""
        shown, theme, (tokens, lesser) = self.head_shown, self.style, (self.chosen.tokens, self.chosen.lesser)
        columns = [shown.value(j, self.value_entries, self.value_format) for j in tokens]
        weights = [shown.weight(self.i, j) for j in tokens]
        if lesser:  # what comes from the others is shown once it is weighted
            columns.append(shown.lesser_value(self.i, self.chosen.most, self.value_entries, self.value_format))
            weights.append(shown.lesser_weight(self.i, self.chosen.most))
        values = np.array([[q.value for q in column] for column in columns])
        colors = [self.ink_or_quiet(j) for j in tokens]
        slots = len(tokens) + lesser
        apart = column_width(values, self.value_format, SIZES[-1]) + SIGN_ROOM
        others = Words("others", NOTE, theme.quiet)
        room = Room(self.screen.room - SUM * pitch, slots, pitch, apart - SIGN_ROOM, apart, others.width)
        pitch, xs, over = spread(self.reading, tokens, room, colors, theme)
        rise = max(box.get_top()[1] for box in over)
        self.at = at = stack(values, self.value_format, len(self.value_entries), pitch, rise, self.screen)
        for above in dict.fromkeys(over):
            above.shift((0, at.boxes, 0))
        others.centre(xs[-1], at.top + 0.3)
        boxes: list[Mobject] = [*over, others]
        room_for_weights = pitch - Formula("arrow(V)", VALUE, theme.value).width - 0.2
        size = next(
            (s for s in WEIGHTS if max(line_width(w.text, s) for w in weights) <= room_for_weights), WEIGHTS[-1]
        )
        row = Row([], pitch)
        for token, x, box, weight, values_ in zip([*tokens, None][:slots], xs, boxes, weights, columns, strict=False):
            quiet = token is None or token == self.reading.rest
            e = Formula("arrow(E)", SYMBOL, theme.quiet if quiet else theme.embedding).move_to((x, at.symbols, 0))
            arrow = Arrow((x, at.symbols - 0.2, 0), (x, at.top + 0.05, 0), buff=0, stroke_width=3, tip_length=0.12)
            arrow.set_color(theme.quiet if quiet else theme.value)
            column = Column(values_, (x, at.top), at.width, at.size, self.reading.entry_scale, theme, theme.value)
            column.brackets.set_stroke(self.ink_or_quiet(token))
            name = VGroup() if token is None else VGroup(Formula("arrow(V)", VALUE, theme.value))
            name.move_to((x, at.names, 0), aligned_edge=DOWN)
            color = theme.quiet if quiet else theme.text
            factor = Words.of([weight], size, color).stand(x, at.weights)
            area = Quantity(weight.kind, weight.path, weight.value, "", shown="dot")
            dot = Dot(area, (x, at.dots), LARGEST_DOT, self.ink_or_quiet(token))
            line = stem(box, x, e.get_top()[1] + 0.06) if isinstance(box, TokenBox) else VGroup()
            row.sources.append(Source(token, x, box, weight, e, line, arrow, column, name, factor, dot))
        return row

    def ink_or_quiet(self, token: int | None) -> ManimColor:
        """The ink of a token's word; grey for the rest and for many together."""
        quiet = token is None or token == self.reading.rest
        return ManimColor(self.style.quiet) if quiet or token is None else self.ink(token)

    @property
    def single(self) -> list[Source]:
        """The sources that are one token each."""
        return [s for s in self.sources if s.token is not None]

    # --- beats ---

    def make_values(self) -> None:
        """Each word makes its value."""
        naming = []
        if self.values_label in self.mobjects:  # one has been made
            self.say("So each E makes a value of its own")
        else:
            width = self.reading.count("count.head_width")
            self.bring_words("From each vector E, normed, a value of ", width, " numbers: what it has to give")
            naming = [FadeIn(self.values_label, run_time=0.5)]
        arrows = [GrowArrow(s.arrow) for s in self.single]
        self.play(*naming, LaggedStart(*arrows, lag_ratio=0.06, run_time=1.2))
        made = [FadeIn(VGroup(s.column, s.name)) for s in self.single if s.column not in self.mobjects]
        if made:
            self.play(LaggedStart(*made, lag_ratio=0.08, run_time=1.8))
        self.afterwards(lambda: self.coming(FadeOut(self.values_label, run_time=0.4)))

    @cached_property
    def values_label(self) -> Formula:
        """The name of the matrix that makes values, before the first of their arrows."""
        label, first = Formula("W_V", 34, self.style.value), min(self.sources, key=lambda s: s.x)
        return label.move_to((first.x - 0.14 - label.width / 2, first.arrow.get_center()[1], 0))

    def bring_words(self, *said: str | Quantity) -> None:
        """The sentence is written; the words that the followed one may look at stay, each with its E."""
        self.write_sentence()
        self.say(*said)
        self.count_head()
        self.take_places()
        coming = [[m for m in (s.e, *s.stem) if m not in self.mobjects] for s in self.single]
        if any(coming):
            each = [FadeIn(VGroup(*new)) for new in coming if new]
            self.play(LaggedStart(*each, lag_ratio=0.06, run_time=1.0))

    def show_weights(self) -> None:
        """The followed word is framed, and under every value stands the weight it gets, with its dot."""
        self.say(*self.look_in_words())
        self.frame = frame_round(self.followed_parts(), self.style)
        dots = VGroup(*[s.dot for s in self.single])
        for dot in dots:
            dot.grow(0.0)
        self.play(FadeIn(self.frame, run_time=0.6))
        self.add(dots)
        growing = staggered([dot.growing() for dot in dots], 0.1)
        self.play(
            change([dots], growing, rate_func=linear, run_time=1.4),
            LaggedStart(*[self.arriving(s.factor) for s in self.single], lag_ratio=0.08, run_time=1.6),
        )

    def followed_parts(self) -> list[Mobject]:
        """What is framed of the followed word: its box with the E under it, or all of them, where pieces of one
        character share the box; the E alone, where the box reaches over others' or all but touches one."""
        box = self.own.box
        shared = [s.e for s in self.single if s.box is box]
        left, right = box.get_left()[0] - 0.3, box.get_right()[0] + 0.3
        others = [
            s for s in self.single if s.box is not box and (left < s.x < right or overlap(box, s.box, (AIR, AIR)))
        ]
        return [self.own.e] if others else [box, *shared]

    def weigh(self) -> None:
        """Every value is multiplied by its weight, which leaves its place to stand before the V: first where most
        attention goes, then everywhere; and what gets little fades."""
        self.say("Times its weight: where little attention goes, little is left")
        most = max(self.single, key=lambda s: float(s.weight.value))
        self.multiply_by_weights([most], 1.4)
        others = [s for s in self.single if s is not most]
        if others:
            self.wait(0.3 * self.pace)
            self.multiply_by_weights(others, 1.4)
        for s in self.sources:
            if s.token is None:
                levels([s.column], style.weight_opacity(float(s.weight.value)))(1.0)
                s.name.add(s.factor.stand(s.x, self.at.names))
                self.play(FadeIn(s.box, s.column, s.name, s.dot, run_time=0.8))

    def multiply_by_weights(self, sources: Sequence[Source], run_time: float) -> None:
        """The columns of tokens count to their products while their weights go up to the V."""
        steps, moved, numbers = [], [], []
        for s in sources:
            number = Words.of([s.weight], s.factor.size, s.factor[0].get_fill_color().to_hex())
            wide = number.width + 0.07 + s.name.width
            number.stand(s.x - wide / 2, self.at.names, side=-1)
            aside, up, _ = number.get_center() - s.factor.get_center()
            weighted = self.head_shown.weighted_value(self.i, s.token, self.value_entries, self.value_format)
            faint = style.weight_opacity(float(s.weight.value))
            right = s.x + wide / 2 - s.name.width / 2
            steps += [during(0.2, 0.6, shifting([s.factor], (aside, 0, 0)))]
            steps += [during(0.55, 1.0, shifting([s.factor], (0, up, 0)))]
            steps += [s.column.counting(weighted), levels([s.column], faint)]
            steps.append(during(0.0, 0.4, shifting([s.name], (right - s.name.get_center()[0], 0, 0))))
            moved += [s.column, s.name]
            moved.append(s.factor)
            numbers.append(number)
        self.play(change(moved, together(*steps), run_time=run_time))
        self.remove(*[s.factor for s in sources], *[s.name for s in sources])
        for s, number in zip(sources, numbers, strict=True):
            s.name.add(number)
            self.add(s.name)

    def add_up(self) -> None:
        """The row makes room for a sum, a line runs from the followed word round all that was weighted, and one after
        another, what weighs most first, the columns are added to the sum."""
        self.say("Added up: what this head gathers for ", *self.whose(self.i))
        at, theme, pitch = self.at, self.style, self.value_row.pitch
        side = -1 if self.reading.from_the_right else 1
        moved = list(dict.fromkeys(m for s in self.sources for m in s.whole))
        columns = [s.column for s in self.sources]
        reaches = [(self.frame, 0.0), *[(column, AIR) for column in columns]]
        reach = max(side * m.get_edge_center((side, 0, 0))[0] + air for m, air in reaches)
        last = max(side * s.x for s in self.sources)
        away = max(SUM * pitch, reach - last + SIGN_ROOM + AIR + at.width / 2)
        shift = -side * away / 2
        self.play(
            FadeOut(*[s.arrow for s in self.single], run_time=0.6),
            change([*moved, self.frame], shifting([*moved, self.frame], (shift, 0, 0)), run_time=1.0),
        )
        for s in self.sources:
            s.x += shift
        xs = [s.x for s in self.sources]
        sum_x = side * (last + away) + shift
        total = self.head_shown.gathered_value(self.i, self.value_entries, self.value_format)
        self.gathered = Column(total, (sum_x, at.top), at.width, at.size, self.reading.entry_scale, theme, theme.value)
        self.gathered.brackets.set_stroke(theme.value)
        self.gathered_name = self.within(Words("gathered", NOTE, theme.value).stand(sum_x, at.top + 0.3))
        order = sorted(self.sources, key=lambda s: -float(s.weight.value))
        lights, adding = adding_up(self.gathered, total, [s.column for s in order], theme.query)
        self.value_row.signs = [sign("+", (a + b) / 2, at.middle, theme) for a, b in pairwise(xs)]
        line, running = going_round(self.frame, self.own.e, columns, theme)
        inner = reach + side * shift, side * sum_x - at.width / 2 - AIR
        equals = sign("=", side * sum(inner) / 2, at.middle, theme)
        self.add(line)
        self.play(
            change([line, self.frame], together(running, levels([self.frame], 0.0)), run_time=1.6),
            FadeIn(*self.value_row.signs, equals, self.gathered, self.gathered_name, run_time=0.8),
        )
        self.remove(self.frame)
        self.add(*lights)
        run_time = min(1.2 + 0.45 * len(lights), 3.2)
        self.play(change([*lights, self.gathered], adding, rate_func=linear, run_time=run_time))
        self.remove(*lights)
        self.value_row.signs.append(equals)
        self.frame = frame_round([self.gathered], theme)
        self.play(FadeOut(line, run_time=0.6), FadeIn(self.frame, run_time=0.6))
        self.hold_at_end(1.0)

    # --- moves the beats share ---

    def arriving(self, factor: Words) -> Animation:
        """A weight comes to stand under its value."""
        return FadeIn(factor)

    def take_places(self) -> None:
        """The words that are looked at go to their columns; the others leave."""
        reading = self.reading
        boxes = {reading.box_with(s.token): s.box for s in self.sources if s.token not in (None, reading.rest)}
        leaving = [label for group, label in self.written.items() if group not in boxes]
        if leaving and not self.shaped:  # else they have not been seen
            self.play(FadeOut(*leaving, run_time=0.6))
        labels = [box.label for box in boxes.values() if isinstance(box, TokenBox)]
        words = [self.written[group] for group in boxes]
        moves = [half_there([word], becoming(word, label)) for word, label in zip(words, labels, strict=True)]
        self.play(change(words, staggered(moves, 0.01), rate_func=linear, run_time=1.4))
        self.remove(*words)
        self.add(*labels)
        rest = [s.box for s in self.sources if s.token is not None and s.token == reading.rest]
        self.play(*[FadeIn(box.box, run_time=0.6) for box in boxes.values()], *[FadeIn(b, run_time=0.6) for b in rest])
        self.remove(*labels)
        self.add(*boxes.values())
