"""Values: how the weights of one head become an update.

Every word has a value, W_V times its normed vector. Each is multiplied by the weight that one word, the one followed,
gives it; added up they are what the head gathers for that word, and W_O makes of it the head's ΔE. The ΔE of all heads
together is the layer's, and E + ΔE = E′. All of it is one layer of the Trace, and every sum is of whole vectors, of
which the columns show the first entries and the last.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from manim import (
    UP,
    Arrow,
    FadeIn,
    FadeOut,
    GrowArrow,
    LaggedStart,
    ManimColor,
    Mobject,
    Rectangle,
    ReplacementTransform,
    VGroup,
    linear,
)

from soakup.model.derived import by_attention
from soakup.scenes import style
from soakup.scenes.formula import Formula
from soakup.scenes.head_scene import ENTRIES, HeadScene
from soakup.scenes.marks import Dot
from soakup.scenes.motion import becoming, change, gone_by, half_there, levels, shifting, staggered, together
from soakup.scenes.quantity import Quantity, format_for, format_number
from soakup.scenes.scene import Beat
from soakup.scenes.token_columns import token_columns
from soakup.scenes.tokens import TokenBox
from soakup.scenes.updated_row import BOXES_AT, COLUMNS_AT, E_AT, NAME, WIDEST, UpdatedRow
from soakup.scenes.vectors import Column, column_width, entry_places
from soakup.scenes.words import Words

SOURCES = 11  # columns of values shown at most; where there are more, the lesser ones are put together
NARROWEST = 1.05  # distance of columns in a row
WEIGHTS_UNDER, DOTS_UNDER = 0.38, 0.74  # the columns
LARGEST_DOT = 0.17
NOTE = 26
APART = 2.2  # from one column to the next, where two are added
ASIDE = 2.6  # how far to the left and the right of the middle a matrix takes from and makes


@dataclass
class Source:
    """One column of the row: a token (None: all lesser ones together), and what belongs to it."""

    token: int | None
    x: float
    box: Mobject
    weight: Quantity
    e: Formula
    arrow: Arrow
    column: Column


@dataclass
class Vector:
    """A column of d entries, where it stands, and the symbol over it."""

    x: float
    column: Column
    name: Mobject

    def moving(self, x: float) -> Callable[[float], None]:
        """A step that takes both to another place."""
        step = shifting([self.column, self.name], (x - self.x, 0, 0))
        self.x = x
        return step


class Values(HeadScene):
    """One head, from its weights to the update of a word."""

    idea = "weights become an update"
    poster_beat = "weighted"

    def story(self) -> Iterable[Beat]:
        self.choose()
        if self.reading.runs:
            yield Beat("a long text", self.a_long_text)
        yield Beat("values", self.make_values)
        yield Beat("weights", self.show_weights)
        yield Beat("weighted", self.weigh)
        yield Beat("added up", self.add_up)
        yield Beat("this head’s update", self.project)
        yield Beat("all heads", self.all_heads)
        yield Beat("the vector updated", self.update_vector)
        yield Beat("every word", self.every_word)

    def choose(self) -> None:
        """Which head to show, which word to follow, which sources have a column of their own, and how to write them."""
        self.choose_head("values")
        self.choose_values()

    def choose_values(self) -> None:
        """Which sources have a column of their own, where they stand, and how their numbers are written."""
        shown, record = self.head_shown, self.trace.layers[self.look.layer]
        seen = range(len(self.trace.tokens) if shown.looks_ahead else self.i + 1)
        order = by_attention(shown.pattern[self.i], self.i)[: len(seen)]
        self.room = self.screen.room
        # What stands folded has no column, nor has what is looked at less.
        looked_at = next((n for n, j in enumerate(order) if j in self.reading.hidden), len(seen))
        self.most = min(SOURCES, int(self.room / NARROWEST) - 1, looked_at)
        self.lesser = len(seen) > self.most + (looked_at == len(seen))
        self.tokens = sorted(order[: self.most]) if self.lesser else list(seen)
        k = self.trace.model.head_width
        self.value_entries = [*range(min(ENTRIES, k) - 1), k - 1]
        self.value_format = format_for(record.values[shown.head])
        self.value_scale = float(np.percentile(np.abs(record.values[shown.head]), 95))
        updates = record.head_updates[:, self.reading.tokens]
        self.update_format = format_for(updates)
        drawn = [q.value for h in range(self.trace.model.heads) for q in self.head_update(h)]
        drawn += [q.value for i in self.reading.tokens for q in (*self.before(i), *self.update(i), *self.after(i))]
        self.update_widest = np.array(drawn)
        self.update_width = column_width(self.update_widest, self.update_format, style.ENTRY)
        self.sources = self.place_sources()
        self.bottom = COLUMNS_AT + entry_places(ENTRIES, style.ENTRY)[-1]
        self.middle = (COLUMNS_AT + self.bottom) / 2

    def place_sources(self) -> list[Source]:
        """Where the sources stand: evenly, in the order of the text, the lesser ones last."""
        shown, theme, rest = self.head_shown, self.style, self.reading.rest
        count = len(self.tokens) + self.lesser
        columns = [shown.value(j, self.value_entries, self.value_format) for j in self.tokens]
        weights = [shown.weight(self.i, j) for j in self.tokens]
        colors = [ManimColor(theme.quiet) if j == rest else self.ink(j) for j in self.tokens]
        pitch = min(self.room / count, WIDEST)
        # Once more where the words at the ends, and a frame round them, would reach beyond the margins.
        for _ in range(2):
            xs = [(n - (count - 1) / 2) * pitch for n in range(count)]
            if self.reading.from_the_right:
                xs.reverse()
            over = token_columns(self.reading, self.tokens, xs, BOXES_AT, pitch, colors, theme)
            edges = [abs(x) for box in over for x in (box.get_left()[0], box.get_right()[0])]
            past = max(edges) + 0.1 - self.screen.right
            if past <= 0 or count == 1:
                break
            pitch -= 2 * past / (count - 1)
        self.pitch = pitch
        boxes: list[Mobject] = [*over]
        if self.lesser:  # what comes from the others is shown once it is weighted
            columns.append(shown.lesser_value(self.i, self.most, self.value_entries, self.value_format))
            weights.append(shown.lesser_weight(self.i, self.most))
            boxes.append(
                Words("others", NOTE, theme.quiet).centre(xs[-1], COLUMNS_AT + 0.2)
            )  # under the frame of its neighbour
        values = np.array([[q.value for q in column] for column in columns])
        sizes = (style.ENTRY, style.ENTRY_SMALLEST)
        size = next((s for s in sizes if column_width(values, self.value_format, s) + 0.06 <= pitch), sizes[-1])
        self.value_size, self.value_width = size, column_width(values, self.value_format, size)
        tokens: list[int | None] = [*self.tokens, *([None] if self.lesser else [])]
        sources = []
        for token, x, box, weight, column in zip(tokens, xs, boxes, weights, columns, strict=True):
            quiet = token is None or token == rest
            e = Formula("arrow(E)", 30, theme.quiet if quiet else theme.embedding).move_to((x, E_AT, 0))
            arrow = Arrow((x, E_AT - 0.2, 0), (x, COLUMNS_AT + 0.05, 0), buff=0, stroke_width=3, tip_length=0.12)
            arrow.set_color(theme.quiet if quiet else theme.value)
            sources.append(Source(token, x, box, weight, e, arrow, self.value_column(column, x)))
        self.own = next(s for s in sources if s.token == self.i)
        return sources

    # --- beats ---

    def make_values(self) -> None:
        """The sentence is written; the words that the followed one may look at stay, and each makes its value."""
        self.write_sentence()
        self.say("From each vector E, normed, a value: what it has to give")
        self.count_head()
        self.take_places()
        single = [s for s in self.sources if s.token is not None]
        self.play(LaggedStart(*[FadeIn(s.e) for s in single], lag_ratio=0.06, run_time=1.0))
        label = Formula("W_V", 28, self.style.value)
        first = min(self.sources, key=lambda s: s.x)
        label.move_to((first.x - 0.1 - label.width / 2, first.arrow.get_center()[1], 0))
        arrows = LaggedStart(*[GrowArrow(s.arrow) for s in single], lag_ratio=0.06, run_time=1.2)
        self.play(FadeIn(label, run_time=0.5), arrows)
        made = [FadeIn(s.column) for s in single]
        self.play(LaggedStart(*made, lag_ratio=0.08, run_time=1.8))
        self.afterwards(lambda: self.coming(FadeOut(label, run_time=0.4)))

    def show_weights(self) -> None:
        """The followed word is framed, and under every value stands the weight it gets, with its dot."""
        self.say(*self.look_in_words())
        theme = self.style
        self.frame = self.frame_round([self.own.box, self.own.e])
        self.factors, self.weight_dots = VGroup(), VGroup()
        size = 28 if self.pitch > 1.25 else style.ENTRY
        for s in self.sources:
            quiet = s.token is None or s.token == self.reading.rest
            number = Words.of(["× ", s.weight], size, theme.quiet if quiet else theme.text)
            self.factors.add(number.stand(s.x, self.bottom - WEIGHTS_UNDER))
            area = Quantity(s.weight.kind, s.weight.path, s.weight.value, "", shown="dot")
            ink = ManimColor(theme.quiet) if s.token is None or quiet else self.ink(s.token)
            dot = Dot(area, (s.x, self.bottom - DOTS_UNDER), LARGEST_DOT, ink)
            dot.grow(0.0)
            self.weight_dots.add(dot)
        self.set_off(*[m for s in self.sources for m in (s.box, s.e)])
        self.play(FadeIn(self.frame, run_time=0.6))
        self.add(self.weight_dots)
        growing = staggered([dot.growing() for dot in self.weight_dots], 0.1)
        self.play(
            change([self.weight_dots], growing, rate_func=linear, run_time=1.4),
            LaggedStart(*[FadeIn(w) for w in self.factors], lag_ratio=0.08, run_time=1.6),
        )
        others = [m for s in self.sources if s.token is None for m in (s.box,)]
        if others:
            self.play(FadeIn(*others, run_time=0.4))

    def weigh(self) -> None:
        """Every value is multiplied by its weight: entries count, and what gets little attention fades."""
        self.say("Times its weight: where little attention goes, little is left")
        single = [s for s in self.sources if s.token is not None]
        steps = []
        for s in single:
            weighted = self.head_shown.weighted_value(self.i, s.token or 0, self.value_entries, self.value_format)
            steps += [s.column.counting(weighted), levels([s.column], style.weight_opacity(float(s.weight.value)))]
        self.play(change([s.column for s in single], together(*steps), run_time=2.0))
        for s in self.sources:
            if s.token is None:
                levels([s.column], style.weight_opacity(float(s.weight.value)))(1.0)
                self.play(FadeIn(s.column, run_time=0.6))

    def add_up(self) -> None:
        """The frame stretches from E over all that was weighted, and it fuses into one column."""
        self.say("Added up: what this head gathers for ", *self.whose(self.i))
        own, x = self.own, self.own.x
        columns = [s.column for s in self.sources]
        self.set_off(own.box, *[s.box for s in self.sources], *columns, *[s.e for s in self.sources])
        wide = self.frame_round([own.e, *columns])
        self.play(ReplacementTransform(self.frame, wide, run_time=1.2))
        total = self.head_shown.gathered_value(self.i, self.value_entries, self.value_format)
        self.gathered = own.column
        order = sorted(self.sources, key=lambda s: abs(s.x - x))
        adding = adding_up(self.gathered, total, [[float(q.value) for q in s.column.quantities] for s in order])
        bright = levels([self.gathered], 1.0)
        narrow = self.frame_round([own.e, self.gathered])
        leaving = (self.factors, self.weight_dots, *[s.box for s in self.sources if s.token is None])
        if len(order) > 1:
            columns = [s.column for s in order[1:]]
            sliding = [
                together(shifting([s.column], (x - s.x, 0, 0)), gone_by(0.45, s.column.entries), levels([s.column], 0))
                for s in order[1:]
            ]
            self.play(
                change(columns, staggered(sliding, 0.7), rate_func=linear, run_time=2.8),
                change([self.gathered], together(adding, bright), rate_func=linear, run_time=2.8),
                FadeOut(*leaving, *[s.arrow for s in order[1:] if s.token is not None], run_time=1.0),
            )
            self.remove(*columns)
        else:
            self.play(FadeOut(*leaving, run_time=0.6), change([self.gathered], adding, run_time=0.6))
        self.play(ReplacementTransform(wide, narrow, run_time=0.8))
        self.frame = narrow

    def project(self) -> None:
        """W_O makes of what was gathered the head's own ΔE."""
        own, theme = self.own, self.style
        self.say("A last matrix makes of it this head’s ΔE, as long as E")
        gone = {m: None for s in self.sources if s is not own for m in (s.box, s.e, s.arrow) if m is not own.box}
        self.play(FadeOut(*[m for m in gone if m in self.mobjects], self.frame, own.arrow, run_time=0.7))
        moved = [self.gathered, own.e]
        over = max(-ASIDE, self.screen.left + own.box.width / 2)  # a box that many pieces share may be wide
        self.play(
            change(
                [*moved, own.box],
                together(
                    shifting(moved, (-ASIDE - own.x, 0, 0)),
                    shifting([own.box], (over - own.box.get_center()[0], BOXES_AT - own.box.get_center()[1], 0)),
                ),
                run_time=1.0,
            ),
            FadeOut(own.e, run_time=0.5),
        )
        self.this = self.vector(self.head_update(self.head_shown.head), ASIDE, theme.head_update, "Delta arrow(E)")
        start, end = -ASIDE + self.value_width / 2 + 0.35, ASIDE - self.update_width / 2 - 0.35
        arrow = Arrow((start, self.middle, 0), (end, self.middle, 0), buff=0, stroke_width=3, color=theme.quiet)
        name = Formula("W_O", 36, theme.text).next_to(arrow, UP, buff=0.15)
        lengths = [
            Words.of([self.reading.count(f"count.{what}"), " numbers"], NOTE, theme.text).stand(x, self.bottom - 0.45)
            for what, x in (("head_width", -ASIDE), ("width", ASIDE))
        ]
        self.play(FadeIn(lengths[0], run_time=0.5))
        self.play(GrowArrow(arrow, run_time=0.8), FadeIn(name, run_time=0.8))
        self.play(FadeIn(self.this.column, self.this.name, lengths[1], run_time=1.0))
        self.afterwards(lambda: self.play(FadeOut(arrow, name, *lengths, self.gathered, run_time=0.5)))

    def all_heads(self) -> None:
        """Every head has a ΔE for the word; together they are the layer's."""
        theme, this = self.style, self.this
        self.say("One of ", self.reading.count("count.heads"), " heads: the layer’s ΔE is the sum of them all")
        parts, own = self.parts()
        pitch = min(self.room / (len(parts) + 1.3), WIDEST)
        xs = [(n - (len(parts) + 0.3) / 2) * pitch for n in range(len(parts))]
        sum_x = xs[-1] + 1.3 * pitch
        self.play(
            change(
                [this.column, self.own.box, this.name],
                together(
                    this.moving(xs[own]),
                    gone_by(0.5, [this.name]),
                    shifting([self.own.box], (-self.own.box.get_center()[0], 0, 0)),
                ),
                run_time=1.0,
            )
        )
        labels = [
            Words.of(label, NOTE, theme.head_update if n == own else theme.text).stand(x, COLUMNS_AT + 0.3)
            for n, ((label, _), x) in enumerate(zip(parts, xs, strict=True))
        ]
        columns = [
            this.column if n == own else self.update_column(update, x, theme.head_update)
            for n, ((_, update), x) in enumerate(zip(parts, xs, strict=True))
        ]
        self.play(FadeIn(labels[own], run_time=0.4))
        others = [FadeIn(VGroup(columns[n], labels[n])) for n in range(len(parts)) if n != own]
        if others:
            self.play(LaggedStart(*others, lag_ratio=0.12, run_time=1.8))
        self.whole = self.vector(self.update(self.i), sum_x, theme.update, "Delta arrow(E)")
        zeros = [0.0] * len(self.reading.entries)
        terms = [zeros, *[[float(q.value) for q in c.quantities] for c in columns]]
        adding = adding_up(self.whole.column, list(self.whole.column.quantities), terms)
        adding(0.0)
        equals = Formula("=", 40, theme.text).move_to((sum_x - 0.65 * pitch, self.middle, 0))
        self.play(FadeIn(equals, self.whole.column, self.whole.name, run_time=0.6))
        rows = [glowing_column(column, ManimColor(theme.update)) for column in columns]
        self.play(
            change(columns, staggered(rows, 0.8), rate_func=linear, run_time=2.6),
            change([self.whole.column], adding, rate_func=linear, run_time=2.6),
        )
        self.afterwards(lambda: self.play(FadeOut(*columns, *labels, equals, run_time=0.5)))

    def parts(self) -> tuple[list[tuple[Sequence[str | Quantity], list[Quantity]]], int]:
        """What the layer's ΔE is the sum of, each with its name, and which of them is this head's."""
        shown, heads = self.head_shown, self.trace.model.heads
        if heads + 1.3 > self.room / NARROWEST:
            others = shown.other_heads(self.i, self.reading.entries, self.update_format)
            return [(["this head"], self.head_update(shown.head)), (["all others"], others)], 0
        parts: list[tuple[Sequence[str | Quantity], list[Quantity]]] = [
            (["head ", self.reading.count(f"head[{h}]")], self.head_update(h)) for h in range(heads)
        ]
        if np.any(self.trace.layers[shown.layer].attention_bias):
            parts.append((["bias"], shown.bias(self.reading.entries, self.update_format)))
        return parts, shown.head

    def update_vector(self) -> None:
        """E and ΔE stand side by side, and add up to E′."""
        theme, i, whole = self.style, self.i, self.whole
        self.say("E plus ΔE: the vector of ", *self.whose(i), " has taken in what it saw")
        old = self.vector(self.before(i), -APART, None, "arrow(E)")
        new = self.vector(self.before(i), APART, None, "arrow(E)'")
        new.name.set_color(theme.updated)
        new.column.brackets.set_stroke(theme.updated)
        plus, equals = (
            Formula(sign, 40, theme.text).move_to((x, self.middle, 0))
            for sign, x in (("+", -APART / 2), ("=", APART / 2))
        )
        if whole.x:
            self.play(change([whole.column, whole.name], whole.moving(0.0), run_time=1.0))
        self.play(FadeIn(old.column, old.name, plus, run_time=0.8))
        self.play(FadeIn(equals, new.column, new.name, run_time=0.8))
        self.play(change([new.column], new.column.counting(self.after(i)), run_time=1.8))
        frame = Rectangle(width=self.update_width + 0.24, height=COLUMNS_AT - self.bottom + 0.24)
        frame.set_stroke(theme.updated, width=3).move_to((APART, self.middle, 0))
        self.play(FadeIn(frame, run_time=0.5))
        self.hold_at_end(2.0)
        self.updated = new
        leaving = [m for v in (old, whole) for m in (v.column, v.name)]
        self.afterwards(lambda: self.play(FadeOut(*leaving, plus, equals, frame, run_time=0.6)))

    def every_word(self) -> None:
        """The updated vector takes its place among all words', and ΔE comes to every other E."""
        layer, i, new = self.reading.count(f"layer[{self.look.layer}]"), self.i, self.updated
        too = ", those folded too" if self.reading.runs else ""
        self.say("So for every word at once", too, ": the attention of layer ", layer)
        tokens, under = self.reading.tokens, self.counter.get_bottom()[1] - 0.15
        colors = [self.ink(i) for i in tokens]
        row = UpdatedRow(
            self.head_shown, self.update_format, self.update_widest, colors, self.style, self.screen, under
        )
        own, others = row.columns[i], [k for k in tokens if k != i]
        row.adding(i)(1.0)
        symbol = VGroup(*row.es[i], *row.primes[i])
        moving, steps = [self.own.box, new.name], [becoming(self.own.box, row.box_of[i]), becoming(new.name, symbol)]
        if isinstance(own, Column):
            moving.append(new.column)
            steps.append(becoming(new.column, own))
        else:
            self.coming(FadeOut(new.column, run_time=0.5))
        self.play(change(moving, together(*steps), run_time=1.4))
        self.remove(*moving)
        self.add(row.box_of[i], row.es[i], row.primes[i])
        boxes = [box for box in row.boxes if box is not row.box_of[i]]
        if isinstance(own, Column):
            self.add(own)
        elif row.scale is not None:
            self.coming(FadeIn(own, row.scale, run_time=0.8))
        if others:
            each = [FadeIn(VGroup(row.es[k], row.columns[k])) for k in others]
            if boxes:  # none, where one box holds all pieces
                self.play(FadeIn(*boxes, run_time=0.8))
            self.play(LaggedStart(*each, lag_ratio=0.05, run_time=1.6))
            deltas = [row.deltas[k] for k in others]
            self.play(LaggedStart(*[FadeIn(d) for d in deltas], lag_ratio=0.05, run_time=1.2))
            changing = [m for k in others for m in (row.es[k], row.columns[k], row.deltas[k])]
            self.play(change(changing, together(*[row.adding(k) for k in others]), run_time=2.0))
            self.remove(*deltas)
            self.play(*[FadeIn(row.primes[k], run_time=0.5) for k in others])
        self.hold_at_end(2.0)

    # --- moves the beats share ---

    def take_places(self) -> None:
        """The words that are looked at go to their columns; the others leave."""
        reading = self.reading
        boxes = {reading.box_with(s.token): s.box for s in self.sources if s.token not in (None, reading.rest)}
        leaving = [label for group, label in self.written.items() if group not in boxes]
        if leaving:
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

    def set_off(self, *mobjects: Mobject) -> None:
        """Give texts a halo and let them stand before the frame that is about to pass over them."""
        for member in {m for mobject in mobjects for m in mobject.get_family() if m.get_fill_opacity() > 0.2}:
            member.set_stroke(self.style.ground, width=5, background=True, opacity=member.get_fill_opacity())

    def frame_round(self, mobjects: Iterable[Mobject]) -> Rectangle:
        """A yellow frame round some mobjects."""
        points = np.concatenate([m.get_all_points() for m in mobjects])
        (left, bottom), (right, top) = points[:, :2].min(axis=0) - 0.1, points[:, :2].max(axis=0) + 0.1
        frame = Rectangle(width=right - left, height=top - bottom).move_to(((left + right) / 2, (bottom + top) / 2, 0))
        return frame.set_stroke(self.style.query, width=3).set_z_index(-1)

    # --- columns and their numbers ---

    def value_column(self, quantities: list[Quantity], x: float) -> Column:
        return self.column(quantities, x, self.value_width, self.value_size, self.style.value)

    def update_column(self, quantities: list[Quantity], x: float, color: str | None, size: int = style.ENTRY) -> Column:
        width = column_width(self.update_widest, self.update_format, size)
        return self.column(quantities, x, width, size, color)

    def column(self, quantities: list[Quantity], x: float, width: float, size: float, color: str | None) -> Column:
        column = Column(quantities, (x, COLUMNS_AT), width, size, self.reading.entry_scale, self.style, color)
        if color is not None:
            column.brackets.set_stroke(color)
        return column

    def vector(self, quantities: list[Quantity], x: float, color: str | None, name: str) -> Vector:
        symbol = Formula(name, NAME, color or self.style.embedding).move_to((x, COLUMNS_AT + 0.42, 0))
        return Vector(x, self.update_column(quantities, x, color), symbol)

    def head_update(self, head: int) -> list[Quantity]:
        return self.head_shown.head_update(head, self.i, self.reading.entries, self.update_format)

    def before(self, i: int) -> list[Quantity]:
        return self.head_shown.before(i, self.reading.entries, self.update_format)

    def update(self, i: int) -> list[Quantity]:
        return self.head_shown.update(i, self.reading.entries, self.update_format)

    def after(self, i: int) -> list[Quantity]:
        return self.head_shown.after(i, self.reading.entries, self.update_format)


def adding_up(
    column: Column, quantities: Sequence[Quantity], terms: Sequence[Sequence[float]]
) -> Callable[[float], None]:
    """A step in which a column counts from the first of some terms, through their partial sums, to these quantities."""
    sums = np.cumsum(np.array(terms), axis=0)
    stops = np.arange(len(sums))

    def step(alpha: float) -> None:
        for k, (entry, quantity) in enumerate(zip(column.entries, quantities, strict=True)):
            value = float(np.interp(alpha * stops[-1], stops, sums[:, k]))
            entry.set_text(quantity.text if alpha >= 1 else format_number(value, quantity.format))
        if alpha >= 1:
            column.quantities = tuple(quantities)

    return step


def glowing_column(column: Column, color: ManimColor) -> Callable[[float], None]:
    """A step in which a column's numbers take a colour and lose it again."""
    own, glow = [entry.fill_rgbas[:, :3].copy() for entry in column.entries], np.array(color.to_rgb())

    def step(alpha: float) -> None:
        for entry, rgb in zip(column.entries, own, strict=True):
            entry.fill_rgbas[:, :3] = rgb + (glow - rgb) * np.sin(np.pi * alpha)

    return step
