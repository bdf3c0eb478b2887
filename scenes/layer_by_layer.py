"""Layer by layer: the words look at each other, and each one changes by whom it listened to.

A row of tokens, a vector under each. In every layer arcs show what attention carries into each target, by the source's
part in it (contributions, Kobayashi et al. 2020, https://arxiv.org/abs/2004.10102), lights carry it across, ΔE arrives,
the entries count to their new values, and the ink of each vector mixes by what it has soaked up in all so far (ALTI,
rolled out, Ferrando et al. 2022, https://arxiv.org/abs/2203.04212). Then each vector thinks by itself. At the end, what
one word soaked up, and what it is all for: the next word.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import numpy as np
from manim import (
    LEFT,
    RIGHT,
    UP,
    AnimationGroup,
    Arrow,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    RoundedRectangle,
    Transform,
    VGroup,
    config,
    linear,
)

from soakup.scenes import style
from soakup.scenes.arcs import Arc, Lights, drawing
from soakup.scenes.bars import bar_rows
from soakup.scenes.errors import SceneError
from soakup.scenes.flows import flowing
from soakup.scenes.formula import Formula
from soakup.scenes.motion import change, gone_by, levels, shifting, staggered, tinting, together
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Fact, Reading
from soakup.scenes.scene import Beat, TraceScene, late
from soakup.scenes.sentence import BAR, COLUMNS_AT, TOKENS_AT, Sentence
from soakup.scenes.words import Words

BEFORE_AND_AFTER = "all words, before and after"  # the name of the beat whose last frame stands for the film
ENTRIES = 6  # rows of a column: the first five and the last
MOST_TOKENS = 16
COUNTER_AT = 3.28
NOTE = 26  # font size of small labels
ASIDE, LIFT = -4.4, 0.95  # where a column stands when it is spoken of alone, and how much higher
SOURCES_AT, MIXTURES_AT = 2.55, -0.7  # how high the row of words and the row of what they became stand at the end
ROWS_AT, ROWS_TO = 2.15, 5.4  # how high the first bar beside it stands, and how far to the right the longest reaches


class LayerByLayer(TraceScene):
    """The flagship."""

    idea = "vectors soak up meaning, layer after layer"

    def story(self) -> Iterable[Beat]:
        self.choose()
        yield Beat("words become vectors", self.words_become_vectors)
        yield Beat("each knows only itself", self.each_knows_only_itself)
        for layer in range(self.reading.layers):
            if layer == self.lingers:
                yield Beat(f"layer {layer + 1}, words look", partial(self.words_look, layer))
            yield Beat(f"layer {layer + 1}, attention", partial(self.attention, layer))
            if self.telling_head and self.telling_head[0] == layer:
                _, head, fact = self.telling_head
                yield Beat(f"layer {layer + 1}, head {head + 1}", partial(self.one_head, layer, head, fact))
            yield Beat(f"layer {layer + 1}, feed-forward", partial(self.feed_forward, layer))
            if layer == 0:
                yield Beat("a first guess", self.first_guess)
        yield Beat("what one word soaked up", self.what_one_word_soaked_up)
        yield Beat("what comes next", self.what_comes_next)
        yield Beat(BEFORE_AND_AFTER, self.before_and_after)
        yield Beat("closing", self.closing)

    def choose(self) -> None:
        """Which word to follow, which layer to linger on, which head to show, and what to say of each layer."""
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
        self.poster_beat = BEFORE_AND_AFTER
        self.tokens = reading.tokens
        self.sentence = Sentence(reading, self.style)

    # --- beats ---

    def words_become_vectors(self) -> None:
        sentence = self.sentence
        written = [box.label for box in sentence.boxes.values()]
        homes = [label.get_center() for label in written]
        points, larger = sentence.as_running_text(0.4)
        for box, point in zip(sentence.boxes.values(), points, strict=True):
            box.label.scale(larger).move_to(point + larger * (box.label.get_center() - box.box.get_center()))
        self.add(*written)
        self.wait(1.2 * self.pace)

        self.say("Each piece of text becomes a vector: ", self.reading.count("count.width"), " numbers")
        moves = [label.animate.scale(1 / larger).move_to(home) for label, home in zip(written, homes, strict=True)]
        self.play(*moves, run_time=1.6)  # all at once, so that none runs into the next
        boxes = [FadeIn(box.box) for box in sentence.boxes.values()]
        dropping = [
            AnimationGroup(FadeIn(s.arrow), FadeIn(s.column, shift=UP * -0.12)) for s in sentence.stacks.values()
        ]
        self.play(
            LaggedStart(*boxes, lag_ratio=0.1, run_time=1.0),
            LaggedStart(*dropping, lag_ratio=0.12, run_time=2.2),
        )
        self.add(*sentence.boxes.values())
        self.brace = sentence.brace()
        self.play(FadeIn(self.brace, run_time=0.6))

    def each_knows_only_itself(self) -> None:
        sentence = self.sentence
        self.say("At first, each vector knows only its own word")
        self.coming(FadeOut(self.brace, run_time=0.2))
        boxes = [
            change([box], tinting(box.box, sentence.ink_color(0, group[-1])), run_time=0.6)
            for group, box in sentence.boxes.items()
        ]
        stacks = [
            AnimationGroup(
                change([s.column], sentence.owning(i), run_time=0.6), FadeIn(s.panel), FadeIn(s.bar), run_time=0.6
            )
            for i, s in sentence.stacks.items()
        ]
        fills = together(
            *[tinting(box.box, sentence.ink_color(0, group[-1]), of="fill") for group, box in sentence.boxes.items()]
        )
        self.play(
            LaggedStart(*boxes, lag_ratio=0.2, run_time=1.8),
            LaggedStart(*stacks, lag_ratio=0.2, run_time=1.8),
            change([box.box for box in sentence.boxes.values()], fills, run_time=1.2),
        )

    def words_look(self, layer: int) -> None:
        """All arcs of a layer, and the lights that run along them, those of the followed word first."""
        self.count_layer(layer, " · attention")
        at_rest = "; rest is the start token" if self.reading.rest is not None else ""
        self.say("Now each word looks at the words before it" + at_rest)
        self.arcs = self.draw_arcs(self.reading.carried(layer), run_time=1.6)
        self.run_lights(self.followed, run_time=2.4)

    def attention(self, layer: int) -> None:
        lingers, fact = layer == self.lingers, self.facts[layer]
        speed = 1.0 if lingers else (0.75 if fact else 0.5)
        self.count_layer(layer, " · attention")
        if lingers:
            self.say(*self.update_in_words())
            self.update_followed(layer)
            self.say("All the others do the same, at once")
        else:
            self.hush()
            self.arcs = self.draw_arcs(self.reading.carried(layer), run_time=1.2 * speed)
            self.run_lights(fact.target if fact else self.followed, run_time=1.8 * speed)
        others = [i for i in self.tokens if not (lingers and i == self.followed)]
        stacks = [m for i in others for m in self.sentence.stacks[i].vector]
        self.play(change(stacks, together(*self.sentence.attending(layer, others)), run_time=1.5 * speed))
        if lingers:
            self.hold()
        self.say(*self.fact_in_words(layer))
        if fact:
            self.point_at(fact)
        self.afterwards(self.come_back)

    def one_head(self, layer: int, head: int, fact: Fact) -> None:
        """One head of this layer alone: its attention, and whom one word looks at."""
        (source,) = fact.sources
        share = self.reading.word_attention(layer, head, fact.target, source)
        numbers = [self.reading.count(f"head[{head}]"), self.reading.count("count.heads")]
        self.count_layer(layer, " · head ", numbers[0], " of ", numbers[1], " alone")
        self.hush()
        self.arcs = self.draw_arcs(self.reading.attention(layer, head), run_time=1.2)
        self.say(
            *("In this one head, “", self.reading.word(self.reading.word_of[fact.target]), "” gives ", share),
            *(" of its attention to “", self.reading.word(source), "”"),
        )
        self.point_at(fact)
        self.afterwards(self.come_back)

    def feed_forward(self, layer: int) -> None:
        sentence = self.sentence
        self.count_layer(layer, " · feed-forward")
        if layer == 0:
            self.say("Now no word looks at another: each vector is worked on alone")
        else:
            self.hush()
        bands = [
            RoundedRectangle(width=sentence.panel_width - 0.02, height=0.42, corner_radius=0.1, stroke_width=0)
            .set_fill(self.style.mlp, opacity=0)
            .set_z_index(-1)
            for _ in self.tokens
        ]
        thinking = [sentence.thinking(layer, band, i) for band, i in zip(bands, self.tokens, strict=True)]
        columns = [sentence.stacks[i].column for i in self.tokens]
        run_time = 1.8 if layer == 0 else 1.1
        self.play(change([*bands, *columns], staggered(thinking, lag=0.02), rate_func=linear, run_time=run_time))
        self.remove(*bands)
        if layer:
            self.say(*self.guess_in_words(layer))
            self.show_guess(layer + 1)

    def first_guess(self) -> None:
        """What the model would guess if it stopped after this layer; from now on it stands under the last word."""
        (text, p), *_ = self.reading.predictions(1, self.tokens[-1], most=1)
        self.say("Read now, the last vector guesses “", text, "” next, at ", p)
        self.show_guess(1)

    def what_one_word_soaked_up(self) -> None:
        i, layers = self.followed, self.reading.layers
        sentence, stack = self.sentence, self.sentence.stacks[self.followed]
        self.say(*self.mixture_in_words(i))
        self.coming(FadeOut(VGroup(self.counter, self.gauge, self.guess), run_time=0.4))
        half = sentence.column_width / 2 + 0.22
        self.leave_only(i)
        self.set_aside(i, ASIDE, ASIDE + half)
        tint = sentence.new_panel(0, i, ASIDE - half)
        tint.shift((0, LIFT, 0))
        before = sentence.new_column(self.reading.vector_after(0, i), ASIDE - half).shift(UP * LIFT)
        before.brackets.set_stroke(sentence.ink_color(0, i))
        under = sentence.bottom + LIFT - 0.36
        turned = self.reading.turned(i)
        notes = VGroup(
            Words("before", NOTE, self.style.text).stand(ASIDE - half, under),
            Words("after", NOTE, self.style.text).stand(ASIDE + half, under),
            Words.of(["turned by ", turned, "°"], NOTE, self.style.text).stand(ASIDE, under - 0.42),
        )

        held = self.reading.largest(layers, i, most=5, least=0.02)
        shares = [
            ([self.reading.word(w)], self.reading.ink(layers, i, w), style.to_color(sentence.inks[w])) for w in held
        ]
        beyond = self.reading.beyond(layers, i, len(held))
        if beyond.value >= 0.005:
            shares.append((["others"], beyond, self.style.others))
        rows = bar_rows(shares, ASIDE + half + sentence.panel_width / 2 + 0.5, ROWS_TO, ROWS_AT, self.style)
        unfolding = stack.bar.moving_to(1.9, ROWS_AT + 0.5, 6.2, 0.4)
        self.play(
            FadeIn(tint, before, shift=LEFT * 0.4, run_time=1.2),
            FadeIn(notes, run_time=1.2),
            change([stack.bar], unfolding, run_time=1.2),
        )
        pieces = [stack.bar.pieces[w].copy() for w in held] + [stack.bar.others.copy()] * (len(rows) - len(held))
        for piece, row in zip(pieces, rows, strict=True):
            piece.quantities = row.bar.quantities
        falling = [
            LaggedStart(Transform(piece, row.bar), FadeIn(row.label, row.share), lag_ratio=0.6)
            for piece, row in zip(pieces, rows, strict=True)
        ]
        self.play(
            LaggedStart(*falling, lag_ratio=0.3, run_time=2.6),
            change([stack.bar], levels([stack.bar], 0.0), run_time=1.0),
        )
        self.hold_at_end(2.5)
        gone = [tint, before, notes, *pieces, *(m for row in rows for m in (row.label, row.share))]
        self.afterwards(lambda: self.coming(FadeOut(VGroup(*gone), run_time=0.5)))

    def what_comes_next(self) -> None:
        i, layers = self.tokens[-1], self.reading.layers
        sentence = self.sentence
        self.say("The last vector gives every next piece a chance")
        if i != self.followed:
            self.leave_only(i)
        self.set_aside(i, ASIDE - 0.6, ASIDE - 0.6)
        middle = (COLUMNS_AT + sentence.columns_end) / 2 + LIFT
        start = ASIDE - 0.4 + sentence.panel_width / 2
        arrow = Arrow((start, middle, 0), (start + 2.1, middle, 0), buff=0, stroke_width=3, color=self.style.quiet)
        name = Formula("W_U", 40, self.style.text).next_to(arrow, UP, buff=0.15)
        note = Words("softmax", NOTE, self.style.text).stand(arrow.get_center()[0], middle - 0.4)
        likely = self.reading.predictions(layers, i, most=6)
        chances = [(["“", text, "”"], p, style.probability_color(p.value, self.style)) for text, p in likely]
        rows = bar_rows(chances, start + 2.6, ROWS_TO, ROWS_AT, self.style)
        self.play(FadeIn(VGroup(arrow, name, note), shift=RIGHT * 0.3, run_time=0.6))
        self.play(LaggedStart(*[FadeIn(row, shift=RIGHT * 0.3) for row in rows], lag_ratio=0.15, run_time=1.6))
        self.hold_at_end(2.0)
        self.afterwards(lambda: self.coming(FadeOut(VGroup(arrow, name, note, *rows), run_time=0.5)))

    def before_and_after(self) -> None:
        """Every word again, and how much of which word each has become: the ink, rolled out through all layers."""
        sentence, layers = self.sentence, self.reading.layers
        self.say("Each word now carries some of what it looked at")
        self.leave_only(None)
        self.put_home()
        self.remove(*[m for s in sentence.stacks.values() for m in (s.arrow, s.panel, s.column)])
        boxes, stacks = list(sentence.boxes.values()), sentence.stacks
        up = SOURCES_AT - sentence.row.rise - TOKENS_AT
        mixtures_at = MIXTURES_AT + sentence.row.rise
        labels = VGroup()
        for group, box in sentence.boxes.items():
            raised = sentence.row.rise if sentence.places[group[0]].raised else 0.0
            label = box.label.copy().set_fill(self.style.text, opacity=1)
            labels.add(label.shift((0, mixtures_at - 0.5 - raised - box.box.get_y(), 0)))
            box.shift((0, up, 0))
        sentence.rest.shift((0, up, 0))
        for i, stack in stacks.items():
            stack.bar.place(sentence.x[i], mixtures_at, sentence.panel_width, BAR)
        under = mixtures_at - 1.15 - sentence.row.rise
        notes = VGroup(
            Words("before", NOTE, self.style.text).stand(0, SOURCES_AT + 0.5),
            Words.of(["after ", self.reading.count("count.layers"), " layers"], NOTE, self.style.text).stand(0, under),
        )
        self.after = notes[1]
        self.play(change(boxes, levels(boxes, 1.0), run_time=0.8), FadeIn(notes[0], run_time=0.8))

        bands = sentence.flows(layers)
        if sentence.rest in self.mobjects:
            self.coming(change([sentence.rest], levels([sentence.rest], 1.0), run_time=0.8))
        for band in bands:
            band.set_z_index(-1)
        bars = [stack.bar for stack in stacks.values()]
        self.play(change(bands, staggered(map(flowing, bands), 0.04), rate_func=linear, run_time=2.8))
        self.play(
            change(bars, levels(bars, 1.0), run_time=0.8), FadeIn(labels, run_time=0.8), FadeIn(notes[1], run_time=0.8)
        )
        self.hold_at_end(2.5)

    def closing(self) -> None:
        self.say("Every number in this film is the model’s own")
        counts = [self.reading.count(f"count.{what}") for what in ("layers", "heads", "parameters")]
        name = Quantity("text", "model", self.trace.model.name, "s", shown="model")
        model = ["The model “", name, "”: ", *(counts[0], " layers of ", counts[1], " heads, ")]
        model += [counts[2], " parameters"]
        named = Words.of(model, NOTE, self.style.text).stand(0, self.after.get_bottom()[1])
        self.play(FadeOut(self.after, run_time=0.3), FadeIn(named, run_time=0.6))
        self.hold_at_end(3.0)

    # --- moves the beats share ---

    def draw_arcs(self, shares: dict[tuple[int, int], Quantity], run_time: float) -> dict[tuple[int, int], Arc]:
        """Draw the arcs of shares by (source, target), from their sources."""
        arcs = self.sentence.arcs(shares)
        if self.sentence.rest not in self.mobjects and any(j == self.reading.rest for j, _ in arcs):
            self.coming(FadeIn(self.sentence.rest, run_time=0.5))
        step = staggered(map(drawing, arcs.values()), 0.03)
        self.play(change(arcs.values(), step, rate_func=linear, run_time=run_time))
        return arcs

    def run_lights(self, first: int, run_time: float) -> None:
        """Send a light along every arc, those into one token before the others."""
        carrying = {pair: arc for pair, arc in self.arcs.items() if pair[0] != self.reading.rest}
        lights = Lights(carrying.values(), [arc for (_, i), arc in carrying.items() if i == first] or None)
        self.play(change([lights], lights.step, rate_func=linear, run_time=run_time))
        self.remove(lights)

    def update_followed(self, layer: int) -> None:
        """Out of the followed word's box comes ΔE, stands beside E, and the two fuse."""
        i, sentence = self.followed, self.sentence
        stack, x = sentence.stacks[i], sentence.x[i]
        beside = sentence.column_width + 0.55
        edge = config.frame_width / 2 - style.MARGIN - sentence.column_width / 2
        to = x + (beside if x + beside <= edge else -beside)
        hidden, dimmed = [], [sentence.rest]
        for k, other in sentence.stacks.items():
            if k != i:
                near = abs(sentence.x[k] - to) < sentence.column_width + 0.25
                (hidden if near else dimmed).extend(other.vector)
                dimmed.append(other.box)
        incoming = [arc for (j, t), arc in self.arcs.items() if t == i and j != self.reading.rest]
        dimmed += [arc for arc in self.arcs.values() if arc not in incoming]
        delta = sentence.new_column(self.reading.attention_update(layer, i), to, self.style.update)
        delta.brackets.set_stroke(self.style.update)
        plus = Formula("+", 40, self.style.text).move_to(((to + x) / 2, (COLUMNS_AT + sentence.columns_end) / 2, 0))
        names = [
            Formula(source, 36, color).move_to((where, sentence.bottom - 0.35, 0))
            for source, color, where in (
                ("arrow(E)", self.style.text, x),
                ("Delta arrow(E)", self.style.update, to),
            )
        ]
        steps = together(levels(hidden, 0.0), levels(dimmed, style.DIM))
        self.play(change([*hidden, *dimmed], steps, run_time=0.7))
        # What comes in along the arcs, comes out of the box as the update.
        lights = Lights(incoming)
        self.play(change([lights], lights.step, rate_func=linear, run_time=1.2))
        self.remove(lights)
        self.play(FadeIn(delta, target_position=np.array([to, COLUMNS_AT, 0]), scale=0.3, run_time=1.1))
        self.play(FadeIn(VGroup(plus, *names), run_time=0.5))
        self.wait(1.4 * self.pace)
        going = together(shifting([delta], (x - to, 0, 0)), gone_by(0.4, delta.entries), levels([delta], 0.0))
        steps = together(*sentence.attending(layer, [i]))
        self.play(
            FadeOut(plus, *names, run_time=0.4),
            change([delta], going, run_time=1.2),
            change(stack.vector, steps, run_time=1.8),
        )
        self.remove(delta)
        updated = sentence.frame_round(i)[1].set_stroke(self.style.updated)
        name = Formula("arrow(E)'", 36, self.style.updated).move_to((x, sentence.bottom - 0.35, 0))
        self.play(FadeIn(updated, name, run_time=0.5))
        self.wait(1.0 * self.pace)
        self.play(
            FadeOut(updated, name, run_time=0.5),
            change([*hidden, *dimmed], levels([*hidden, *dimmed], 1.0), run_time=0.6),
        )

    def point_at(self, fact: Fact) -> None:
        """Light a fact's target, its sources and the arcs between them; all else dims."""
        sentence = self.sentence
        sources = [i for w in fact.sources for i in self.trace.words[w].tokens]
        lit = [sentence.stacks[fact.target].box, *sentence.stacks[fact.target].vector]
        lit += [sentence.stacks[i].box for i in sources]
        bright = [arc for (j, i), arc in self.arcs.items() if i == fact.target and j in sources]
        dimmed = [m for m in [*sentence.mobjects(), *self.arcs.values()] if m not in lit and m not in bright]
        self.frame = VGroup(sentence.frame_round(fact.target), sentence.crowns(bright))
        steps = [levels([arc], 1 / style.arc_opacity(arc.share)) for arc in bright]
        self.play(
            change([*dimmed, *bright], together(levels(dimmed, style.DIM), *steps), run_time=0.6),
            FadeIn(self.frame, run_time=0.6),
        )

    def come_back(self) -> None:
        """Undo `point_at`, and let the arcs go."""
        self.hush()
        arcs, row = list(self.arcs.values()), self.sentence.mobjects()
        fading = [FadeOut(self.frame, run_time=0.5)] if self.frame else []
        self.play(change([*row, *arcs], together(levels(row, 1.0), levels(arcs, 0.0)), run_time=0.5), *fading)
        self.remove(*arcs)
        self.frame, self.arcs = None, {}

    def leave_only(self, i: int | None) -> None:
        """Fade everything but token i; what was set aside goes home unseen."""
        sentence = self.sentence
        stack = None if i is None else sentence.stacks[i]
        kept = [] if stack is None else [stack.box, stack.panel, stack.column, stack.bar]
        going = [m for m in sentence.mobjects() if m not in kept]
        self.play(change([*going, *kept], together(levels(going, 0.0), levels(kept, 1.0)), run_time=0.7))
        if self.aside and self.aside[0] != i:
            self.put_home()

    def set_aside(self, i: int, box_to: float, column_to: float) -> None:
        """Move token i's box and column to the side, higher, with all that belongs to them."""
        sentence, stack = self.sentence, self.sentence.stacks[i]
        there = (0.0, 0.0, 0.0) if self.aside is None else (self.aside[1], self.aside[2], LIFT)
        box_to = max(box_to, -config.frame_width / 2 + style.MARGIN + stack.box.width / 2)
        box_by, column_by = box_to - sentence.box_x(i), column_to - sentence.x[i]
        steps = together(
            shifting([stack.box], (box_by - there[0], LIFT - there[2], 0)),
            shifting([stack.panel, stack.column], (column_by - there[1], LIFT - there[2], 0)),
            stack.bar.moving_to(column_to, sentence.bar_y + LIFT, sentence.panel_width, BAR),
        )
        self.play(change([stack.box, stack.panel, stack.column, stack.bar], steps, run_time=1.0))
        self.aside = (i, box_by, column_by)

    def put_home(self) -> None:
        """Put what was set aside back where it belongs, at once."""
        if self.aside is None:
            return
        i, box_by, column_by = self.aside
        sentence, stack = self.sentence, self.sentence.stacks[i]
        stack.box.shift((-box_by, -LIFT, 0))
        for part in (stack.panel, stack.column):
            part.shift((-column_by, -LIFT, 0))
        stack.bar.place(sentence.x[i], sentence.bar_y, sentence.panel_width, BAR)
        self.aside = None

    frame: VGroup | None = None
    counter: Words | None = None
    guess: Words | None = None
    gauge: VGroup | None = None
    aside: tuple[int, float, float] | None = None  # a token, and how far its box and its column were moved

    def count_layer(self, layer: int, *what: str | Quantity) -> None:
        """The counter at the top left and the gauge at the right come to this layer."""
        numbers = [self.reading.count(f"layer[{layer}]"), self.reading.count("count.layers")]
        old = self.counter
        self.counter = Words.of(["Layer ", numbers[0], " of ", numbers[1], *what], style.LABEL, self.style.text)
        self.counter.stand(-config.frame_width / 2 + style.MARGIN, COUNTER_AT, side=-1)
        if old is not None and old.text == self.counter.text:
            self.counter = old
            return
        self.coming(*([FadeOut(old, run_time=0.2)] if old else []), FadeIn(self.counter, run_time=0.5, rate_func=late))
        looks = [(self.style.query if n == layer else self.style.quiet, 1 if n <= layer else 0.4)
                 for n in range(self.reading.layers)]  # fmt: skip
        if self.gauge is None:
            x, layers = config.frame_width / 2 - style.MARGIN, self.reading.layers
            ys = COUNTER_AT + 0.25 - np.arange(layers) * min(0.3, 1.2 / max(layers - 1, 1))
            self.gauge = VGroup(*[Line((x - 0.4, y, 0), (x, y, 0), stroke_width=5) for y in ys])
            for tick, (color, opacity) in zip(self.gauge, looks, strict=True):
                tick.set_stroke(color, opacity=opacity)
            self.coming(FadeIn(self.gauge, run_time=0.3))
        else:
            changes = [
                tick.animate.set_stroke(color, opacity=opacity)
                for tick, (color, opacity) in zip(self.gauge, looks, strict=True)
            ]
            self.coming(AnimationGroup(*changes, run_time=0.4))

    def show_guess(self, n: int) -> None:
        """What would come next if the model stopped here: beside the last bar of ink, else under it."""
        (text, p), *_ = self.reading.predictions(n, self.tokens[-1], most=1)
        old = self.guess
        self.guess = Words.of(["next: “", text, "” ", p], NOTE + 2, self.style.text)
        middle, side = self.sentence.x[self.tokens[-1]], -1 if self.reading.from_the_right else 1
        beside = middle + side * (self.sentence.panel_width / 2 + 0.2)
        room = config.frame_width / 2 - style.MARGIN
        if side * beside + self.guess.width <= room:
            self.guess.stand(beside, self.sentence.bar_y - 0.1, side=-side)
        else:
            most = room - self.guess.width / 2
            self.guess.stand(min(max(middle, -most), most), self.sentence.bottom - 0.42)
        going = [FadeOut(old, shift=UP * 0.15, run_time=0.3)] if old else []
        self.play(*going, FadeIn(self.guess, shift=UP * 0.15, run_time=0.6, rate_func=late))

    # --- captions ---

    def update_in_words(self) -> list[str | Quantity]:
        return ["What “", self.reading.word(self.reading.word_of[self.followed]), "” takes in is added to its vector"]

    def fact_in_words(self, layer: int) -> list[str | Quantity]:
        fact = self.facts[layer]
        if fact is None:
            if self.reading.rest is not None and len(self.reading.words) == 2:
                i = self.tokens[-1]
                carried = self.reading.carried(layer)
                j = max((j for j, k in carried if k == i), key=lambda j: (j != self.reading.rest, carried[j, i].value))
                share = replace(carried[j, i], format="percent")
                source = ["rest"] if j == self.reading.rest else ["“", self.reading.token(j), "”"]
                return [share, " of what “", self.reading.token(i), "” takes in comes from ", *source]
            return ["In layer ", self.reading.count(f"layer[{layer}]"), " the words take in little of each other"]
        (first, *second) = [
            (self.reading.carried_by_word(layer, fact.target, w), " from “", self.reading.word(w), "”")
            for w in fact.sources
        ]
        word = self.reading.word(self.reading.word_of[fact.target])
        also = [part for source in second for part in (", ", *source)]
        return [first[0], " of what “", word, "” takes in comes", *first[1:], *also]

    def mixture_in_words(self, i: int) -> list[str | Quantity]:
        layers = self.reading.layers
        own, held = self.reading.word_of[i], self.reading.largest(layers, i, 4)
        others = [w for w in held if w in self.reading.others(i)][:2]
        parts: list[str | Quantity] = ["“", self.reading.word(own), "” is now "]
        for k, w in enumerate([own] * (own in held or not others) + others):
            between = "" if k == 0 else (" and " if w == others[-1] else ", ")
            what = [" itself"] if w == own else [" “", self.reading.word(w), "”"]
            parts += [between, self.reading.ink(layers, i, w), *what]
        return parts

    def guess_in_words(self, layer: int) -> list[str | Quantity]:
        (text, p), *_ = self.reading.predictions(layer + 1, self.tokens[-1], most=1)
        (before, _), *_ = self.reading.predictions(layer, self.tokens[-1], most=1)
        number = self.reading.count(f"layer[{layer}]")
        if before.path == text.path:
            return ["Each changes alone again; the guess stays “", text, "”, at ", p]
        return ["Layer ", number, " changes the guess from “", before, "” to “", text, "”, at ", p]
