"""Layer by layer: the words look at each other, and each one changes by whom it listened to.

A row of tokens, a vector under each. In every layer arcs show what attention carries into each target, by the source's
part in it (contributions, Kobayashi et al. 2020, https://arxiv.org/abs/2004.10102), lights carry it across, ΔE arrives,
the entries count to their new values, and the ink of each vector mixes by what it has soaked up in all so far (ALTI,
rolled out, Ferrando et al. 2022, https://arxiv.org/abs/2203.04212). Then each vector thinks by itself. At the end, what
one word soaked up, and what it is all for: the next word.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from manim import (
    FadeIn,
    FadeOut,
    Mobject,
    RoundedRectangle,
    VGroup,
    linear,
)

from soakup.scenes import style
from soakup.scenes.all_words import AllWords
from soakup.scenes.alone import ENTRIES
from soakup.scenes.arcs import Lights
from soakup.scenes.errors import SceneError
from soakup.scenes.facts import Fact, facts_of, soaked_most, telling_head
from soakup.scenes.folding import MOST_READ
from soakup.scenes.layer_choice import lingering_layer, passed_over, telling_layers
from soakup.scenes.layer_marks import LayerMarks
from soakup.scenes.layer_words import (
    apart_in_words,
    can_be_said,
    fact_in_words,
    first_guess_in_words,
    guess_in_words,
    lone_source,
    looking_in_words,
    named_beside,
    passed_in_words,
    rest_in_words,
    said_in_the_end,
    spoken,
)
from soakup.scenes.motion import (
    change,
    during,
    levels,
    staggered,
    together,
)
from soakup.scenes.one_word import MOST_HELD
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Reading
from soakup.scenes.scene import Beat, late
from soakup.scenes.sentence import fitting
from soakup.scenes.writing import Writing

BEFORE_AND_AFTER = "all words, before and after"  # the name of the beat whose last frame stands for the film
PASSING = 0.4  # seconds a layer takes that is passed over


class LayerByLayer(Writing, AllWords):
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
        self.followed = self.trace.words[self.find_word(self.word)].tokens[-1] if self.word else soaked_most(reading)
        self.lingers = lingering_layer(reading, self.followed) if self.layer is None else self.layer - 1
        asked = None if self.head is None else self.head - 1
        since = self.lingers if self.layer is None else 0  # what is told first, explains
        self.telling_head = telling_head(reading, self.lingers if self.head or self.layer else None, asked, since)
        last = reading.word_of[reading.tokens[-1]]
        told = [reading.word_of[self.followed], last]
        self.sentence = fitting(reading, told, self.to_be_seen(reading), self.screen, self.style)
        self.reading = reading = self.sentence.reading
        self.tokens = reading.tokens
        self.guesses = [reading.predictions(n, self.tokens[-1], most=1)[0] for n in range(reading.layers + 1)]
        always = {self.lingers} | ({self.telling_head[0]} if self.telling_head else set())
        self.stops = telling_layers(reading, always, self.guesses)
        self.passed = passed_over(reading.layers, self.stops)
        self.facts = facts_of(reading, self.stops, self.lingers, self.followed)
        self.poster_beat = BEFORE_AND_AFTER
        self.marks, self.plates = LayerMarks(self.sentence), self.sentence.plates()
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

    def words_look(self, layer: int) -> None:
        """All arcs of a layer, and the lights that run along them, those of the followed word first."""
        self.coming(*self.marks.count(layer, " · attention"))
        at_rest = rest_in_words(self.reading, layer, self.followed)
        self.say(looking_in_words(self.reading, told=at_rest is not None))
        self.arcs = self.draw_arcs(self.reading.carried(layer), run_time=1.6)
        self.run_lights(self.followed, run_time=2.4)
        if at_rest is not None and self.reading.rest is not None:
            said, share = at_rest
            self.hold()
            self.say(*said)
            self.point_at(self.followed, {(self.reading.rest,): share})

    def attention(self, layer: int) -> None:
        lingers, fact, back = layer == self.lingers, self.facts[layer], list[Mobject]()
        speed = 1.0 if lingers else (0.75 if fact else 0.5)
        self.coming(*self.marks.count(layer, " · attention"))
        if lingers:
            self.say("What “", spoken(self.reading, self.followed), "” takes in is added to its vector")
            back = self.update_followed(layer)
            if len(self.tokens) > 1:
                self.say("All the others do the same, at once")
        else:
            self.hush()
            self.arcs = self.draw_arcs(self.reading.carried(layer), run_time=1.2 * speed)
            self.run_lights(fact.target if fact else self.followed, run_time=1.8 * speed)
        others = [i for i in self.tokens if not (lingers and i == self.followed)]
        stacks = [m for i in others for m in self.sentence.stacks[i].vector]
        if others or back:
            steps = together(during(0, 0.4, levels(back, 1.0)), *self.sentence.attending(layer, others))
            self.play(change([*back, *stacks], steps, run_time=1.5 * speed))
        if others and lingers:
            self.hold()
        self.say(*fact_in_words(self.reading, layer, fact))
        if fact:
            self.point_at(fact.target, self.carried_from(layer, fact.target, fact.sources))
        elif lone := lone_source(self.reading, layer):
            piece, source, share = lone
            self.point_at(piece, {(source,): share})
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
        word, other = self.reading.word(self.reading.word_of[fact.target]), self.reading.word(source)
        self.say("In this one head, “", word, "” gives ", share, " of its attention to ", *named_beside(word, other))
        self.point_at(fact.target, {self.trace.words[source].tokens: share}, of=" of attention")
        self.afterwards(self.come_back)

    def feed_forward(self, layer: int) -> None:
        sentence = self.sentence
        self.coming(*self.marks.count(layer, " · feed-forward"))
        first = layer == self.stops[0]
        if first:
            self.say(apart_in_words(self.reading))
        else:
            self.hush()
        band = RoundedRectangle(width=sentence.panel_width - 0.02, height=0.42, corner_radius=0.1, stroke_width=0)
        band.set_fill(self.style.mlp, opacity=0).set_z_index(-1)
        bands = [band.copy() for _ in self.tokens]
        thinking = [sentence.thinking(layer, band, i) for band, i in zip(bands, self.tokens, strict=True)]
        columns = [sentence.stacks[i].column for i in self.tokens]
        run_time = 1.8 if first else 1.1
        self.play(change([*bands, *columns], staggered(thinking, lag=0.02), rate_func=linear, run_time=run_time))
        self.remove(*bands)
        if not first and can_be_said(self.guesses[layer + 1]):
            if self.guess_said:
                self.say(*guess_in_words(self.reading, layer, self.guess_said))
            else:
                self.say(*first_guess_in_words(self.reading, layer))
            self.show_guess(layer + 1)
        elif not first:
            self.say("Feed-forward again: each vector is worked on alone")
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
        self.say(*first_guess_in_words(self.reading, self.stops[0]))
        self.show_guess(self.stops[0] + 1)

    def show_guess(self, n: int) -> None:
        """The guess after n layers; one that is another than before flashes."""
        before, self.guess_said = self.guess_said, n
        self.play(*self.marks.show_guess(*self.guesses[n]))
        if before and self.guesses[before][0].path != self.guesses[n][0].path:
            self.play(*self.marks.flash_guess())

    # --- moves the beats share ---

    def carried_from(self, layer: int, target: int, words: Iterable[int]) -> dict[Sequence[int], Quantity]:
        """The part of each of some words (their tokens) in what attention carries into a token."""
        return {self.trace.words[w].tokens: self.reading.carried_by_word(layer, target, w) for w in words}

    def run_lights(self, first: int, run_time: float) -> None:
        """Send a light along every arc, those into one token before the others."""
        carrying = {pair: arc for pair, arc in self.arcs.items() if pair[0] != self.reading.rest}
        lights = Lights(carrying.values(), [arc for (_, i), arc in carrying.items() if i == first] or None)
        self.play(change([lights], lights.step, rate_func=linear, run_time=run_time))
        self.remove(lights)

    def point_at(self, target: int, said: Mapping[Sequence[int], Quantity], of: str = "") -> None:
        """Light a token, the sources (of one or more tokens each) whose share (`of` something) is said, and the arcs
        between them; all else dims."""
        sentence = self.sentence
        lit = [sentence.stacks[target].box, *sentence.stacks[target].vector]
        lit += [sentence.rest if j == self.reading.rest else sentence.stacks[j].box for source in said for j in source]
        arcs = {source: [self.arcs[j, target] for j in source if (j, target) in self.arcs] for source in said}
        bright = [arc for some in arcs.values() for arc in some]
        dimmed = [m for m in [*sentence.mobjects(), *self.arcs.values()] if m not in lit and m not in bright]
        thickest = {max(some, key=lambda arc: arc.share): said[source] for source, some in arcs.items() if some}
        self.frame = VGroup(sentence.frame_round(target), sentence.crowns(thickest, self.marks.shown, of))
        steps = [levels([arc], 1 / arc.opacity) for arc in bright]
        if any(self.reading.rest in source for source in said):
            steps.append(self.speaking_of_rest(bright))
            bright.append(sentence.rest)
        self.play(
            change([*dimmed, *bright], together(levels(dimmed, style.DIM), *steps), run_time=0.6),
            FadeIn(self.frame, run_time=0.6),
        )

    def come_back(self) -> None:
        """Undo `point_at`, and let the arcs go."""
        self.hush()
        self.look_away(arcs_at=0.0)
        self.remove(*self.arcs.values())
        self.arcs = {}

    def look_away(self, arcs_at: float = 1.0) -> None:
        """All that `point_at` dimmed is bright again, the arcs at a level of their own opacity."""
        arcs, row = list(self.arcs.values()), self.sentence.mobjects()
        fading = [FadeOut(self.frame, run_time=0.5)] if self.frame else []
        if not arcs_at and self.plates:
            fading.append(FadeOut(*self.plates, run_time=0.5, rate_func=late))
        steps = levels(row, 1.0), levels(arcs, arcs_at), self.quieting_rest()
        self.play(change([*row, *arcs], together(*steps), run_time=0.5), *fading)
        self.frame = None
