"""Layer by layer: the words look at each other, and each one changes by whom it listened to.

A row of tokens, a vector under each. In every layer arcs show what attention carries into each target, by the source's
part in it (contributions, Kobayashi et al. 2020, https://arxiv.org/abs/2004.10102), lights carry it across, ΔE arrives,
the entries count to their new values, and the ink of each vector mixes by what it has soaked up in all so far (ALTI,
rolled out, Ferrando et al. 2022, https://arxiv.org/abs/2203.04212). Then each vector thinks by itself. At the end, what
one word soaked up, and what it is all for: the next word.
"""

from collections.abc import Iterable
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
    Mobject,
    RoundedRectangle,
    Transform,
    VGroup,
    linear,
)

from soakup.scenes import style
from soakup.scenes.alone import ENTRIES, Alone, plan_alone
from soakup.scenes.arcs import Arc, Lights, drawing
from soakup.scenes.bars import bar_rows
from soakup.scenes.ending import SOAKED_STEP, plan_ending
from soakup.scenes.errors import SceneError
from soakup.scenes.flows import flowing
from soakup.scenes.folding import MOST_READ
from soakup.scenes.formula import Formula
from soakup.scenes.layer_choice import lingering_layer, passed_over, telling_layers
from soakup.scenes.layer_marks import LayerMarks
from soakup.scenes.layer_words import (
    can_be_said,
    fact_in_words,
    folded_in_words,
    guess_in_words,
    mixture_in_words,
    passed_in_words,
    rest_in_words,
    said_in_the_end,
)
from soakup.scenes.leaning import LeaningScene
from soakup.scenes.motion import (
    becoming,
    change,
    going,
    gone_by,
    half_there,
    levels,
    shifting,
    staggered,
    tinting,
    together,
)
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Fact, Reading
from soakup.scenes.running_text import running_words
from soakup.scenes.scene import Beat, TraceScene, late
from soakup.scenes.sentence import fitting
from soakup.scenes.words import Words

BEFORE_AND_AFTER = "all words, before and after"  # the name of the beat whose last frame stands for the film
MOST_HELD = 5  # words that a bar names of those a word holds
NOTE = 26  # font size of small labels
NEAR_ENOUGH = 5  # words up to which the camera need not lean in
PASSING = 0.4  # seconds a layer takes that is passed over


class LayerByLayer(LeaningScene, TraceScene):
    """The flagship."""

    idea = "vectors soak up meaning, layer after layer"

    def story(self) -> Iterable[Beat]:
        self.choose()
        if self.reading.runs:
            yield Beat("a long text", self.a_long_text)
        yield Beat("words become vectors", self.words_become_vectors)
        yield Beat("each knows only itself", self.each_knows_only_itself)
        for layer in self.stops:
            if layer in self.passed:
                first, last = self.passed[layer]
                name = f"layer {first + 1}, passed" if first == last else f"layers {first + 1} to {last + 1}, passed"
                yield Beat(name, partial(self.pass_over, first, last))
            if layer == self.lingers:
                yield Beat(f"layer {layer + 1}, words look", partial(self.words_look, layer))
            yield Beat(f"layer {layer + 1}, attention", partial(self.attention, layer))
            if self.telling_head and self.telling_head[0] == layer:
                _, head, fact = self.telling_head
                yield Beat(f"layer {layer + 1}, head {head + 1}", partial(self.one_head, layer, head, fact))
            yield Beat(f"layer {layer + 1}, feed-forward", partial(self.feed_forward, layer))
            if layer == self.stops[0] and can_be_said(self.guesses[layer + 1]):
                yield Beat("a first guess", self.first_guess)
        yield Beat("what one word soaked up", self.what_one_word_soaked_up)
        if said_in_the_end(self.reading):
            yield Beat("what comes next", self.what_comes_next)
        yield Beat(BEFORE_AND_AFTER, self.before_and_after)
        yield Beat("closing", self.closing)

    def choose(self) -> None:
        """Which word to follow, which layer to linger on, which head to show, and what to say of each layer."""
        self.whole = reading = Reading(self.trace, ENTRIES)
        if len(reading.tokens) > MOST_READ:
            raise SceneError(
                f"the text has {len(reading.tokens)} tokens and layer-by-layer tells at most {MOST_READ}: shorten it"
            )
        self.followed = self.trace.words[self.find_word(self.word)].tokens[-1] if self.word else reading.soaked_most()
        self.lingers = lingering_layer(reading, self.followed) if self.layer is None else self.layer - 1
        asked = None if self.head is None else self.head - 1
        since = self.lingers if self.layer is None else 0  # what is told first, explains
        self.telling_head = reading.telling_head(self.lingers if self.head or self.layer else None, asked, since)
        last = reading.word_of[reading.tokens[-1]]
        told = [reading.word_of[self.followed], last]
        self.sentence = fitting(reading, told, self.to_be_seen(reading), self.screen, self.style)
        self.reading = reading = self.sentence.reading
        self.tokens = reading.tokens
        self.guesses = [reading.predictions(n, self.tokens[-1], most=1)[0] for n in range(reading.layers + 1)]
        always = {self.lingers} | ({self.telling_head[0]} if self.telling_head else set())
        self.stops = telling_layers(reading, always, self.guesses)
        self.passed = passed_over(reading.layers, self.stops)
        self.facts = reading.facts(self.stops, self.lingers, self.followed)
        self.poster_beat = BEFORE_AND_AFTER
        self.marks = LayerMarks(self.sentence)
        self.guess_said = 0  # how many layers had been passed when a guess was last shown

    def to_be_seen(self, reading: Reading) -> set[int]:
        """The words that may not stand folded: those that the film speaks of."""
        words = {reading.word_of[self.followed], reading.word_of[reading.tokens[-1]]}
        words |= set(reading.largest(reading.layers, self.followed, most=MOST_HELD, least=0.02))
        if self.telling_head:
            fact = self.telling_head[2]
            words |= {reading.word_of[fact.target], *fact.sources}
        return words - {reading.rest_word}

    # --- beats ---

    def a_long_text(self) -> None:
        """The text as it is read, and what of it stands folded from now on."""
        reading, whole = self.reading, running_words(self.whole, self.screen, self.style)
        self.say(*folded_in_words(reading))
        boxes = self.sentence.boxes
        self.as_text()
        if whole is None:  # it is too long to be read at once
            self.add(*[box.label for box in boxes.values()])
            self.wait(1.2 * self.pace)
            return
        hidden = [label for group, label in whole.items() if group[0] in reading.hidden]
        self.add(*whole.values())
        self.play(change(hidden, levels(hidden, 2 * style.DIM), run_time=0.8))
        self.hold()
        self.hush()
        kept = [label for group, label in whole.items() if group[0] not in reading.hidden]
        homes = [box.label for group, box in boxes.items() if group[0] not in reading.runs]
        blocks = [box.label for box in self.sentence.folded.values()]
        self.play(change(hidden, levels(hidden, 0.0), run_time=0.6))
        self.remove(*hidden)
        moves = together(*[becoming(a, b) for a, b in zip(kept, homes, strict=True)])
        self.play(change(kept, half_there(kept, moves), run_time=1.4), FadeIn(*blocks, run_time=1.4, rate_func=late))
        self.remove(*kept)
        self.add(*homes)

    def as_text(self) -> tuple[list[np.ndarray], list[np.ndarray], float]:
        """Write the boxes' labels as text, once: where they belong, where they stand then, and how much larger."""
        if self.text_at is None:
            boxes = self.sentence.boxes.values()
            homes = [box.label.get_center() for box in boxes]
            points, larger = self.sentence.as_running_text(0.0)
            for box, point in zip(boxes, points, strict=True):
                box.label.scale(larger).move_to(point + larger * (box.label.get_center() - box.box.get_center()))
            self.text_at = homes, points, larger
        return self.text_at

    def words_become_vectors(self) -> None:
        sentence = self.sentence
        written = [box.label for box in sentence.boxes.values()]
        homes, points, larger = self.as_text()
        self.add(*written)
        self.wait((0.3 if self.reading.runs else 1.2) * self.pace)

        self.say("Each piece of text becomes a vector: ", self.reading.count("count.width"), " numbers")
        moves = together(*[going(label, home, 1 / larger) for label, home in zip(written, homes, strict=True)])
        if len({round(y, 2) for _, y, _ in points}) > 1:  # words of several lines pass through each other
            moves = half_there(written, moves)
        self.play(change(written, moves, run_time=1.6))  # all at once, so that none runs into the next
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
        self.play(FadeIn(self.brace, run_time=0.6), *self.marks.show_scale())

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
        self.coming(*self.marks.count(layer, " · attention"))
        at_rest = rest_in_words(self.reading, layer)
        only_said = "; rest is the start token" if self.reading.rest is not None and at_rest is None else ""
        self.say("Now each word looks at the words before it" + only_said)
        self.arcs = self.draw_arcs(self.reading.carried(layer), run_time=1.6)
        self.run_lights(self.followed, run_time=2.4)
        if at_rest is not None:
            self.hold()
            self.say(*at_rest)
            others = [m for m in self.sentence.mobjects() if m is not self.sentence.rest]
            others += [arc for (j, _), arc in self.arcs.items() if j != self.reading.rest]
            self.play(change(others, levels(others, style.DIM), run_time=0.6))
            self.afterwards(lambda: self.play(change(others, levels(others, 1.0), run_time=0.5)))

    def attention(self, layer: int) -> None:
        lingers, fact = layer == self.lingers, self.facts[layer]
        speed = 1.0 if lingers else (0.75 if fact else 0.5)
        self.coming(*self.marks.count(layer, " · attention"))
        if lingers:
            word = self.reading.word(self.reading.word_of[self.followed])
            self.say("What “", word, "” takes in is added to its vector")
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
        self.say(*fact_in_words(self.reading, layer, fact))
        if fact:
            self.point_at(fact)
        self.afterwards(self.come_back)

    def one_head(self, layer: int, head: int, fact: Fact) -> None:
        """One head of this layer alone: its attention, and whom one word looks at."""
        (source,) = fact.sources
        share = self.reading.word_attention(layer, head, fact.target, source)
        numbers = [self.reading.count(f"head[{head}]"), self.reading.count("count.heads")]
        alone = [] if self.screen.narrow else [" alone"]
        self.coming(*self.marks.count(layer, " · head ", numbers[0], " of ", numbers[1], *alone))
        self.hush()
        self.arcs = self.draw_arcs(self.reading.attention(layer, head), run_time=1.2)
        self.say(
            *("In this one head, “", self.reading.word(self.reading.word_of[fact.target]), "” gives ", share),
            *(" of its attention to “", self.reading.word(source), "”"),
        )
        self.point_at(fact)
        lines = {self.sentence.line_of[i] for i in (fact.target, *self.trace.words[source].tokens)}
        if len(self.tokens) > NEAR_ENOUGH and len(lines) == 1:
            self.lean_in(fact)
        self.afterwards(self.come_back)

    def feed_forward(self, layer: int) -> None:
        sentence = self.sentence
        self.coming(*self.marks.count(layer, " · feed-forward"))
        first = layer == self.stops[0]
        if first:
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
        run_time = 1.8 if first else 1.1
        self.play(change([*bands, *columns], staggered(thinking, lag=0.02), rate_func=linear, run_time=run_time))
        self.remove(*bands)
        if not first and can_be_said(self.guesses[layer + 1]):
            if self.guess_said:
                self.say(*guess_in_words(self.reading, layer, self.guess_said))
            else:
                text, chance = self.guesses[layer + 1]
                self.say("Read now, the last vector guesses “", text, "” next, at ", chance)
            self.show_guess(layer + 1)
        elif not first:
            self.say("Each vector is worked on alone again")
            self.coming(*self.marks.drop_guess())  # what was said of an earlier layer is no longer so

    def pass_over(self, first: int, last: int) -> None:
        """Layers that the film does not stop at go by: all entries and all ink come to what they are after each."""
        self.say(*passed_in_words(self.reading, first, last, self.stops))
        stacks = [m for i in self.tokens for m in self.sentence.stacks[i].vector]
        for layer in range(first, last + 1):
            self.coming(*self.marks.count(layer, fast=True))
            steps = together(*self.sentence.passing(layer))
            self.play(change(stacks, steps, rate_func=linear), run_time=PASSING)

    def first_guess(self) -> None:
        """What the model would guess if it stopped after this layer; from now on it stands under the last word."""
        passed = self.stops[0] + 1
        text, chance = self.guesses[passed]
        self.say("Read now, the last vector guesses “", text, "” next, at ", chance)
        self.show_guess(passed)

    def show_guess(self, n: int) -> None:
        """The guess after n layers; one that is another than before flashes."""
        before, self.guess_said = self.guess_said, n
        self.play(*self.marks.show_guess(*self.guesses[n]))
        if before and self.guesses[before][0].path != self.guesses[n][0].path:
            self.play(*self.marks.flash_guess())

    def what_one_word_soaked_up(self) -> None:
        """The followed word by itself, before and after, and the shares it is made of."""
        i, layers, sentence = self.followed, self.reading.layers, self.sentence
        self.say(*mixture_in_words(self.reading, i))
        self.coming(FadeOut(VGroup(*self.marks.shown), run_time=0.4))
        places = plan_alone(self.screen, sentence)
        self.leave_only(i)
        self.set_aside(i, places.x, places.x + places.half)
        tint, before = self.alone.copy_of(0, places.x - places.half)
        before.brackets.set_stroke(sentence.ink_color(0, i))
        turned = self.reading.turned(i)
        notes = VGroup(
            Words("before", NOTE, self.style.text).stand(places.x - places.half, self.alone.under - 0.36),
            Words("after", NOTE, self.style.text).stand(places.x + places.half, self.alone.under - 0.36),
            Words.of(["turned by ", turned, "°"], NOTE, self.style.text).stand(places.x, self.alone.under - 0.78),
        )

        held = self.reading.largest(layers, i, most=MOST_HELD, least=0.02)
        shares = [
            ([self.reading.word(w)], self.reading.ink(layers, i, w), style.to_color(sentence.inks[w])) for w in held
        ]
        beyond = self.reading.beyond(layers, i, len(held))
        if beyond.value >= 0.005:
            shares.append((["others"], beyond, self.style.others))
        rows = bar_rows(shares, places.rows_left, places.rows_right, places.rows_top, self.style)
        bar = self.alone.bar
        middle, width = (places.rows_left + places.rows_right) / 2, places.rows_right - places.rows_left - 1.0
        unfolding = bar.moving_to(middle, places.rows_top + 0.5, width, 0.4)
        self.play(
            FadeIn(tint, before, shift=LEFT * 0.4, run_time=1.2),
            FadeIn(notes, run_time=1.2),
            change([bar], unfolding, run_time=1.2),
        )
        pieces = [bar.pieces[w].copy() for w in held] + [bar.others.copy()] * (len(rows) - len(held))
        for piece, row in zip(pieces, rows, strict=True):
            piece.quantities = row.bar.quantities
        falling = [
            LaggedStart(Transform(piece, row.bar), FadeIn(row.label, row.share), lag_ratio=0.6)
            for piece, row in zip(pieces, rows, strict=True)
        ]
        self.play(
            LaggedStart(*falling, lag_ratio=0.3, run_time=2.6),
            change([bar], levels([bar], 0.0), run_time=1.0),
        )
        self.hold_at_end(2.5)
        gone = [tint, before, notes, *pieces, *(m for row in rows for m in (row.label, row.share))]
        self.afterwards(lambda: self.coming(FadeOut(VGroup(*gone), run_time=0.5)))

    def what_comes_next(self) -> None:
        i = self.tokens[-1]
        self.say("The last vector gives every next piece a chance")
        if i != self.followed:
            self.leave_only(i)
        places = plan_alone(self.screen, self.sentence)
        x = places.left
        self.set_aside(i, x, x)
        start = x + self.alone.width / 2 + 0.2
        length = places.arrow
        arrow = Arrow((start, places.middle, 0), (start + length, places.middle, 0), buff=0, stroke_width=3)
        arrow.set_color(self.style.quiet)
        name = Formula("W_U", 40, self.style.text).next_to(arrow, UP, buff=0.15)
        note = Words("softmax", NOTE, self.style.text).stand(arrow.get_center()[0], places.middle - 0.4)
        likely = said_in_the_end(self.reading)
        chances = [(["“", text, "”"], p, style.probability_color(p.value, self.style)) for text, p in likely]
        rows = bar_rows(chances, start + length + 0.3, places.rows_right, places.rows_top, self.style)
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
        boxes, bars = list(sentence.boxes.values()), [stack.bar for stack in sentence.stacks.values()]
        ending = plan_ending(self.screen, sentence)
        labels = VGroup()
        for group, box in sentence.boxes.items():
            line, rise = sentence.line_of[group[0]], sentence.rise[group]
            if not sentence.two_rows and group[0] not in self.reading.runs:
                label = box.label.copy().set_fill(self.style.text, opacity=1)
                labels.add(label.shift((0, ending.labels_at - rise - box.box.get_y(), 0)))
            box.shift((0, ending.words_at[line] - line.tokens_at, 0))
        sentence.rest.shift((0, ending.words_at[sentence.plan.lines[0]] - sentence.plan.lines[0].tokens_at, 0))
        for i, stack in sentence.stacks.items():
            stack.bar.place(sentence.x[i], ending.bars_at[sentence.line_of[i]], sentence.panel_width, ending.bar)
        notes = VGroup(
            Words("before", NOTE, self.style.text).stand(0, ending.before_at),
            Words.of(["after ", self.reading.count("count.layers"), " layers"], NOTE, self.style.text),
        )
        self.after, self.ending = notes[1].stand(0, ending.after_at), ending
        self.play(change(boxes, levels(boxes, 1.0), run_time=0.8), FadeIn(notes[0], run_time=0.8))
        if sentence.rest in self.mobjects:
            self.coming(change([sentence.rest], levels([sentence.rest], 1.0), run_time=0.8))
        if sentence.two_rows:  # there is no way down that does not lead through words
            self.play(change(bars, levels(bars, 1.0), run_time=1.6), FadeIn(notes[1], run_time=0.8))
        else:
            bands = sentence.flows(layers)
            for band in bands:
                band.set_z_index(-1)
            self.play(change(bands, staggered(map(flowing, bands), 0.04), rate_func=linear, run_time=2.8))
            self.play(
                change(bars, levels(bars, 1.0), run_time=0.8),
                FadeIn(labels, run_time=0.8),
                FadeIn(notes[1], run_time=0.8),
            )
            if soaked := self.soaked_up():
                self.say("Each word now carries some of what it looked at: under it, the most of one other")
                self.play(LaggedStart(*[FadeIn(note) for note in soaked], lag_ratio=0.15, run_time=1.6))
        self.hold_at_end(2.5)

    def soaked_up(self) -> list[VGroup]:
        """Under the last piece of each word what it holds most of besides itself: the share and the word, where there
        is room."""
        sentence, reading, found = self.sentence, self.reading, []
        size, y, layers = style.ENTRY_SMALLEST, self.ending.soaked_at, reading.layers
        for i in sentence.stacks:
            others = [w for w in reading.largest(layers, i, most=3) if w in reading.others(i)]
            if i != self.trace.words[reading.word_of[i]].tokens[-1] or not others:
                continue
            share = Words.of([reading.ink(layers, i, others[0])], size, self.style.text).stand(sentence.x[i], y)
            name = Words.of([reading.word(others[0])], size, self.style.text).stand(sentence.x[i], y - SOAKED_STEP)
            if name.width < self.room_under[i]:
                found.append(VGroup(share, name))
        return found

    @property
    def room_under(self) -> dict[int, float]:
        """How wide what stands under a token may be for neighbours not to touch."""
        xs = self.sentence.x
        return {
            i: 2 * min([*[abs(xs[i] - xs[j]) / 2 for j in self.tokens if j != i], self.screen.right - abs(xs[i])])
            - 0.08
            for i in self.tokens
        }

    def closing(self) -> None:
        self.say("Every number in this film is the model’s own")
        counts = [self.reading.count(f"count.{what}") for what in ("layers", "heads", "parameters")]
        name = Quantity("text", "model", self.trace.model.name, "s", shown="model")
        shape = [counts[0], " layers of ", counts[1], " heads, ", counts[2], " parameters"]
        lines = [["The model “", name, "”: ", *shape]]
        if self.screen.narrow:
            lines = [["The model “", name, "”:"], shape]
        named = VGroup(*[Words.of(line, NOTE, self.style.text) for line in lines])
        for n, line in enumerate(named):
            line.stand(0, self.ending.after_at - 0.38 * n)
        self.play(FadeOut(self.after, run_time=0.3), FadeIn(named, run_time=0.9, rate_func=late))
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
        edge = self.screen.right - sentence.column_width / 2
        to = x + (beside if x + beside <= edge else -beside)
        line = sentence.line_of[i]
        hidden, dimmed = [], [sentence.rest, *sentence.folded.values()]
        for k, other in sentence.stacks.items():
            if k != i:
                near = sentence.line_of[k] is line and abs(sentence.x[k] - to) < sentence.column_width + 0.25
                (hidden if near else dimmed).extend(other.vector)
                dimmed.append(other.box)
        incoming = [arc for (j, t), arc in self.arcs.items() if t == i and j != self.reading.rest]
        # Where there are two rows, E and ΔE are named between them, where other arcs would cross the names.
        hidden += [arc for (_, t), arc in self.arcs.items() if sentence.line_of[t] is not line]
        dimmed += [arc for arc in self.arcs.values() if arc not in incoming and arc not in hidden]
        delta = sentence.new_column(self.reading.attention_update(layer, i), to, i, self.style.update)
        delta.brackets.set_stroke(self.style.update)
        plus = Formula("+", 40, self.style.text).move_to(((to + x) / 2, sentence.middle(i), 0))
        names = [
            Formula(source, 36, color).move_to((where, line.bottom - 0.35, 0))
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
        self.play(FadeIn(delta, target_position=np.array([to, line.columns_at, 0]), scale=0.3, run_time=1.1))
        self.play(FadeIn(VGroup(plus, *names), run_time=0.5))
        self.wait(1.4 * self.pace)
        leaving = together(shifting([delta], (x - to, 0, 0)), gone_by(0.4, delta.entries), levels([delta], 0.0))
        steps = together(*sentence.attending(layer, [i]))
        self.play(
            FadeOut(plus, *names, run_time=0.4),
            change([delta], leaving, run_time=1.2),
            change(stack.vector, steps, run_time=1.8),
        )
        self.remove(delta)
        updated = sentence.frame_round(i)[1].set_stroke(self.style.updated)
        name = Formula("arrow(E)'", 36, self.style.updated).move_to((x, line.bottom - 0.35, 0))
        self.play(FadeIn(updated, name, run_time=0.5))
        self.wait(1.0 * self.pace)
        self.play(FadeOut(updated, name, run_time=0.4))
        self.play(change([*hidden, *dimmed], levels([*hidden, *dimmed], 1.0), run_time=0.6))

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

    def lean_in(self, fact: Fact) -> None:
        """The camera comes near a fact's target and its sources, and the arcs between them; the vectors step back."""
        sentence = self.sentence
        boxes = [sentence.stacks[i].box for w in fact.sources for i in self.trace.words[w].tokens]
        away = [m for stack in sentence.stacks.values() for m in stack.vector]
        row = sentence.line_of[fact.target]
        away += [box for group, box in sentence.boxes.items() if sentence.line_of[group[0]] is not row]
        away += [arc for (_, i), arc in self.arcs.items() if sentence.line_of[i] is not row]
        if sentence.plan.lines[0] is not row:
            away.append(sentence.rest)
        box_frame, column_frame = self.frame[0]
        away.append(column_frame)
        self.play(
            change(away, levels(away, 0.0), run_time=0.8),
            self.lean([*boxes, sentence.stacks[fact.target].box, box_frame, self.frame[1]], self.round_it),
        )
        self.leaning = True

    @property
    def round_it(self) -> list[Mobject]:
        """What is written round the sentence."""
        return [*self.marks.shown, *([self.caption] if self.caption else [])]

    def come_back(self) -> None:
        """Undo `point_at`, and let the arcs go."""
        if self.leaning:
            self.play(self.lean(None, self.round_it, run_time=1.2))
            self.leaning = False
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
        leaving = [m for m in sentence.mobjects() if m not in kept]
        if self.alone is not None:
            leaving += [m for m in self.alone.parts if m not in leaving and m not in kept]
        self.play(change([*leaving, *kept], together(levels(leaving, 0.0), levels(kept, 1.0)), run_time=0.7))
        if self.alone is not None and self.alone.i != i:
            self.put_home()

    def set_aside(self, i: int, box_to: float, column_to: float) -> None:
        """Move token i's box and column to the side, with all that belongs to them."""
        if self.alone is None:
            self.alone = Alone(self.sentence, i)
            if self.alone.unfolds:
                self.play(*self.alone.unfolding(), run_time=0.8)
        self.play(self.alone.moving(box_to, column_to, run_time=1.0))

    def put_home(self) -> None:
        """Put what was set aside back where it belongs, at once."""
        if self.alone is not None:
            self.alone.go_home()
            self.remove(*self.alone.own)
        self.alone = None

    text_at: tuple[list[np.ndarray], list[np.ndarray], float] | None = None
    frame: VGroup | None = None
    leaning = False
    alone: Alone | None = None
