"""What scenes of one head share: which head it is, whom a word looks at in it, and how that is said; and what stands
folded of a long text."""

from collections.abc import Callable
from functools import cached_property

from manim import FadeIn, ManimColor, VGroup

from soakup.model import derived
from soakup.scenes import style
from soakup.scenes.errors import SceneError
from soakup.scenes.folding import MOST_READ, MOST_SHOWN, too_many
from soakup.scenes.ink import InkBar, inks_of, order_of_inks
from soakup.scenes.long_text import bring, fold_away
from soakup.scenes.one_head import OneHead, telling_look
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Reading
from soakup.scenes.running_text import running_words, set_in_lines
from soakup.scenes.scene import TraceScene
from soakup.scenes.shaping import shaped_words, take_apart
from soakup.scenes.token_columns import token_columns
from soakup.scenes.tokens import TokenBox
from soakup.scenes.words import Words, listed, written

ENTRIES = 6  # rows of a column
# Of a long text: how many pieces and blocks are left, by whether the frame is narrow, and how many of those pieces are
# there that the followed word looks at most; the first that can be. And how many blocks there are, if that can be.
FOLDED_TO = {False: (11, 14, 17, 20, 24), True: (10, 14, 20, 24)}
STRONGEST = (6, 5, 4, 3, 2, 1)
MOST_RUNS = 3


class HeadScene(TraceScene):
    """A scene of one head of one layer: `layer`, `head` and `word` are chosen by findings where they are not given."""

    unfolded: Reading  # of the text
    reading: Reading  # the same; of a long text, with some of it folded
    written: dict[tuple[int, ...], Words] | None = None  # the words of the sentence, once it has been written
    shaped: list[Words] | None = None

    def choose_head(self, name: str) -> None:
        """Choose what to show: `look`, `head_shown`, and token `i`, which looks at the tokens `looked_at`, most at `j`.

        Raises SceneError where the scene, called `name`, cannot tell it truthfully.
        """
        self.unfolded = self.reading = reading = Reading(self.trace, self.rows_of_columns)
        if len(reading.tokens) > MOST_READ:
            raise SceneError(
                f"the text has {len(reading.tokens)} tokens and {name} tells at most {MOST_READ}: shorten it"
            )
        if len(reading.tokens) + (reading.rest is not None) < len(self.trace.tokens):
            raise SceneError(
                f"{name} knows one special token, in front of the text, and {self.trace.model.name} adds others"
            )
        target = self.trace.words[self.find_word(self.word)].tokens[-1] if self.word else None
        layer, head = (None if n is None else n - 1 for n in (self.layer, self.head))
        self.look = look = telling_look(reading, layer, head, target)
        self.i = look.target
        self.source = self.looks_at_itself() if look.source is None else look.source
        if len(reading.tokens) > MOST_SHOWN:
            self.reading = reading = self.folded()
        self.head_shown = shown = OneHead(reading, look.layer, look.head)
        self.looked_at = [j for j in self.trace.words[self.source].tokens if j in shown.seen(self.i)]
        self.j = max(self.looked_at, key=lambda j: shown.pattern[self.i, j])
        self.inks = inks_of(reading, self.style)

    @property
    def rows_of_columns(self) -> int:
        """How many entries a column shows: the first ones and the last."""
        return ENTRIES

    def folded(self) -> Reading:
        """The text with those words folded from which the head carries least, into the followed word above all, and
        into the others. Never folded are the words that are spoken of, those the followed one looks at most, and the
        last.

        Raises SceneError where too many are left.
        """
        whole, trace, (layer, head) = self.unfolded, self.trace, (self.look.layer, self.look.head)
        share = (derived.word_head_share if trace.has_weights else derived.word_attention)(trace, layer)[head]  # (T, W)
        looked_at = derived.by_attention(trace.layers[layer].pattern[head, self.i], self.i)
        spoken_of = {self.source, *(whole.word_of[i] for i in (self.i, whole.tokens[-1]))}
        tried = [(most, count) for most in FOLDED_TO[self.screen.narrow] for count in STRONGEST]
        found = []
        for most, count in tried:
            kept = spoken_of | {whole.word_of[j] for j in looked_at[:count]}
            reading = whole.folding(share[self.i] + share.mean(axis=0), kept - {whole.rest_word}, most)
            if reading is not None and len(reading.runs) <= MOST_RUNS:
                return reading
            found += [] if reading is None else [reading]
        if not found:
            raise too_many(len(whole.tokens))
        return found[0]

    def looks_at_itself(self) -> int:
        """The word the followed one gives its attention to where that is no other: its own, or the rest."""
        own, rest = self.reading.word_of[self.i], self.reading.rest_word
        weights = derived.word_attention(self.trace, self.look.layer)[self.look.head, self.i]
        return own if rest is None or self.is_first or weights[own] >= weights[rest] else rest

    @property
    def is_first(self) -> bool:
        """Whether no word stands before the followed one."""
        own = self.reading.word_of[self.i]
        return not any(w < own for w in self.unfolded.others(self.i))

    def ink(self, i: int) -> ManimColor:
        """The ink of token i's word."""
        return style.to_color(self.inks[self.reading.word_of[i]])

    @property
    def mixes(self) -> bool:
        """Whether it is known of whom a word is a mixture: the model is here, and no word looks ahead."""
        return self.trace.has_weights and not self.head_shown.looks_ahead

    def ink_bar(self, i: int) -> InkBar:
        """Of whom token i is a mixture as it enters the layer."""
        layer, reading = self.look.layer, self.reading
        order = order_of_inks(reading, layer + 1, i)
        return InkBar(reading.inks(layer, i), order, self.inks, self.style.others)

    def mixing(self, i: int, bar: InkBar) -> Callable[[float], None]:
        """A step in which a bar comes to what token i is a mixture of once the layer's attention has been added."""
        return bar.moving(self.reading.inks(self.look.layer + 1, i))

    # --- beats ---

    def a_long_text(self, size: float = style.ENTRY) -> None:
        """The text as it is read, and what of it stands folded from now on."""
        self.say(*self.folded_in_words())
        if self.whole_text is None:
            self.write_sentence(size)
        else:
            self.written = self.as_running_text(size)
            fold_away(self, self.whole_text, self.written)

    @cached_property
    def whole_text(self) -> dict[tuple[int, ...], Words] | None:
        """A long text as it is read; None where it is too long to be read at once."""
        return running_words(self.unfolded, self.screen, self.style)

    # --- moves the beats share ---

    def write_sentence(self, size: float = style.ENTRY) -> None:
        """The sentence as it is read, in the middle, in letters of this size or larger; once."""
        if self.written is None:
            self.written, whole = self.as_running_text(size), self.as_words(size)
            if not whole or whole[0] not in self.mobjects:
                bring(self, whole or list(self.written.values()))
                self.wait(1.2 * self.pace)
            if whole:
                take_apart(self, whole, list(self.written.values()))

    def as_words(self, size: float) -> list[Words]:
        """The sentence's words, where they are not as their pieces look; the same ones every time."""
        if self.shaped is None:
            self.shaped = shaped_words(self.reading, size, self.screen.room, 0.4, self.style)
        return self.shaped

    def as_running_text(self, size: float) -> dict[tuple[int, ...], Words]:
        """The boxes' texts, and what is written in place of what stands folded, where they stand as a sentence."""
        reading = self.reading
        groups = reading.in_the_row
        parts = [(group, reading.label(group), self.has_gap_before(group[0])) for group in groups]
        return dict(zip(groups, set_in_lines(reading, parts, size, self.screen.room, 0.4, self.style), strict=True))

    def has_gap_before(self, i: int) -> bool:
        """Whether there is a space before token i, or the run of which it is the first, when it is written as text."""
        beside_a_run = i in self.reading.runs or i - 1 in self.reading.hidden
        return beside_a_run or (self.reading.spaced(i) and not self.reading.goes_on(i))

    def count_head(self) -> None:
        """Let the next play say at the top left which layer and head this is."""
        count, look, theme = self.reading.count, self.look, self.style
        x, y = self.screen.left, self.screen.top - 0.3
        lines = [["Layer ", count(f"layer[{look.layer}]"), " of ", count("count.layers")]]
        lines.append(["head ", count(f"head[{look.head}]"), " of ", count("count.heads")])
        self.counter = VGroup(
            *[Words.of(line, 28, theme.text).stand(x, y - 0.38 * k, side=-1) for k, line in enumerate(lines)]
        )
        self.coming(FadeIn(self.counter, run_time=0.6))

    def followed_box(self, top: float) -> TokenBox:
        """The followed word alone in its box, in the middle of the frame, its top at a height."""
        (box,) = token_columns(self.reading, (self.i,), [0.0], 0.0, self.screen.room, [self.ink(self.i)], self.style)
        return box.move_to((0, top - box.height / 2, 0))

    def name(self, i: int) -> Quantity | str:
        """What has token i's vector: a word, or a piece of one, in the box in which it stands."""
        word = self.reading.word(self.reading.word_of[i])
        return word if isinstance(word, str) else self.reading.token(*self.reading.box_with(i))

    def other(self, j: int) -> list[str | Quantity]:
        """The same of token j, told from the followed one where both are alike."""
        name = self.name(j)
        alike = written([name]) == written([self.name(self.i)])
        apart = not any({self.i, j} <= {*group} for group in self.reading.boxes)
        return ["another “" if alike and apart else "“", name, "”"]

    def folded_in_words(self) -> list[str | Quantity]:
        """How much of a long text stands folded, and how much of its attention the followed word gives to that."""
        reading, runs = self.reading, list(self.reading.runs.values())
        how_many = [*listed([reading.folded_count(run) for run in runs]), " of these ", reading.count("count.tokens")]
        word = reading.word(reading.word_of[self.i])
        if not self.head_shown.looks_ahead and all(run.first > self.i for run in runs):
            return [*how_many, " pieces stand folded: “", word, "” comes before them and cannot look ahead"]
        shares = [self.head_shown.weight(self.i, run.first, "percent", "attention") for run in runs]
        gives = [" pieces stand folded: in this head “", word, "” gives them ", *listed(shares), " of its attention"]
        return [*how_many, *gives]

    def whose(self, i: int) -> list[str | Quantity]:
        """Whose vector token i's is: a word's, or that of one of a word's pieces."""
        word, piece = self.reading.word(self.reading.word_of[i]), self.reading.token(*self.reading.box_with(i))
        if isinstance(word, str) or word.text == piece.text:
            return ["“", word, "”"]
        return ["“", piece, "” of “", word, "”"]

    def look_in_words(self) -> list[str | Quantity]:
        """How much of its attention the followed word gives to the one it looks at."""
        look, reading = self.look, self.reading
        word, other = reading.word(reading.word_of[self.i]), reading.word(self.source)
        share = reading.word_attention(look.layer, look.head, self.i, self.source)
        if look.source is None and self.source == reading.rest_word:
            return ["In this head “", word, "” looks at no word: ", share, " of its attention goes to ", other]
        if look.source is None:
            said = "” has no other word to look at: " if self.is_first else "” looks at no other word: "
            return ["“" if self.is_first else "In this head “", word, said, share, " stays with itself"]
        same = self.trace.words[look.source].text == self.trace.words[reading.word_of[self.i]].text
        to = " of its attention to another “" if same else " of its attention to “"
        return ["In this head “", self.name(self.i), "” gives ", share, to, other, "”"]
