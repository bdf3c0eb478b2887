"""What a scene asks of a Trace, answered in quantities: which tokens to show, how to write them, what is worth saying.

Nothing here draws. Layers count from 0, as in paths; `n` counts layers passed.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from soakup.model import derived
from soakup.model.findings import is_content
from soakup.model.trace import Trace
from soakup.scenes.directions import against, from_the_right
from soakup.scenes.folding import Run, fold
from soakup.scenes.quantity import Kind, Quantity

REST_NAME = "REST"  # what the token in front is called: in capitals, since it is no word of the text
WORTH_SAYING = 0.05  # a share below this is not put into a caption


class Reading:
    """A Trace as the scenes read it; `entries` are the indices of a vector's entries that columns show.

    Where `runs` of words stand folded, `tokens` and `words` are those that do not. What is shown by source has the sum
    of all that a run hides: in place of their words the run stands as a source of its own, numbered after the last
    word, in place of their tokens its first.
    """

    def __init__(self, trace: Trace, entries: int, runs: Sequence[Run] = ()) -> None:
        self.trace, self.runs = trace, {run.first: run for run in runs}
        self.layers = trace.model.layers
        self.hidden = hidden = {i for run in runs for i in run.tokens}
        self.tokens = [i for i, token in enumerate(trace.tokens) if not token.special and i not in hidden]
        self.rest = next((i for i, token in enumerate(trace.tokens) if token.special), None)
        self.word_of = {i: w for w, word in enumerate(trace.words) for i in word.tokens}
        self.words = [w for w, word in enumerate(trace.words) if word.tokens[0] not in hidden]
        self.run_sources = dict(enumerate(runs, len(trace.words)))
        self.rest_word = None if self.rest is None else self.word_of[self.rest]
        self.show_entries(entries)

    def held_by(self, words: Sequence[int]) -> np.ndarray:
        """(W,): how much of some words, as their last tokens stand in the end, comes from each word."""
        held: np.ndarray = np.sum([self.ink_shares(self.layers, self.trace.words[w].tokens[-1]) for w in words], axis=0)
        return held

    def folding(self, matter: np.ndarray, kept: set[int], most: int) -> "Reading | None":
        """The same with so many pieces side by side at most, those words folded that matter least (W,), but none that
        is `kept`; None where too many are."""
        text = [w for w, word in enumerate(self.trace.words) if w != self.rest_word]
        pieces = [len(self.trace.words[w].tokens) for w in text]
        runs = fold(pieces, [float(matter[w]) for w in text], {text.index(w) for w in kept}, most)
        if runs is None:
            return None
        ends = [(self.trace.words[text[run[0]]].tokens[0], self.trace.words[text[run[-1]]].tokens[-1]) for run in runs]
        return Reading(self.trace, len(self.entries), [Run(*end) for end in ends])

    def show_entries(self, count: int) -> None:
        """Let columns show so many entries: the first ones, and the last."""
        width = self.trace.model.width
        self.entries = [*range(min(count, width) - 1), width - 1]

    @cached_property
    def stream(self) -> np.ndarray:
        """(2L+1, T, d): the residual stream at the start, and after every attention and feed-forward block."""
        steps = [derived.stream(self.trace, 0)]
        for layer in range(self.layers):
            steps += [derived.middle(self.trace, layer), derived.stream(self.trace, layer + 1)]
        return np.stack(steps)

    @property
    def shown_values(self) -> np.ndarray:
        """(2L+1, T, entries): all entries that columns show in the whole scene."""
        return self.stream[:, self.tokens][:, :, self.entries]

    @cached_property
    def entry_format(self) -> str:
        """Sign, and as many decimals as give the scene's typical entry two significant figures; one at least where
        the vectors start small."""
        sizes = np.median(np.abs(self.stream[:, self.tokens]), axis=(1, 2))
        typical = float(np.median(sizes))
        decimals = 1 - int(np.floor(np.log10(typical))) if typical > 0 else 1
        return f"+.{min(max(decimals, 1 if sizes[0] < 5 else 0), 3)}f"

    @cached_property
    def entry_scale(self) -> float:
        """The magnitude at which an entry is drawn brightest: nineteen of twenty of the scene's are smaller."""
        return float(np.percentile(np.abs(self.stream[:, self.tokens]), 95))

    def goes_on(self, i: int) -> bool:
        """Whether token i is a further piece of the word that the token before it belongs to."""
        return i > 0 and self.word_of[i] == self.word_of.get(i - 1)

    @cached_property
    def boxes(self) -> list[tuple[int, ...]]:
        """The tokens, those that are pieces of one character (bytes) together, since it can only be drawn whole."""
        groups: list[list[int]] = []
        for i in self.tokens:
            token = self.trace.tokens[i]
            if groups and token.start < self.trace.tokens[groups[-1][-1]].end:
                groups[-1].append(i)
            else:
                groups.append([i])
        return [tuple(group) for group in groups]

    @cached_property
    def in_the_row(self) -> list[tuple[int, ...]]:
        """The boxes and, in their places between them, the runs that stand folded: the tokens of each."""
        return sorted([*self.boxes, *[tuple(run.tokens) for run in self.runs.values()]])

    @cached_property
    def asking(self) -> list[int]:
        """The tokens that have a column in an attention grid, the rest token among them."""
        return sorted([*([] if self.rest is None else [self.rest]), *self.tokens])

    @cached_property
    def answering(self) -> list[int]:
        """What has a row there: the same, and every run in its place, by its first token."""
        return sorted([*self.asking, *self.runs])

    def label(self, group: tuple[int, ...]) -> list[str | Quantity]:
        """What is written in one of these: its text, or how many pieces stand folded in it."""
        return (
            ["…", self.folded_count(self.runs[group[0]]), " more…"] if group[0] in self.runs else [self.token(*group)]
        )

    def box_with(self, i: int) -> tuple[int, ...]:
        """The tokens that share a box with token i, itself among them."""
        return next(group for group in self.boxes if i in group)

    def spaced(self, i: int) -> bool:
        """Whether there is a space before token i."""
        return self.trace.tokens[i].text[:1].isspace()

    @property
    def from_the_right(self) -> bool:
        """Whether the text runs from the right to the left, as its first letter does."""
        return from_the_right(self.trace.text)

    def against(self, groups: Sequence[tuple[int, ...]]) -> list[bool]:
        """Which of some boxes and runs, in their order, run against the text, as Latin does in a Hebrew one."""
        pieces = ["" if group[0] in self.runs else self.token(*group).text for group in groups]
        return against(pieces, self.from_the_right)

    # --- quantities ---

    def token(self, *group: int) -> Quantity:
        """The text of a token, or of several that are pieces of one character."""
        start, end = self.trace.tokens[group[0]].start, self.trace.tokens[group[-1]].end
        return Quantity("text", f"text[{start}:{end}]", self.trace.text[start:end], "s", shown="token")

    def word(self, w: int) -> Quantity | str:
        """A word of the input as it stands there; for the BOS token, the name it has on the screen."""
        tokens = self.trace.words[w].tokens
        if self.rest in tokens:
            return REST_NAME
        start, end = self.trace.tokens[tokens[0]].start, self.trace.tokens[tokens[-1]].end
        return Quantity("text", f"text[{start}:{end}]", self.trace.text[start:end], "s", shown="word")

    def count(self, path: str) -> Quantity:
        return Quantity("count", path, self.trace.value(path), ",d")

    def vector(self, path: str, values: np.ndarray, i: int, entries: Sequence[int] | None = None) -> list[Quantity]:
        """The shown entries of token i's vector, or others; `path` is that of its array (T, d)."""
        kind: Kind = "derived" if "(" in path else "element"
        shown = self.entries if entries is None else entries
        return [Quantity(kind, f"{path}[{i},{k}]", float(values[i, k]), self.entry_format) for k in shown]

    def vector_after(self, n: int, i: int, entries: Sequence[int] | None = None) -> list[Quantity]:
        """Entries of the stream after n layers."""
        path = f"layers.{n - 1}.residual" if n else "embedding"
        return self.vector(path, derived.stream(self.trace, n), i, entries)

    def vector_within(self, layer: int, i: int) -> list[Quantity]:
        """Entries of the stream between a layer's attention and its feed-forward block."""
        return self.vector(f"middle({layer})", derived.middle(self.trace, layer), i)

    def extremes(self) -> list[Quantity]:
        """The lowest and the highest of all entries that are shown in the whole scene."""
        values = self.shown_values
        found = []
        for extreme in (values.argmin(), values.argmax()):
            step, i, k = np.unravel_index(int(extreme), values.shape)
            layer, half = divmod(int(step) - 1, 2)
            path = "embedding" if not step else f"layers.{layer}.residual" if half else f"middle({layer})"
            token, entry = self.tokens[i], self.entries[k]
            kind: Kind = "derived" if "(" in path else "element"
            found.append(Quantity(kind, f"{path}[{token},{entry}]", float(values[step, i, k]), self.entry_format))
        return found

    def attention_update(self, layer: int, i: int) -> list[Quantity]:
        return self.vector(f"layers.{layer}.attention_update", self.trace.layers[layer].attention_update, i)

    def ink_shares(self, n: int, i: int) -> np.ndarray:
        """(W,): how much of token i's vector comes from each word after n layers."""
        return derived.word_ink(self.trace, n)[i]

    def ink(self, n: int, i: int, w: int) -> Quantity:
        value = float(self.ink_shares(n, i)[w])
        return Quantity("derived", f"word_ink({n})[{i},{w}]", value, "percent", shown="ink")

    def inks(self, n: int, i: int) -> dict[int, Quantity]:
        """The same for every source: the words, and the runs that stand folded."""
        words = {w: self.ink(n, i, w) for w in self.words}
        return words | {source: self.ink_within(n, i, run) for source, run in self.run_sources.items()}

    def ink_within(self, n: int, i: int, run: Run) -> Quantity:
        """How much of token i's vector comes from all of a run after n layers."""
        value = float(derived.ink_within(self.trace, n, run.first, run.last)[i])
        return Quantity("derived", f"ink_within({n},{run.first},{run.last})[{i}]", value, "percent", shown="ink")

    def soaked_up(self) -> dict[tuple[int, int], Quantity]:
        """How much of each earlier word or run every token holds in the end, by (its last token, target)."""
        last = {w: self.trace.words[w].tokens[-1] for w in self.words}
        last |= {source: run.first for source, run in self.run_sources.items()}
        return {
            (last[source], i): quantity
            for i in self.tokens
            for source, quantity in self.inks(self.layers, i).items()
            if last[source] < i and source != self.word_of[i]
        }

    def folded_count(self, run: Run) -> Quantity:
        """How many pieces of text a run has."""
        return Quantity("derived", f"tokens_within({run.first},{run.last})[0]", len(run.tokens), ",d")

    def carried(self, layer: int) -> dict[tuple[int, int], Quantity]:
        """The part of each earlier source in what attention carries into a target, by (source, target)."""
        share = derived.update_share(self.trace, layer)
        shares = {
            (j, i): Quantity("derived", f"update_share({layer})[{i},{j}]", float(share[i, j]), "", shown="arc")
            for i in self.tokens
            for j in range(i)
            if j not in self.hidden
        }
        for run, i in self._runs_before():
            path = f"update_share_within({layer},{run.first},{run.last})"
            value = float(derived.update_share_within(self.trace, layer, run.first, run.last)[i])
            shares[run.first, i] = Quantity("derived", f"{path}[{i}]", value, "", shown="arc")
        return shares

    def _runs_before(self) -> list[tuple[Run, int]]:
        """Every run, with every token after it."""
        return [(run, i) for run in self.runs.values() for i in self.tokens if i > run.last]

    def carried_by_word(self, layer: int, i: int, w: int) -> Quantity:
        """The part of a word in what attention carries into token i."""
        value = float(derived.word_update_share(self.trace, layer)[i, w])
        return Quantity("derived", f"word_update_share({layer})[{i},{w}]", value, "percent", shown="arc")

    def attention(self, layer: int, head: int) -> dict[tuple[int, int], Quantity]:
        """The weight each target gives to each earlier source in one head, by (source, target)."""
        pattern = self.trace.layers[layer].pattern[head]
        weights = {
            (j, i): Quantity(
                "element", f"layers.{layer}.pattern[{head},{i},{j}]", float(pattern[i, j]), "", shown="arc"
            )
            for i in self.tokens
            for j in range(i)
            if j not in self.hidden
        }
        for run, i in self._runs_before():
            path = f"attention_within({layer},{run.first},{run.last})"
            value = float(derived.attention_within(self.trace, layer, run.first, run.last)[head, i])
            weights[run.first, i] = Quantity("derived", f"{path}[{head},{i}]", value, "", shown="arc")
        return weights

    def word_attention(self, layer: int, head: int, i: int, w: int) -> Quantity:
        """The share of its attention that token i gives to a word, in one head."""
        value = float(derived.word_attention(self.trace, layer)[head, i, w])
        return Quantity("derived", f"word_attention({layer})[{head},{i},{w}]", value, "percent", shown="attention")

    def beyond(self, n: int, i: int, most: int) -> Quantity:
        """What token i holds, after n layers, of all words but the `most` it holds most of."""
        value = float(derived.ink_beyond(self.trace, n, most)[i])
        return Quantity("derived", f"ink_beyond({n},{most})[{i}]", value, "percent", shown="ink")

    def turned(self, i: int) -> Quantity:
        """By how many degrees token i's vector has turned from first to last."""
        value = float(derived.angle(self.trace, 0, self.layers)[i])
        return Quantity("derived", f"angle(0,{self.layers})[{i}]", value, ".0f")

    def predictions(self, n: int, i: int, most: int) -> list[tuple[Quantity, Quantity]]:
        """The likeliest next tokens were the stream read after n layers: text and probability, likeliest first."""
        probability = derived.probability(self.trace, n)[i]
        best = np.argsort(-probability, kind="stable")[:most]
        return [
            (
                Quantity("text", f"vocabulary[{v}]", self.trace.value(f"vocabulary[{v}]"), "s", shown="word"),
                Quantity("derived", f"probability({n})[{i},{v}]", float(probability[v]), "percent"),
            )
            for v in map(int, best)
        ]

    def unlikelier(self, n: int, i: int, most: int) -> Quantity:
        """The probability of all next tokens but the `most` likeliest ones, were the stream read after n layers."""
        value = float(derived.probability_beyond(self.trace, n, most)[i])
        return Quantity("derived", f"probability_beyond({n},{most})[{i}]", value, "percent")

    # --- what is worth showing ---

    def others(self, i: int) -> list[int]:
        """The words a token can soak up: all but its own and the rest."""
        return [w for w in self.words if w not in (self.word_of[i], self.rest_word)]

    def ends(self, tokens: Sequence[int]) -> list[int]:
        """Those of some tokens that end a word."""
        return [i for i in tokens if i == self.trace.words[self.word_of[i]].tokens[-1]]

    def content(self, tokens: Sequence[int]) -> list[int]:
        """Those of some tokens that end a word worth speaking of."""
        return [i for i in self.ends(tokens) if is_content(self.trace.words[self.word_of[i]])]

    def telling(self, tokens: Sequence[int]) -> list[int]:
        """The same; all of them where none does."""
        return self.content(tokens) or self.ends(tokens) or list(tokens)

    def largest(self, n: int, i: int, most: int, least: float = WORTH_SAYING) -> list[int]:
        """The words a token holds most of after n layers, its own among them, largest first."""
        shares = self.ink_shares(n, i)
        return [int(w) for w in np.argsort(-shares, kind="stable") if shares[w] >= least and w in self.words][:most]
