"""Values: how the weights of one head become an update.

W_V makes of a word's vector its value (one_value.py). What the head gathers of all values for the followed word
(gathering.py) is made the head's ΔE by W_O (projecting.py). The ΔE of all
heads together is the layer's, and E + ΔE = E′. All of it is one layer of the Trace, and every sum is of whole vectors,
of which the columns show the first entries and the last.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from manim import (
    FadeIn,
    FadeOut,
    LaggedStart,
    Rectangle,
    VGroup,
    linear,
)

from soakup.scenes import style
from soakup.scenes.adding import SIGN_ROOM, adding_up, sign
from soakup.scenes.gathering import NOTE
from soakup.scenes.ink import InkBar
from soakup.scenes.layer_words import mixture_in_words
from soakup.scenes.motion import becoming, change, coming_from, gone_by, levels, opening, together
from soakup.scenes.one_value import OneValue
from soakup.scenes.projecting import Projecting
from soakup.scenes.quantity import Quantity
from soakup.scenes.scene import Beat, late
from soakup.scenes.strips import Strip
from soakup.scenes.updated_row import UpdatedRow
from soakup.scenes.vectors import SIZES, Column, fit_size
from soakup.scenes.words import Words

Parts = list[tuple[Sequence[str | Quantity], list[Quantity]]]  # of a sum, each with its name
OVER_BAR, BAR = 0.2, 0.3  # from a column to its bar of ink, and how high that is


class Values(OneValue, Projecting):
    """One head, from its weights to the update of a word."""

    idea = "weights become an update"
    poster_beat = "weighted"

    def story(self) -> Iterable[Beat]:
        self.choose()
        if self.reading.runs:
            yield Beat("a long text", self.a_long_text)
        if self.trace.has_weights:
            yield Beat("one word’s vector", self.one_vector_of)
            yield Beat("one value", self.one_value)
        yield Beat("values", self.make_values)
        yield Beat("weights", self.show_weights)
        yield Beat("weighted", self.weigh)
        yield Beat("added up", self.add_up)
        yield Beat("this head’s update", self.project)
        yield Beat("all heads", self.all_heads)
        yield Beat("the vector updated", self.update_vector)
        if len(self.reading.tokens) > 1:
            yield Beat("every word", self.every_word)

    def choose(self) -> None:
        """Which head to show, which word to follow, and where everything stands."""
        self.choose_head("values")
        self.choose_values()
        self.choose_updates()

    # --- beats ---

    def all_heads(self) -> None:
        """Every head has a ΔE for the word; together they are the layer's."""
        theme, this, stage = self.style, self.this, self.stage
        self.say("Each of ", self.reading.count("count.heads"), " heads makes a ΔE: the layer’s is the sum of them all")
        parts, own, pitch, size = self.parts()
        xs = [(n - (len(parts) + 0.1) / 2) * pitch for n in range(len(parts))]
        sum_x = xs[-1] + 1.1 * pitch
        columns = [
            self.update_column(update, x, theme.head_update, size) for (_, update), x in zip(parts, xs, strict=True)
        ]
        labels = [
            Words.of(label, NOTE, theme.head_update if n == own else theme.text).stand(x, stage.top + 0.25)
            for n, ((label, _), x) in enumerate(zip(parts, xs, strict=True))
        ]
        middle = columns[own].brackets.get_center()[1]
        self.play(
            change(this.parts, together(becoming(this.column, columns[own]), gone_by(0.5, [this.name])), run_time=1.2),
            FadeOut(self.counter[1], run_time=0.5),
        )
        self.remove(*this.parts)
        self.add(columns[own])
        signs = [sign("+", (a + b) / 2, middle, theme) for a, b in pairwise(xs)]
        signs.append(sign("=", (xs[-1] + sum_x) / 2, middle, theme))
        self.play(FadeIn(labels[own], run_time=0.4))
        others = [FadeIn(VGroup(columns[n], labels[n])) for n in range(len(parts)) if n != own]
        if others:
            between = LaggedStart(*[FadeIn(each) for each in signs[:-1]], lag_ratio=0.12, run_time=1.8)
            self.play(LaggedStart(*others, lag_ratio=0.12, run_time=1.8), between)
        self.whole = self.vector(self.update(self.i), sum_x, theme.update, "Delta arrow(E)", size)
        lights, adding = adding_up(self.whole.column, list(self.whole.column.quantities), columns, theme.query)
        self.play(FadeIn(signs[-1], *self.whole.parts, run_time=0.6))
        self.add(*lights)
        run_time = min(1.2 + 0.5 * len(lights), 5.0)
        self.play(change([*lights, self.whole.column], adding, rate_func=linear, run_time=run_time))
        self.remove(*lights)
        self.hold_at_end(1.6)
        self.afterwards(lambda: self.play(FadeOut(*columns, *labels, *signs, run_time=0.5)))

    def parts(self) -> tuple[Parts, int, float, float]:
        """What the layer's ΔE is the sum of, each with its name; which of them is this head's; how far apart they
        stand, and how large. Where there is no room for every head, the others come together."""
        shown, heads, spec = self.head_shown, self.trace.model.heads, self.update_format
        parts: Parts = [(["head ", self.reading.count(f"head[{h}]")], self.head_update(h)) for h in range(heads)]
        if np.any(self.trace.layers[shown.layer].attention_bias):
            parts.append((["bias"], self.bias()))
        two: Parts = [parts[shown.head], (["all others"], self.other_heads())]
        for each, own in ((parts, shown.head), (two, 0)):
            pitch = min(self.screen.room / (len(each) + 1.1), self.stage.apart)
            size = fit_size(self.update_widest, spec, self.stage.rows, pitch - SIGN_ROOM, self.stage.height)
            if size is not None:
                return each, own, pitch, size
        return two, 0, pitch, SIZES[-1]

    def update_vector(self) -> None:
        """E and ΔE add up to E′, and of whom the word is now a mixture is said."""
        self.add_update()
        if self.mixes:
            self.say(*mixture_in_words(self.reading, self.look.layer + 1, self.i))
            quiet = [m for m in self.summands if m is not self.bar]
            self.play(change(quiet, levels(quiet, style.DIM), run_time=0.6))
        self.afterwards(lambda: self.play(FadeOut(*self.summands, run_time=0.5)))

    def add_update(self, *more: str) -> None:
        """E and ΔE stand side by side, and add up to E′; and the word's ink, which stands under each, mixes."""
        theme, i, whole, stage = self.style, self.i, self.whole, self.stage
        self.say("E plus ΔE: ", *self.whose(i), " took in what it saw", *more)
        delta = self.vector(self.update(i), 0.0, theme.update, "Delta arrow(E)")
        old = self.vector(self.before(i), -stage.apart, None, "arrow(E)")
        new = self.vector(self.before(i), stage.apart, None, "arrow(E)'")
        new.name.set_color(theme.updated)
        new.column.brackets.set_stroke(theme.updated)
        plus, equals = (
            sign(text, x, stage.middle, theme) for text, x in (("+", -stage.apart / 2), ("=", stage.apart / 2))
        )
        steps = [becoming(a, b) for a, b in zip(whole.parts, delta.parts, strict=True)]
        out_of_the_word = coming_from(old.name, self.box.get_bottom())
        self.play(
            change(whole.parts, together(*steps), run_time=1.0), change([old.name], out_of_the_word, run_time=1.0)
        )
        self.remove(*whole.parts)
        self.add(*delta.parts)
        unfolding = opening([old.column], old.column.get_top())
        bars = [self.ink_under(vector.column) for vector in (old, new)] if self.mixes else []
        self.play(
            change([old.column], unfolding, run_time=1.0),
            FadeIn(plus, equals, *new.parts, *bars, run_time=1.0, rate_func=late),
        )
        steps = [new.column.counting(self.after(i)), *[self.mixing(i, bar) for bar in bars[1:]]]
        self.play(change([new.column, *bars[1:]], together(*steps), run_time=1.8))
        frame = Rectangle(width=new.column.width + 0.24, height=new.column.height + 0.24)
        frame.set_stroke(theme.updated, width=3).move_to(new.column)
        self.play(FadeIn(frame, run_time=0.5))
        self.hold_at_end(2.0)
        self.updated, self.bar = new, bars[-1] if bars else None
        self.summands = [*old.parts, *delta.parts, plus, equals, frame, *bars[:1]]

    def every_word(self) -> None:
        """The updated vector takes its place among all words', and ΔE comes to every other E."""
        layer, i, new = self.reading.count(f"layer[{self.look.layer}]"), self.i, self.updated
        too = ", those folded too" if self.reading.runs else ""
        what = "word" if len({self.reading.word_of[k] for k in self.reading.tokens}) > 1 else "piece"
        self.say(f"So for every {what} at once", too, ": the attention of layer ", layer)
        tokens = self.reading.tokens
        colors = [self.ink(k) for k in tokens]
        bars = {k: self.ink_bar(k) for k in tokens} if self.mixes else {}
        row = UpdatedRow(
            self.head_shown, self.update_format, self.update_widest, colors, self.style, self.screen, i, bars
        )
        own, others = row.columns[i], [k for k in tokens if k != i]
        row.adding(i)(1.0)
        symbol = VGroup(*row.es[i], *row.primes[i])
        moving, steps = [self.box, new.name], [becoming(self.box, row.box_of[i]), becoming(new.name, symbol)]
        if self.bar is not None:
            moving.append(self.bar)
            steps.append(self.bar.moving_to(*bars[i].frame))
            self.mixing(i, bars[i])(1.0)
        vector: Column | Strip = new.column
        if isinstance(own, Strip):  # the numbers become colours where they stand
            vector = own.copy().scale(new.column.height / own.height).move_to(new.column)
            self.play(FadeOut(new.column, run_time=0.5), FadeIn(vector, run_time=1.0, rate_func=late))
        moving.append(vector)
        steps.append(becoming(vector, own))
        self.play(change(moving, together(*steps), run_time=1.4))
        self.remove(*moving)
        self.add(row.box_of[i], row.es[i], row.primes[i], own, *row.bar_of(i))
        self.coming(*[FadeIn(line, run_time=0.6) for line in row.stems[i]])
        if row.scale is not None:
            self.coming(FadeIn(row.scale, run_time=0.8))
        if others:
            each = [FadeIn(VGroup(row.es[k], row.stems[k], row.columns[k], *row.bar_of(k))) for k in others]
            boxes = [FadeIn(box) for box in row.boxes if box is not row.box_of[i]]
            arriving = [LaggedStart(*boxes, lag_ratio=0.05, run_time=1.2)] if boxes else []  # none, where all share one
            self.play(*arriving, LaggedStart(*each, lag_ratio=0.05, run_time=1.6))
            deltas = [row.deltas[k] for k in others if len(row.deltas[k])]
            if deltas:
                self.play(LaggedStart(*[FadeIn(d) for d in deltas], lag_ratio=0.05, run_time=1.2))
            changing = [m for k in others for m in (row.es[k], row.columns[k], row.deltas[k], *row.bar_of(k))]
            adding = [row.adding(k) for k in others] + [self.mixing(k, bars[k]) for k in others if k in bars]
            self.play(change(changing, together(*adding), run_time=2.0))
            self.remove(*deltas)
            primes = [FadeIn(row.primes[k], run_time=0.5) for k in others if len(row.primes[k])]
            if primes:
                self.play(*primes)
        self.hold_at_end(2.0)

    def ink_under(self, column: Column) -> InkBar:
        """The followed word's ink under a column on the stage."""
        x, y = column.brackets.get_center()[0], column.get_bottom()[1]
        return self.ink_bar(self.i).place(x, y - OVER_BAR - BAR / 2, column.width, BAR)
