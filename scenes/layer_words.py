"""What layer-by-layer says of a layer and of a word, with the numbers it says it with."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from soakup.assets import fonts
from soakup.model import derived
from soakup.model.findings import KEPT, REST
from soakup.scenes.facts import Fact
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import REST_NAME, Reading
from soakup.scenes.words import listed

Parts = list[str | Quantity]
MUCH = 0.2  # of a word that is the rest token's


def folded_in_words(reading: Reading) -> Parts:
    """How much of a long text stands folded, and how much of the last word comes from it in the end."""
    last, runs = reading.tokens[-1], list(reading.runs.values())
    numbers = listed([reading.folded_count(run) for run in runs])
    shares = listed([reading.ink_within(reading.layers, last, run) for run in runs])
    word = reading.word(reading.word_of[last])
    how = "as one" if len(runs) == 1 else "together"
    of: Parts = [" of these ", reading.count("count.tokens"), f" pieces stand folded and count {how}: they make up "]
    return [*numbers, *of, *shares, " of “", word, "” in the end"]


def fact_in_words(reading: Reading, layer: int, fact: Fact | None) -> Parts:
    """Where what one word takes in comes from; that little comes at all, where there is no such word."""
    if fact is None:
        return _alone_in_words(reading, layer)
    word = reading.word(reading.word_of[fact.target])
    shares: list[Parts] = [
        [reading.carried_by_word(layer, fact.target, w), " from “", reading.word(w), "”"] for w in fact.sources
    ]
    first, also = shares[0], [part for source in shares[1:] for part in (", ", *source)]
    return [first[0], " of what “", word, "” takes in comes", *first[1:], *also]


def _alone_in_words(reading: Reading, layer: int) -> Parts:
    if reading.rest is None or len(reading.words) != 2:
        return ["In layer ", reading.count(f"layer[{layer}]"), " the words take in little of each other"]
    i = reading.tokens[-1]
    carried = reading.carried(layer)
    j = max((j for j, k in carried if k == i), key=lambda j: (j != reading.rest, carried[j, i].value))
    share = replace(carried[j, i], format="percent")
    source: Parts = [REST_NAME] if j == reading.rest else ["“", reading.token(j), "”"]
    return [share, " of what “", reading.token(i), "” takes in comes from ", *source]


def passed_in_words(reading: Reading, first: int, last: int, stops: Sequence[int]) -> Parts:
    """Which layers go by; the first time, at which ones the film stops."""
    count = reading.count
    if first == min(set(range(reading.layers)) - set(stops)):
        named = listed([count(f"layer[{layer}]") for layer in stops])
        return ["Of ", count("count.layers"), " layers we stop at ", *named, "; the others go by"]
    if first == last:
        return ["Layer ", count(f"layer[{first}]"), " goes by"]
    return ["Layers ", count(f"layer[{first}]"), " to ", count(f"layer[{last}]"), " go by"]


def mixture_in_words(reading: Reading, layers: int, i: int) -> Parts:
    """Of whom token i has become a mixture after some layers, itself first, and how much is the rest token's, where
    that is much."""
    own, held = reading.word_of[i], reading.largest(layers, i, 4)
    others = [w for w in held if w in reading.others(i)][:2]
    if reading.ink_shares(layers, i)[own] < KEPT and others:
        # Where attention cancels most of an embedding, ALTI counts what is left of it as nothing. The word has not
        # become another for that.
        kept, share = reading.ink(layers, i, own), reading.ink(layers, i, others[0])
        said: Parts = ["What “", reading.word(own), "” took in outweighs its own vector, which counts for ", kept]
        return [*said, "; “", reading.word(others[0]), "” counts for ", share]
    parts: Parts = ["“", reading.word(own), "” is now "]
    for k, w in enumerate([own] * (own in held or not others) + others):
        between = "" if k == 0 else (" and " if w == others[-1] else ", ")
        what: Parts = [" itself"] if w == own else [" “", reading.word(w), "”"]
        parts += [between, reading.ink(layers, i, w), *what]
    if reading.rest_word is not None and reading.ink_shares(layers, i)[reading.rest_word] >= MUCH:
        parts += ["; ", reading.ink(layers, i, reading.rest_word), " is ", REST_NAME, "’s"]
    return parts


def looking_in_words(reading: Reading, told: bool) -> str:
    """What happens when attention begins; what the rest token is, where that will not be `told` by itself."""
    alone = len(reading.tokens) == 1
    what = "word" if len(reading.words) > 1 + (reading.rest is not None) else "piece"
    said = "Now it looks back: no word stands before it" if alone else f"Now each {what} looks at the {what}s before it"
    return said if told or reading.rest is None else f"{said}; {REST_NAME} marks the start"


def apart_in_words(reading: Reading) -> str:
    """What the feed-forward block does, said where one meets it first."""
    if len(reading.tokens) == 1:
        return "Feed-forward: now the vector is worked on by itself"
    return "Feed-forward: no word looks at another, each vector is worked on alone"


def rest_in_words(reading: Reading, layer: int) -> Parts | None:
    """Which head of a layer leaves most of its attention on the rest token, where one does so."""
    if reading.rest is None:
        return None
    shares = derived.rest_share(reading.trace, layer)
    h = int(np.argmax(shares))
    if shares[h] < REST:
        return None
    share = Quantity("derived", f"rest_share({layer})[{h}]", float(shares[h]), "percent", shown="attention")
    said: Parts = [REST_NAME, " is no word, it marks the start: ", share, " of head ", reading.count(f"head[{h}]")]
    return [*said, "’s attention stays there"]


def guess_in_words(reading: Reading, layer: int, before: int) -> Parts:
    """What would come next if the model stopped after this layer, and whether it was another after `before` layers."""
    last = reading.tokens[-1]
    (text, p), *_ = reading.predictions(layer + 1, last, most=1)
    (old, _), *_ = reading.predictions(before, last, most=1)
    if old.path == text.path:
        return ["Feed-forward again: the guess stays “", text, "”, at ", p]
    number = reading.count(f"layer[{layer}]")
    return ["Layer ", number, " changes the guess from “", old, "” to “", text, "”, at ", p]


def said_in_the_end(reading: Reading) -> list[tuple[Quantity, Quantity]]:
    """The likeliest next pieces that can be read, six at most, and none under a hundredth."""
    found = [guess for guess in reading.predictions(reading.layers, reading.tokens[-1], most=12) if can_be_said(guess)]
    return found[:6]


def can_be_said(guess: Sequence[Quantity]) -> bool:
    """Whether a guess (its text and its chance) is worth saying: it can be read, and is more than nothing."""
    text, chance = guess
    try:
        fonts.runs(text.text)
    except fonts.NotDrawable:  # a control character, say
        return False
    return "�" not in text.text and float(chance.value) >= 0.01
