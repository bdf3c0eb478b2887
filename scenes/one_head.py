"""One head: which to show by itself, whom a word looks at in it, and its numbers as quantities."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from soakup.model import derived
from soakup.model.findings import PREVIOUS_TOKEN, findings, is_content
from soakup.scenes.quantity import Kind, Quantity, format_for, format_number
from soakup.scenes.reading import Reading

LITTLE = 0.05  # attention to another word below which a head does not look at it
RAISED = "+.3f"  # a score to which e is raised: with fewer digits, a viewer who does it again finds something else
LARGEST_POWER = 9.0  # scores above this are raised less the largest, so that no power is too long to be read


MADE_BY = {"W_Q": "projected_queries", "W_K": "projected_keys", "W_V": "values"}  # as the Trace names it


@dataclass(frozen=True)
class Look:
    """In a head of a layer, the token `target` gives most attention to the word `source`: another word than its own,
    or None where there is no other to look at, or it hardly looks at any."""

    layer: int
    head: int
    target: int
    source: int | None


def telling_look(reading: Reading, layer: int | None, head: int | None, target: int | None) -> Look:
    """The most telling look there is among the layers, heads and targets asked for (None: any).

    Of the findings the strongest; where none fits, the word that gives most attention to another, content words and
    heads that do more than look one token back being preferred; where there is only one word, the head in which it
    gives most to itself.
    """
    trace = reading.trace
    found = [
        f
        for f in findings(trace)
        if f.kind == "attention" and layer in (None, f.layer) and head in (None, f.head) and target in (None, f.target)
    ]
    if found:
        best = max(found, key=lambda f: f.value)
        assert best.layer is not None and best.head is not None  # as every finding of this kind has
        return Look(best.layer, best.head, best.target, reading.word_of[best.source])
    layers = range(reading.layers) if layer is None else [layer]
    heads = range(trace.model.heads) if head is None else [head]
    targets = reading.telling(reading.tokens) if target is None else [target]
    looks = [
        (_worth(reading, l, h, i, w), float(derived.word_attention(trace, l)[h, i, w]), l, h, i, w)
        for l in layers
        for h in heads
        for i in targets
        for w in reading.others(i)
        if w < reading.word_of[i]
    ]
    if looks:
        _, share, l, h, i, w = max((look for look in looks if look[1] >= LITTLE), default=max(looks))
        return Look(l, h, i, w if share >= LITTLE else None)
    own = {(l, h): float(trace.layers[l].pattern[h, targets[-1], targets[-1]]) for l in layers for h in heads}
    l, h = max(own, key=lambda pair: own[pair])
    return Look(l, h, targets[-1], None)


def _worth(reading: Reading, layer: int, head: int, target: int, source: int) -> tuple[bool, bool]:
    """Whether the source is a content word, and whether the head does more than look at the token before."""
    looks_back = float(np.asarray(derived.previous_share(reading.trace, layer))[head]) >= PREVIOUS_TOKEN
    return is_content(reading.trace.words[source]), not looks_back


class OneHead:
    """The numbers of head `head` of layer `layer` (both from 0): i is the token that asks, j the one it looks at, or
    the first one of a run that stands folded, which has weights and powers only: the sums of all that it hides."""

    def __init__(self, reading: Reading, layer: int, head: int) -> None:
        self.reading, self.layer, self.head = reading, layer, head
        trace, record = reading.trace, reading.trace.layers[layer]
        self.dots, self.scores = derived.dot_product(trace, layer)[head], record.scores[head]
        self.pattern, self.scale = record.pattern[head], float(record.score_scale)
        seen = np.abs(self.scores)
        self.score_format = "+.1f" if np.median(seen) >= 0.5 or seen.max() >= 10 else "+.2f"
        raised = np.where(self.pattern > 0, self.scores, -np.inf).max()
        self.below_largest = int(raised > LARGEST_POWER)

    @cached_property
    def looks_ahead(self) -> bool:
        """Whether any word gives attention to a later one: a model without a mask."""
        return bool(np.triu(self.pattern, 1).any())

    def seen(self, i: int) -> list[int]:
        """The tokens that token i may look at, and the runs."""
        return [j for j in self.reading.answering if self.looks_ahead or j <= i]

    def of_the_shown(self, array: np.ndarray) -> np.ndarray:
        """Of an array (T, T) what belongs to tokens that do not stand folded."""
        return array[np.ix_(self.reading.asking, self.reading.asking)]

    @property
    def is_softmax_of_dot_products(self) -> bool:
        """Whether the scores are q·k times the scale and the weights their softmax, and nothing is added or capped."""
        T = len(self.pattern)
        allowed = np.ones((T, T), bool) if self.looks_ahead else np.tril(np.ones((T, T), bool))
        scores = np.where(allowed, self.scores, -np.inf).astype(np.float64)
        raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights = raised / raised.sum(axis=-1, keepdims=True)
        same = np.allclose(self.dots * self.scale, self.scores, rtol=1e-3, atol=1e-3)
        return bool(same and np.allclose(weights, self.pattern, atol=1e-4))

    @property
    def turns(self) -> bool:
        """Whether queries and keys are turned by their positions before they meet: changed, but not in length."""
        record = self.reading.trace.layers[self.layer]
        before, after = record.projected_queries[self.head], record.queries[self.head]
        kept = np.allclose(np.linalg.norm(before, axis=-1), np.linalg.norm(after, axis=-1), rtol=1e-3)
        return kept and not np.allclose(before, after)

    @property
    def changes(self) -> bool:
        """Whether queries or keys are not what their matrices make when they meet."""
        record, h = self.reading.trace.layers[self.layer], self.head
        same = [
            np.allclose(record.projected_queries[h], record.queries[h], rtol=1e-3, atol=1e-4),
            np.allclose(record.projected_keys[h], record.keys[h], rtol=1e-3, atol=1e-4),
        ]
        return not all(same)

    def widest(self, array: np.ndarray, format: str) -> str:
        """The widest of the array's numbers as written."""
        return max((format_number(v, format) for v in array.ravel()), key=len)

    def dot_product(self, i: int, j: int) -> Quantity:
        path = f"dot_product({self.layer})[{self.head},{i},{j}]"
        return Quantity("derived", path, float(self.dots[i, j]), self.score_format)

    def products(self, i: int, j: int) -> np.ndarray:
        """(k,): what each entry adds to the dot product of query i and key j."""
        record = self.reading.trace.layers[self.layer]
        products: np.ndarray = record.queries[self.head, i] * record.keys[self.head, j]
        return products

    def score(self, i: int, j: int, format: str = "") -> Quantity:
        path = f"layers.{self.layer}.scores[{self.head},{i},{j}]"
        return Quantity("element", path, float(self.scores[i, j]), format or self.score_format)

    def weight(self, i: int, j: int, format: str = ".2f", shown: str = "digits") -> Quantity:
        if run := self.reading.runs.get(j):
            path = f"attention_within({self.layer},{run.first},{run.last})[{self.head},{i}]"
            return Quantity("derived", path, float(self.reading.trace.value(path)), format, shown)
        path = f"layers.{self.layer}.pattern[{self.head},{i},{j}]"
        return Quantity("element", path, float(self.pattern[i, j]), format, shown)

    def exponential(self, i: int, j: int) -> Quantity:
        if run := self.reading.runs.get(j):
            path = f"exponential_within({self.layer},{self.below_largest},{run.first},{run.last})[{self.head},{i}]"
            return Quantity("derived", path, float(self.reading.trace.value(path)), self.power_format(i))
        value = derived.exponential(self.reading.trace, self.layer, self.below_largest)[self.head, i, j]
        path = f"exponential({self.layer},{self.below_largest})[{self.head},{i},{j}]"
        return Quantity("derived", path, float(value), self.power_format(i))

    def exponential_sum(self, i: int) -> Quantity:
        value = derived.exponential_sum(self.reading.trace, self.layer, self.below_largest)[self.head, i]
        path = f"exponential_sum({self.layer},{self.below_largest})[{self.head},{i}]"
        return Quantity("derived", path, float(value), self.power_format(i))

    def power_format(self, i: int) -> str:
        """Of what e raised to the scores of token i is: no more digits than the scores beside them account for."""
        largest = derived.exponential_sum(self.reading.trace, self.layer, self.below_largest)[self.head, i]
        return ".1f" if largest >= 100 else ".2f"

    def weight_sum(self, i: int) -> Quantity:
        value = derived.attention_sum(self.reading.trace, self.layer)[self.head, i]
        return Quantity("derived", f"attention_sum({self.layer})[{self.head},{i}]", float(value), ".2f")

    def turn(self, i: int) -> Quantity:
        value = derived.position_turn(self.reading.trace, self.layer)[self.head, i]
        return Quantity("derived", f"position_turn({self.layer})[{self.head},{i}]", float(value), "", shown="angle")

    # --- vectors; `entries` are the indices of those that a column shows ---

    def _vector(self, path: str, entries: Sequence[int], format: str) -> list[Quantity]:
        kind: Kind = "derived" if "(" in path else "element"
        paths = [path.format(k) for k in entries]
        return [Quantity(kind, p, float(self.reading.trace.value(p)), format) for p in paths]

    def attention_input(self, i: int, entries: Sequence[int], format: str) -> list[Quantity]:
        """Entries of token i's normed vector, from which its query, key and value are made."""
        return self._vector(f"layers.{self.layer}.attention_input[{i},{{}}]", entries, format)

    def made_of(self, name: str, i: int, entries: Sequence[int], format: str) -> list[Quantity]:
        """Entries of what a matrix ("W_Q", "W_K" or "W_V") makes of token i's normed vector."""
        return self._vector(f"layers.{self.layer}.{MADE_BY[name]}[{self.head},{i},{{}}]", entries, format)

    def made_by(self, name: str) -> np.ndarray:
        """(T, k): what a matrix ("W_Q", "W_K" or "W_V") makes of all tokens' normed vectors."""
        made: np.ndarray = getattr(self.reading.trace.layers[self.layer], MADE_BY[name])[self.head]
        return made

    @property
    def own(self) -> slice:
        """Which rows of W_Q, W_K and W_V, and which columns of W_O, are this head's."""
        k = self.reading.trace.model.head_width
        return slice(self.head * k, (self.head + 1) * k)

    def weights_of(self, name: str) -> np.ndarray:
        """(k, d): this head's rows of a matrix ("W_Q", "W_K" or "W_V")."""
        weights: np.ndarray = getattr(self.reading.trace.weights.layers[self.layer], name)
        return weights[self.own]

    @property
    def attention_inputs(self) -> np.ndarray:
        """(T, d): the normed vectors from which queries, keys and values are made."""
        return self.reading.trace.layers[self.layer].attention_input

    @cached_property
    def vector_format(self) -> str:
        """How their entries are written, and those of what matrices make of them."""
        return format_for(self.attention_inputs)

    def met(self, i: int, j: int, entries: Sequence[int]) -> tuple[list[Quantity], list[Quantity]]:
        """Entries of query i and of key j as they are when they meet, written as where their matrices make them."""
        l, h, format = self.layer, self.head, self.vector_format
        query, key = f"layers.{l}.queries[{h},{i},{{}}]", f"layers.{l}.keys[{h},{j},{{}}]"
        return self._vector(query, entries, format), self._vector(key, entries, format)

    def made_before_met(self, i: int, j: int, entries: Sequence[int]) -> tuple[list[Quantity], list[Quantity]]:
        """The same as their matrices make them."""
        queries, keys = (self.made_of(name, n, entries, self.vector_format) for name, n in (("W_Q", i), ("W_K", j)))
        return queries, keys

    def matrix(self, name: str, rows: Sequence[int], columns: Sequence[int], format: str) -> list[list[Quantity]]:
        """Entries of this head's rows of a matrix ("W_Q", "W_K" or "W_V")."""
        path, first = f"weights.layers.{self.layer}.{name}", self.own.start
        return [self._vector(f"{path}[{first + row},{{}}]", columns, format) for row in rows]

    def output_matrix(self, rows: Sequence[int], columns: Sequence[int], format: str) -> list[list[Quantity]]:
        """Entries of this head's columns of W_O."""
        path, own = f"weights.layers.{self.layer}.W_O", [self.own.start + column for column in columns]
        return [self._vector(f"{path}[{row},{{}}]", own, format) for row in rows]

    def row_products(self, name: str, i: int, row: int) -> np.ndarray:
        """(d,) or, where the matrix has a bias, (d + 1,): what each entry of token i's normed vector adds to an entry
        of what the matrix ("W_Q", "W_K" or "W_V") makes of it, the bias last."""
        products: np.ndarray = self.weights_of(name)[row] * self.attention_inputs[i]
        left = float(self.made_by(name)[i, row]) - float(products.sum())
        return np.append(products, left) if abs(left) > 1e-3 * float(np.abs(products).sum()) else products

    @property
    def output_weights(self) -> np.ndarray:
        """(d, k): this head's columns of W_O."""
        weights: np.ndarray = self.reading.trace.weights.layers[self.layer].W_O
        return weights[:, self.own]

    def output_products(self, i: int, rows: Sequence[int]) -> np.ndarray:
        """(rows, k): what each entry gathered for token i adds to these entries of the head's ΔE."""
        gathered = derived.gathered_value(self.reading.trace, self.layer)[self.head, i]
        products: np.ndarray = self.output_weights[list(rows)] * gathered
        return products

    def value(self, j: int, entries: Sequence[int], format: str) -> list[Quantity]:
        """Entries of token j's value vector."""
        return self.made_of("W_V", j, entries, format)

    def weighted_value(self, i: int, j: int, entries: Sequence[int], format: str) -> list[Quantity]:
        return self._vector(f"weighted_value({self.layer})[{self.head},{i},{j},{{}}]", entries, format)

    def gathered_value(self, i: int, entries: Sequence[int], format: str) -> list[Quantity]:
        return self._vector(f"gathered_value({self.layer})[{self.head},{i},{{}}]", entries, format)

    def lesser_value(self, i: int, most: int, entries: Sequence[int], format: str) -> list[Quantity]:
        """What comes from all but the `most` largest sources, together."""
        return self._vector(f"lesser_value({self.layer},{self.head},{i},{most})[{{}}]", entries, format)

    def lesser_weight(self, i: int, most: int) -> Quantity:
        path = f"lesser_weight({self.layer},{self.head},{i},{most})[0]"
        return Quantity("derived", path, float(self.reading.trace.value(path)), ".2f")

    def head_update(self, head: int, i: int, entries: Sequence[int], format: str) -> list[Quantity]:
        """Entries of one head's ΔE of token i."""
        return self._vector(f"layers.{self.layer}.head_updates[{head},{i},{{}}]", entries, format)

    def other_heads(self, i: int, entries: Sequence[int], format: str) -> list[Quantity]:
        return self._vector(f"other_heads({self.layer},{self.head})[{i},{{}}]", entries, format)

    def bias(self, entries: Sequence[int], format: str) -> list[Quantity]:
        return self._vector(f"layers.{self.layer}.attention_bias[{{}}]", entries, format)

    def update(self, i: int, entries: Sequence[int], format: str) -> list[Quantity]:
        """Entries of the whole layer's ΔE."""
        return self._vector(f"layers.{self.layer}.attention_update[{i},{{}}]", entries, format)

    def before(self, i: int, entries: Sequence[int], format: str) -> list[Quantity]:
        """Entries of E, the stream as it enters the layer."""
        path = f"layers.{self.layer - 1}.residual" if self.layer else "embedding"
        return self._vector(f"{path}[{i},{{}}]", entries, format)

    def after(self, i: int, entries: Sequence[int], format: str) -> list[Quantity]:
        """Entries of E′, the stream once attention has been added."""
        return self._vector(f"middle({self.layer})[{i},{{}}]", entries, format)
