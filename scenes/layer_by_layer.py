"""Layer by layer: the words look at each other, and each one changes by whom it listened to.

A row of tokens, a vector under each. In every layer arcs show how much of each source enters each target (the layer's
own mixture by contribution, ALTI, Ferrando et al. 2022, https://arxiv.org/abs/2203.04212), lights carry it across,
ΔE arrives, the entries count to their new values and the ink of each vector mixes by what it has soaked up so far
(the roll-out of those mixtures). Then each vector thinks by itself. At the end, what one word soaked up, and what it
is all for: the next word.
"""

from collections.abc import Iterable
from functools import partial

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    Arrow,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Mobject,
    Rectangle,
    Transform,
    VGroup,
    config,
    linear,
)

from soakup.scenes import style
from soakup.scenes.arcs import Arc, Lights, arc_heights, drawing
from soakup.scenes.bars import Bar
from soakup.scenes.errors import SceneError
from soakup.scenes.formula import Formula
from soakup.scenes.ink import InkBar, mixture
from soakup.scenes.motion import change, levels, staggered, tinting, together
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Fact, Reading
from soakup.scenes.row import box_height, lay_out
from soakup.scenes.scene import Beat, TraceScene
from soakup.scenes.tokens import rest_box, token_row
from soakup.scenes.vectors import Column, column_width, entry_places
from soakup.scenes.words import Words, line_width

ENTRIES = 6  # rows of a column: the first five and the last
TOKENS_AT = 1.2  # the middle of the boxes
COLUMNS_AT = 0.5  # the top of the brackets
ARCS_TO = 3.1  # the highest point of an arc
COUNTER_AT = 3.28
GUESS_AT = -2.62
MOST_TOKENS = 16
REST = 0.8  # the width kept for the rest token
NOTE = 26  # font size of small labels
ASIDE = -4.2  # where a column stands when it is spoken of alone
LIFT = 0.5  # and how much higher


class LayerByLayer(TraceScene):
    """The flagship."""

    idea = "vectors soak up meaning, layer after layer"

    def story(self) -> Iterable[Beat]:
        self.lay_out()
        yield Beat("words become vectors", self.words_become_vectors)
        yield Beat("each knows only itself", self.each_knows_only_itself)
        for layer in range(self.reading.layers):
            yield Beat(f"layer {layer + 1}, attention", partial(self.attention, layer))
            if self.telling_head and self.telling_head[0] == layer:
                _, head, fact = self.telling_head
                yield Beat(f"layer {layer + 1}, head {head + 1}", partial(self.one_head, layer, head, fact))
            yield Beat(f"layer {layer + 1}, feed-forward", partial(self.feed_forward, layer))
        yield Beat("what one word soaked up", self.what_one_word_soaked_up)
        yield Beat("what comes next", self.what_comes_next)
        yield Beat("closing", self.closing)

    # --- layout ---

    def lay_out(self) -> None:
        """Sizes, places, inks, and which word and layer to follow, all from the Trace."""
        self.reading = reading = Reading(self.trace, ENTRIES)
        if len(reading.tokens) > MOST_TOKENS:
            raise SceneError(
                f"the text has {len(reading.tokens)} tokens and layer-by-layer shows at most {MOST_TOKENS}: shorten it"
            )
        self.lingers = (self.layer or 1) - 1
        self.followed = self.trace.words[self.find_word(self.word)].tokens[-1] if self.word else reading.soaked_most()
        self.facts = reading.facts(self.lingers, self.followed)
        asked = None if self.head is None else self.head - 1
        self.telling_head = reading.telling_head(self.lingers if self.head or self.layer else None, asked)
        self.tokens = reading.tokens
        self.inks = style.inks(len(reading.words), reading.rest_word, self.style)

        side = REST if reading.rest is not None else 0.0
        self.row = lay_out(
            lambda k, size: self.token_width(self.tokens[k], size),
            [k > 0 and reading.goes_on(i) for k, i in enumerate(self.tokens)],
            lambda size: column_width(reading.shown_values, reading.entry_format, size),
            config.frame_width - 2 * style.MARGIN - side,
        ).shifted(side / 2)
        rest_at = -config.frame_width / 2 + style.MARGIN + 0.32
        if reading.from_the_right:
            self.row, rest_at = self.row.mirrored(), -rest_at
        self.column_width = column_width(reading.shown_values, reading.entry_format, self.row.entry_size)
        self.places = dict(zip(self.tokens, self.row.places, strict=True))
        self.x = {i: place.x for i, place in self.places.items()}
        self.x[reading.rest] = rest_at
        self.box_top = TOKENS_AT + box_height(self.row.token_size) / 2 + self.row.rise
        self.columns_end = COLUMNS_AT + entry_places(ENTRIES, self.row.entry_size)[-1]

        told = [layer for layer, fact in enumerate(self.facts) if fact]
        self.poster_beat = f"layer {max(told, default=0) + 1}, attention"

    def token_width(self, i: int, size: float) -> float:
        """How wide a token's text is; that of a character in pieces is shared between them."""
        group = next(group for group in self.reading.boxes if i in group)
        return line_width(self.reading.token(*group).text, size) / len(group)

    def ink_color(self, n: int, i: int):
        """The colour of token i's vector after n layers."""
        return mixture(self.reading.ink_shares(n, i), self.inks)

    def new_column(self, quantities: list[Quantity], x: float, color: str | None = None) -> Column:
        return Column(
            quantities,
            (x, COLUMNS_AT),
            self.column_width,
            self.row.entry_size,
            self.reading.entry_scale,
            self.style,
            color,
        )

    # --- beats ---

    def words_become_vectors(self) -> None:
        self.boxes = token_row(self.reading, self.row, TOKENS_AT, self.style)
        self.box_of = {i: box for group, box in self.boxes.items() for i in group}
        self.columns = {i: self.new_column(self.reading.vector_after(0, i), self.x[i]) for i in self.tokens}
        self.arrows = {
            i: Arrow(
                (self.x[i], self.box_of[i].get_bottom()[1], 0),
                (self.x[i], COLUMNS_AT, 0),
                buff=0.06,
                stroke_width=2,
                tip_length=0.11,
                color=self.style.quiet,
            )
            for i in self.tokens
        }
        self.rest = VGroup()
        if self.reading.rest is not None:
            self.rest.add(rest_box(self.x[self.reading.rest], TOKENS_AT, self.row.token_size, self.style))

        self.say("Each word becomes a vector: ", self.reading.count("count.width"), " numbers")
        arriving = [FadeIn(box, shift=DOWN * 0.3) for box in self.boxes.values()]
        self.play(LaggedStart(FadeIn(self.rest), *arriving, lag_ratio=0.15, run_time=1.6))
        dropping = [FadeIn(VGroup(self.arrows[i], self.columns[i]), shift=DOWN * 0.35) for i in self.tokens]
        self.play(LaggedStart(*dropping, lag_ratio=0.12, run_time=2.0))

    def each_knows_only_itself(self) -> None:
        self.bars = {
            i: InkBar(self.reading.inks(0, i), self.inks, self.style.others).place(
                self.x[i], self.columns_end - 0.2, self.column_width, 0.15
            )
            for i in self.tokens
        }
        self.say("At first, each vector knows only its own word")
        own = {i: self.ink_color(0, i) for i in self.tokens}
        self.play(
            LaggedStart(
                *[box.animate.ink(own[group[-1]]) for group, box in self.boxes.items()], lag_ratio=0.05, run_time=1.4
            ),
            change(
                self.columns.values(),
                together(*[tinting(self.columns[i].brackets, own[i]) for i in self.tokens]),
                run_time=1.4,
            ),
            LaggedStart(*[FadeIn(self.bars[i]) for i in self.tokens], lag_ratio=0.05, run_time=1.4),
        )

    def attention(self, layer: int) -> None:
        fact = self.facts[layer]
        speed = 1.0 if layer == self.lingers else 0.75
        self.count_layer(layer, " · attention")
        self.say(*self.fact_in_words(layer))
        arcs = self.draw_arcs(self.reading.mixing(layer), run_time=1.3 * speed)
        lights = Lights(arcs.values())
        self.play(change([lights], lights.step, run_time=1.4 * speed))
        self.remove(lights)

        updated = set()
        if layer == self.lingers:
            self.update_followed(layer)
            updated = {self.followed}
        self.play(self.updating(layer, [i for i in self.tokens if i not in updated], run_time=1.6 * speed))
        if fact:
            self.point_at(fact, arcs)
        self.hold()
        self.come_back(arcs.values())

    def one_head(self, layer: int, head: int, fact: Fact) -> None:
        """One head of this layer alone: its attention, and whom one word looks at."""
        (source,) = fact.sources
        share = self.reading.word_attention(layer, head, fact.target, source)
        self.count_layer(layer, " · head ", self.reading.count(f"head[{head}]"))
        self.say(
            *("Here “", self.reading.word(self.reading.word_of[fact.target]), "” gives ", share),
            *(" of its attention to “", self.reading.word(source), "”"),
        )
        arcs = self.draw_arcs(self.reading.attention(layer, head), run_time=1.2)
        self.point_at(fact, arcs)
        self.hold()
        self.come_back(arcs.values())

    def feed_forward(self, layer: int) -> None:
        self.count_layer(layer, " · feed-forward")
        self.say(*self.guess_in_words(layer))
        height = COLUMNS_AT - self.columns_end
        bands = VGroup(
            *[
                Rectangle(width=self.column_width, height=0.3, stroke_width=0).set_fill(self.style.mlp, 0.55)
                for _ in self.tokens
            ]
        )

        def sweep(alpha: float) -> None:
            for i, band in zip(self.tokens, bands, strict=True):
                band.move_to((self.x[i], COLUMNS_AT - 0.15 - alpha * (height - 0.3), 0))
                band.set_fill(opacity=0.55 * min(1, 8 * alpha, 8 * (1 - alpha)))

        counting = [self.columns[i].counting(self.reading.vector_after(layer + 1, i)) for i in self.tokens]
        self.play(change([bands, *self.columns.values()], together(sweep, *counting), run_time=1.6))
        self.remove(bands)
        self.show_guess(layer + 1)

    def what_one_word_soaked_up(self) -> None:
        i, layers = self.followed, self.reading.layers
        self.say(*self.mixture_in_words(i))
        self.play(FadeOut(VGroup(self.counter, self.gauge, self.guess), run_time=0.4))
        left, right = ASIDE - self.column_width / 2 - 0.25, ASIDE + self.column_width / 2 + 0.25
        before = self.new_column(self.reading.vector_after(0, i), left).shift(UP * LIFT)
        before.brackets.set_stroke(self.ink_color(0, i))
        home = self.set_aside(i, ASIDE, right)
        under = self.columns_end + LIFT - 0.4
        turned = self.reading.cosine(i)
        notes = VGroup(
            Words("before", NOTE, self.style.text).stand(left, under),
            Words("after", NOTE, self.style.text).stand(right, under),
            Words(f"cosine {turned.text}", NOTE, self.style.text, [turned]).stand(ASIDE, under - 0.5),
        )
        self.play(FadeIn(before, shift=LEFT * 0.4, run_time=0.8), FadeIn(notes, run_time=0.8))

        held = self.reading.largest(layers, i, most=7, least=0.02)
        shares = {w: self.reading.ink(layers, i, w) for w in held}
        rows = [
            Bar(
                self.reading.word(w),
                q,
                (-0.4, 1.7 - 0.58 * n),
                5.0 / shares[held[0]].value,
                style.to_color(self.inks[w]),
                self.style,
            )
            for n, (w, q) in enumerate(shares.items())
        ]
        pieces = [self.bars[i].pieces[w].copy() for w in held]
        self.play(
            LaggedStart(
                *[Transform(p, r.bar) for p, r in zip(pieces, rows, strict=True)], lag_ratio=0.15, run_time=2.0
            ),
            LaggedStart(*[FadeIn(r.label, r.share) for r in rows], lag_ratio=0.15, run_time=2.0),
        )
        self.hold()
        gone = VGroup(before, notes, *pieces, *[VGroup(r.label, r.share) for r in rows])
        self.play(FadeOut(gone, run_time=0.5))
        self.play(*home)

    def what_comes_next(self) -> None:
        i, layers = self.tokens[-1], self.reading.layers
        self.say("The last vector, after all layers, weighs everything that could come next")
        aside = ASIDE - 0.6
        home = self.set_aside(i, aside, aside)
        middle = (COLUMNS_AT + self.columns_end) / 2 + LIFT
        start = aside + self.column_width / 2 + 0.2
        arrow = Arrow((start, middle, 0), (start + 2.2, middle, 0), buff=0, stroke_width=3, color=self.style.quiet)
        name = Formula("W_U", 40, self.style.text).next_to(arrow, UP, buff=0.15)
        note = Words("softmax", NOTE, self.style.text).stand(arrow.get_center()[0], middle - 0.4)
        likely = self.reading.predictions(layers, i, most=6)
        rows = [
            Bar(
                text,
                p,
                (0.6, 1.7 - 0.58 * n),
                4.4 / likely[0][1].value,
                style.probability_color(p.value, self.style),
                self.style,
            )
            for n, (text, p) in enumerate(likely)
        ]
        self.play(FadeIn(VGroup(arrow, name, note), shift=RIGHT * 0.3, run_time=0.6))
        self.play(LaggedStart(*[FadeIn(row, shift=RIGHT * 0.3) for row in rows], lag_ratio=0.15, run_time=1.6))
        self.hold()
        self.play(FadeOut(VGroup(arrow, name, note, *rows), run_time=0.5))
        self.play(*home)

    def closing(self) -> None:
        layers = self.reading.layers
        self.say("Every number in this film is the model’s own")
        staying, going = [*self.boxes.values(), *self.bars.values()], [*self.columns.values(), *self.arrows.values()]
        self.play(change([*staying, *going], together(levels(staying, 1.0), levels(going, 0.0)), run_time=0.8))
        self.remove(*going)

        above, below = 0.75, -1.55
        bars_at = TOKENS_AT + below - box_height(self.row.token_size) / 2 - 0.2
        after = {group: box.copy() for group, box in self.boxes.items()}
        self.add(*after.values())
        self.play(
            *[box.animate(run_time=1.6).shift(UP * above) for box in self.boxes.values()],
            *[
                box.animate(run_time=1.6).shift(UP * below).ink(self.ink_color(layers, group[-1]), 0.4)
                for group, box in after.items()
            ],
            change(
                self.bars.values(),
                together(
                    *[
                        self.bars[i].moving_to((p.left + p.right) / 2, bars_at, p.right - p.left, 0.2)
                        for i, p in self.places.items()
                    ]
                ),
                run_time=1.6,
            ),
        )
        counts = [self.reading.count(f"count.{what}") for what in ("layers", "heads", "parameters")]
        model = "model “{}”: {} layers of {} heads, {} parameters".format(
            self.trace.model.name, *(q.text for q in counts)
        )
        notes = VGroup(
            Words("before", style.LABEL, self.style.text).stand(0, TOKENS_AT + above + 0.6 + self.row.rise),
            Words(f"after {counts[0].text} layers", style.LABEL, self.style.text, counts[:1]).stand(
                0, TOKENS_AT + below + 0.6 + self.row.rise
            ),
            Words(model, style.LABEL, self.style.text, counts).stand(0, -2.2),
        )
        self.play(FadeIn(notes, run_time=0.8))

    # --- moves the beats share ---

    def updating(self, layer: int, tokens: list[int], run_time: float):
        """Entries count to E + ΔE, and bars and brackets take the new mixture of inks."""
        steps = []
        for i in tokens:
            steps += [
                self.columns[i].counting(self.reading.vector_within(layer, i)),
                self.bars[i].moving(self.reading.inks(layer + 1, i)),
                tinting(self.columns[i].brackets, self.ink_color(layer + 1, i)),
            ]
        moved = [m for i in tokens for m in (self.columns[i], self.bars[i])]
        return change(moved, together(*steps), run_time=run_time)

    def update_followed(self, layer: int) -> None:
        """ΔE slides in beside E of the followed word, and the two fuse."""
        i = self.followed
        beside = self.column_width + 0.5
        edge = config.frame_width / 2 - style.MARGIN - self.column_width / 2
        x = self.x[i] + (beside if self.x[i] + beside <= edge else -beside)
        crowd = [k for k in self.tokens if k != i and abs(self.x[k] - x) < self.column_width + 0.25]
        hidden = [m for k in crowd for m in (self.columns[k], self.arrows[k])]
        dimmed = [self.columns[k] for k in self.tokens if k != i and k not in crowd]
        delta = self.new_column(self.reading.attention_update(layer, i), x, self.style.update)
        delta.brackets.set_stroke(self.style.update)
        plus = Formula("+", 36, self.style.text).move_to(((x + self.x[i]) / 2, (COLUMNS_AT + self.columns_end) / 2, 0))
        name = Formula("Delta arrow(E)", 30, self.style.update).move_to((x, COLUMNS_AT + 0.3, 0))
        self.play(
            change([*hidden, *dimmed], together(levels(hidden, 0.0), levels(dimmed, style.DIM)), run_time=0.6),
        )
        self.play(FadeIn(VGroup(delta, name, plus), shift=DOWN * 0.4, run_time=0.8))
        self.wait(0.8 * self.pace)
        self.play(
            delta.animate(run_time=1.4).shift((self.x[i] - x, 0, 0)).set_opacity(0),
            FadeOut(plus, name, run_time=0.5),
            self.updating(layer, [i], run_time=1.4),
        )
        self.remove(delta)
        self.play(change([*hidden, *dimmed], levels([*hidden, *dimmed], 1.0), run_time=0.6))

    def row_of_mobjects(self) -> list[Mobject]:
        """Everything that belongs to the row of tokens."""
        return [*self.boxes.values(), *self.columns.values(), *self.arrows.values(), *self.bars.values(), self.rest]

    def point_at(self, fact: Fact, arcs: dict[tuple[int, int], Arc]) -> None:
        """Light a fact's target, its sources and the arcs into it; all else dims."""
        target = fact.target
        lit = [self.box_of[target], self.columns[target], self.bars[target], self.arrows[target]]
        lit += [arc for (_, i), arc in arcs.items() if i == target]
        lit += [self.box_of[i] for w in fact.sources for i in self.trace.words[w].tokens]
        dimmed = [m for m in [*self.row_of_mobjects(), *arcs.values()] if m not in lit]
        width = max(self.box_of[target].width, self.column_width) + 0.1
        top, bottom = self.box_of[target].get_top()[1] + 0.05, self.columns_end - 0.33
        self.frame = Rectangle(width=width, height=top - bottom, color=self.style.query, stroke_width=2.5)
        self.frame.move_to((self.box_of[target].box.get_x(), (top + bottom) / 2, 0))
        self.play(change(dimmed, levels(dimmed, style.DIM), run_time=0.6), FadeIn(self.frame, run_time=0.6))

    def come_back(self, arcs: Iterable[Arc]) -> None:
        """Undo `point_at`, and let the arcs of the layer go."""
        arcs = list(arcs)
        row = self.row_of_mobjects()
        fading = [FadeOut(self.frame, run_time=0.5)] if self.frame else []
        self.play(change([*row, *arcs], together(levels(row, 1.0), levels(arcs, 0.0)), run_time=0.5), *fading)
        self.remove(*arcs)
        self.frame = None

    def set_aside(self, i: int, box_to: float, column_to: float) -> list[Animation]:
        """Leave only token i, its box and column moved to the side; returns what brings them home.

        The others are faded, not removed, so that all can come back.
        """
        box, column = self.box_of[i], self.columns[i]
        row, kept = self.row_of_mobjects(), [box, column]
        going = [m for m in row if m not in kept]
        self.play(change(row, together(levels(going, 0.0), levels(kept, 1.0)), run_time=0.7))
        moves = [(box, box_to - box.box.get_x()), (column, column_to - self.x[i])]
        self.play(*[m.animate(run_time=1.2).shift((dx, LIFT, 0)) for m, dx in moves])
        return [m.animate(run_time=0.8).shift((-dx, -LIFT, 0)) for m, dx in moves]

    frame: Rectangle | None = None
    counter: Words | None = None
    guess: Words | None = None
    gauge: VGroup | None = None

    def count_layer(self, layer: int, *what: str | Quantity) -> None:
        """The counter at the top left and the gauge at the right come to this layer."""
        numbers = [self.reading.count(f"layer[{layer}]"), self.reading.count("count.layers")]
        old = self.counter
        parts = ["Layer ", numbers[0], " of ", numbers[1], *what]
        self.counter = Words.of(parts, style.LABEL, self.style.text)
        self.counter.stand(-config.frame_width / 2 + style.MARGIN, COUNTER_AT, side=-1)
        self.coming(*([FadeOut(old, run_time=0.3)] if old else []), FadeIn(self.counter, run_time=0.3))
        if self.gauge is None:
            x = config.frame_width / 2 - style.MARGIN
            ys = (
                np.linspace(COUNTER_AT + 0.2, COUNTER_AT - 1.0, self.reading.layers)
                if self.reading.layers > 1
                else [COUNTER_AT]
            )
            self.gauge = VGroup(*[Line((x - 0.18, y, 0), (x, y, 0), stroke_width=3) for y in ys])
            self.coming(FadeIn(self.gauge, run_time=0.3))
        for n, tick in enumerate(self.gauge):
            tick.set_stroke(self.style.text if n == layer else self.style.quiet, opacity=1 if n <= layer else 0.5)

    def show_guess(self, n: int) -> None:
        """Under the last column, what would come next if the model stopped here."""
        (text, p), *_ = self.reading.predictions(n, self.tokens[-1], most=1)
        old = self.guess
        self.guess = Words(f"next: “{text.text}” {p.text}", NOTE, self.style.text, [text, p])
        edge = min(config.frame_width / 2 - style.MARGIN, self.x[self.tokens[-1]] + self.guess.width / 2)
        self.guess.stand(edge, GUESS_AT, side=1)
        self.play(*([FadeOut(old, run_time=0.4)] if old else []), FadeIn(self.guess, run_time=0.4))

    def draw_arcs(self, shares: dict[tuple[int, int], Quantity], run_time: float) -> dict[tuple[int, int], Arc]:
        """Draw the arcs of shares by (source, target), from the sources, for every share worth drawing."""
        shares = {pair: q for pair, q in shares.items() if q.value >= style.ARC_LEAST}
        foot = self.box_top + 0.03
        heights = arc_heights([self.x[i] - self.x[j] for j, i in shares], ARCS_TO - foot)
        arcs = {}
        for ((j, i), share), height in zip(shares.items(), heights, strict=True):
            color = style.to_color(self.inks[self.reading.word_of[j]])
            arcs[j, i] = Arc((self.x[j], foot, 0), (self.x[i], foot, 0), height, color, share)
        step = staggered(map(drawing, arcs.values()), 0.03)
        self.play(change(arcs.values(), step, rate_func=linear, run_time=run_time))
        return arcs

    # --- captions ---

    def fact_in_words(self, layer: int) -> list[str | Quantity]:
        fact = self.facts[layer]
        if fact is None:
            if self.reading.rest is not None and len(self.reading.words) == 2:
                i = self.tokens[-1]
                taken = self.reading.ink(layer + 1, i, self.reading.rest_word)
                return [
                    "With no other word to look at, “",
                    self.reading.token(i),
                    "” now holds ",
                    taken,
                    " of the rest token",
                ]
            return ["In layer ", self.reading.count(f"layer[{layer}]"), " the words take in little of each other"]
        parts = ["“", self.reading.word(self.reading.word_of[fact.target]), "” now holds "]
        return parts + self.listed([(w, self.reading.ink(layer + 1, fact.target, w)) for w in fact.sources])

    def mixture_in_words(self, i: int) -> list[str | Quantity]:
        layers = self.reading.layers
        held = [w for w in self.reading.largest(layers, i, 5) if w != self.reading.rest_word][:4]
        parts = ["“", self.reading.word(self.reading.word_of[i]), "” is now "]
        return parts + self.listed([(w, self.reading.ink(layers, i, w)) for w in held])

    def listed(self, shares: list[tuple[int, Quantity]]) -> list[str | Quantity]:
        parts: list[str | Quantity] = []
        for n, (w, share) in enumerate(shares):
            joint = "" if n == 0 else (" and " if n == len(shares) - 1 else ", ")
            parts += [joint, share, " “", self.reading.word(w), "”"]
        return parts

    def guess_in_words(self, layer: int) -> list[str | Quantity]:
        if layer == 0:
            return ["Then each vector is worked on by itself: here no word looks at another"]
        (text, p), *_ = self.reading.predictions(layer + 1, self.tokens[-1], most=1)
        (before, _), *_ = self.reading.predictions(layer, self.tokens[-1], most=1)
        if before.path == text.path:
            return [
                "After layer ",
                self.reading.count(f"layer[{layer}]"),
                " the last vector still expects “",
                text,
                "”: ",
                p,
            ]
        return [
            "After layer ",
            self.reading.count(f"layer[{layer}]"),
            " the last vector expects “",
            text,
            "” (",
            p,
            "), no longer “",
            before,
            "”",
        ]
