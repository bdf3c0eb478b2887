"""What is worth saying of a trace: whom to follow, what each layer does to whom, and which head to show by itself.

Nothing here draws. Layers count from 0, as in paths.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from soakup.model import derived
from soakup.model.findings import KEPT, Finding, findings
from soakup.scenes.reading import WORTH_SAYING, Reading

WORTH_GAINING = WORTH_SAYING / 2  # what a layer adds to a share, for it to be spoken of


@dataclass(frozen=True)
class Fact:
    """Something true of a layer: `target` (a token) takes in most from `sources` (words), largest first."""

    target: int
    sources: tuple[int, ...]


def soaked_most(reading: Reading) -> int:
    """The token that ends with most of one other content word, as findings have it; else with most of others."""
    for finding in findings(reading.trace):
        if finding.kind == "mixture" and finding.target is not None:
            return finding.target
    shares = {i: reading.ink_shares(reading.layers, i) for i in reading.tokens}
    held = {i: sum(shares[i][w] for w in reading.others(i)) for i in reading.tokens}
    # One that kept nothing of its own is no good example, whatever the measure makes of it.
    whole = [i for i in reading.tokens if shares[i][reading.word_of[i]] >= KEPT]
    return max(reading.telling(whole or reading.tokens), key=lambda i: held[i])


def facts_of(reading: Reading, layers: Sequence[int], lingers: int, followed: int) -> dict[int, Fact | None]:
    """For each of some layers, the token whose ink gained most of one other word there, a telling word and a new
    one each time where that can be, and from whom it takes in most; for the one that `lingers`, the followed."""
    told: set[int] = {reading.word_of[followed]}
    facts: dict[int, Fact | None] = {}
    for layer in layers:
        gains = {i: _gain(reading, layer, i) for i in reading.tokens}
        worth = [i for i in reading.tokens if gains[i] >= WORTH_GAINING]
        fresh = [i for i in worth if reading.word_of[i] not in told]
        # Of “fox” one hears twice rather than of “a” once.
        telling = reading.content(fresh) or reading.content(worth) or reading.telling(fresh or reading.tokens)
        target = followed if layer == lingers else max(telling, key=lambda i: gains[i])
        carried = derived.word_update_share(reading.trace, layer)[target]
        sources = sorted((w for w in reading.others(target) if carried[w] >= WORTH_SAYING), key=lambda w: -carried[w])
        if gains[target] < WORTH_GAINING or not sources:
            facts[layer] = None
            continue
        told.add(reading.word_of[target])
        facts[layer] = Fact(target, tuple(sources[:2]))
    return facts


def _gain(reading: Reading, layer: int, i: int) -> float:
    """How much token i gains in a layer of that other word of which it gains most."""
    gained = reading.ink_shares(layer + 1, i) - reading.ink_shares(layer, i)
    return max((float(gained[w]) for w in reading.others(i)), default=0.0)


def telling_head(reading: Reading, layer: int | None, head: int | None, since: int = 0) -> tuple[int, int, Fact] | None:
    """The head worth showing by itself, and whom its most telling target looks at: (layer, head, fact).

    Of the findings from layer `since` on the strongest, in the layer asked for where there is one; the head asked
    for, whatever it does.
    None where no head is asked for and none is worth showing.
    """
    if head is not None and layer is not None:
        weights = derived.word_attention(reading.trace, layer)[head]
        looks = {i: max(((weights[i, w], w) for w in reading.others(i)), default=(0.0, None)) for i in reading.tokens}
        target = max(reading.telling(reading.tokens), key=lambda i: looks[i][0])
        source = looks[target][1]
        return None if source is None else (layer, head, Fact(target, (source,)))
    found = [f for f in findings(reading.trace) if f.kind == "attention" and layer in (None, f.layer)]
    found = [f for f in found if f.layer is not None and f.layer >= since]
    best: Finding | None = max(found, key=lambda f: f.value, default=None)
    if best is None:
        return None
    assert best.layer is not None and best.head is not None  # as every finding of this kind has
    return best.layer, best.head, Fact(best.target, (reading.word_of[best.source],))
