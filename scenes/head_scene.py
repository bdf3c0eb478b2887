"""What scenes of one head share: which head it is, whom a word looks at in it, and how that is said."""

from manim import FadeIn, ManimColor, VGroup

from soakup.model import derived
from soakup.scenes import style
from soakup.scenes.errors import SceneError
from soakup.scenes.one_head import OneHead, telling_look
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Reading
from soakup.scenes.running_text import running_text
from soakup.scenes.scene import TraceScene
from soakup.scenes.words import Words, line_width

MOST_TOKENS = 24
ENTRIES = 6  # rows of a column: the first five and the last


class HeadScene(TraceScene):
    """A scene of one head of one layer: `layer`, `head` and `word` are chosen by findings where they are not given."""

    written: dict[tuple[int, ...], Words] | None = None  # the words of the sentence, once it has been written

    def choose_head(self, name: str) -> None:
        """Choose what to show: `look`, `head_shown`, and token `i`, which looks at the tokens `looked_at`, most at `j`.

        Raises SceneError where the scene, called `name`, cannot tell it truthfully.
        """
        self.reading = reading = Reading(self.trace, ENTRIES)
        if len(reading.tokens) > MOST_TOKENS:
            raise SceneError(
                f"the text has {len(reading.tokens)} tokens and {name} shows at most {MOST_TOKENS}: shorten it"
            )
        if len(reading.tokens) + (reading.rest is not None) < len(self.trace.tokens):
            raise SceneError(
                f"{name} knows one special token, in front of the text, and {self.trace.model.name} adds others"
            )
        target = self.trace.words[self.find_word(self.word)].tokens[-1] if self.word else None
        layer, head = (None if n is None else n - 1 for n in (self.layer, self.head))
        self.look = look = telling_look(reading, layer, head, target)
        self.head_shown = shown = OneHead(reading, look.layer, look.head)
        self.i = look.target
        self.source = self.looks_at_itself() if look.source is None else look.source
        self.looked_at = [j for j in self.trace.words[self.source].tokens if j in shown.seen(self.i)]
        self.j = max(self.looked_at, key=lambda j: shown.pattern[self.i, j])
        self.inks = style.inks(len(reading.words), reading.rest_word, self.style)

    def looks_at_itself(self) -> int:
        """The word the followed one gives its attention to where that is no other: its own, or the rest."""
        own, rest = self.reading.word_of[self.i], self.reading.rest_word
        weights = derived.word_attention(self.trace, self.look.layer)[self.look.head, self.i]
        return own if rest is None or self.is_first or weights[own] >= weights[rest] else rest

    @property
    def is_first(self) -> bool:
        """Whether no word stands before the followed one."""
        own = self.reading.word_of[self.i]
        return not any(w < own for w in self.reading.others(self.i))

    def ink(self, i: int) -> ManimColor:
        """The ink of token i's word."""
        return style.to_color(self.inks[self.reading.word_of[i]])

    def write_sentence(self, size: float = style.ENTRY) -> None:
        """The sentence as it is read, in the middle, in letters of this size or larger."""
        reading = self.reading
        points, larger = running_text(
            [line_width(reading.token(*group).text, size) for group in reading.boxes],
            [0.3 * size / 48 if reading.spaced(g[0]) and not reading.goes_on(g[0]) else 0.0 for g in reading.boxes],
            self.screen.room,
            0.4,
            style.STATEMENT / size,
            reading.from_the_right,
        )
        self.written = {}
        for group, point in zip(reading.boxes, points, strict=True):
            token = reading.token(*group)
            color = self.style.text if str(token.value).strip() else self.style.quiet
            self.written[group] = Words.of([token], size * larger, color).centre(*point)
        self.add(*self.written.values())
        self.wait(1.2 * self.pace)

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

    def name(self, i: int) -> Quantity | str:
        """The word a token belongs to; the token itself, where both that are spoken of are pieces of one word."""
        one_word = self.reading.word_of[self.i] == self.reading.word_of[self.j] and self.i != self.j
        return self.reading.token(i) if one_word else self.reading.word(self.reading.word_of[i])

    def look_in_words(self) -> list[str | Quantity]:
        """How much of its attention the followed word gives to the one it looks at."""
        look, reading = self.look, self.reading
        word, other = reading.word(reading.word_of[self.i]), reading.word(self.source)
        share = reading.word_attention(look.layer, look.head, self.i, self.source)
        if look.source is None and self.source == reading.rest_word:
            return ["In this head “", word, "” looks at no word: ", share, " of its attention goes to the rest"]
        if look.source is None:
            said = "” has no other word to look at: " if self.is_first else "” looks at no other word: "
            return ["“" if self.is_first else "In this head “", word, said, share, " stays with itself"]
        same = self.trace.words[look.source].text == self.trace.words[reading.word_of[self.i]].text
        to = " of its attention to another “" if same else " of its attention to “"
        return ["In this head “", word, "” gives ", share, to, other, "”"]
