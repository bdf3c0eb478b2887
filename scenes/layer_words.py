"""What layer-by-layer says of a layer and of a word, with the numbers it says it with."""

from collections.abc import Sequence
from dataclasses import replace

from soakup.assets import fonts
from soakup.model.findings import KEPT
from soakup.scenes.facts import Fact
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import REST_NAME, WORTH_SAYING, Reading
from soakup.scenes.words import listed, written

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
        [reading.carried_by_word(layer, fact.target, w), " from ", *named_beside(word, reading.word(w))]
        for w in fact.sources
    ]
    first, also = shares[0], [part for source in shares[1:] for part in (", ", *source)]
    return [first[0], " of what “", word, "” takes in comes", *first[1:], *also]


def lone_source(reading: Reading, layer: int) -> tuple[int, int, Quantity] | None:
    """Of a text that is one word: its last piece, the piece (or the rest token) most of what that takes in comes from,
    and how much."""
    if reading.rest is None or kind(reading) == "word":
        return None
    i = reading.tokens[-1]
    carried = reading.carried(layer)
    j = max((j for j, k in carried if k == i), key=lambda j: (j != reading.rest, carried[j, i].value))
    return i, j, replace(carried[j, i], format="percent")


def _alone_in_words(reading: Reading, layer: int) -> Parts:
    lone = lone_source(reading, layer)
    if lone is None:
        return ["Layer ", reading.count(f"layer[{layer}]"), " changes little of what the words hold of each other"]
    i, j, share = lone
    source: Parts = [REST_NAME] if j == reading.rest else named_beside(reading.token(i), reading.token(j))
    if j in reading.box_with(i):
        source = ["an earlier part of that letter"]
    return [share, " of what “", reading.token(i), "” takes in comes from ", *source]


def named_beside(one: str | Quantity, other: str | Quantity) -> Parts:
    """What stands before a word or piece, named beside it: an earlier one, where the two read alike."""
    return ["an earlier " if written([one]).lower() == written([other]).lower() else "", "“", other, "”"]


def each(reading: Reading) -> str:
    """What has a vector: each word, or each piece where some words have several."""
    whole = all(len(reading.trace.words[reading.word_of[i]].tokens) == 1 for i in reading.tokens)
    return "word" if whole else "piece"


def kind(reading: Reading) -> str:
    """What a film speaks of: words, or of a single word its pieces."""
    return "word" if len(reading.words) > 1 + (reading.rest is not None) else "piece"


def spoken(reading: Reading, i: int) -> str | Quantity:
    """What the film calls a token: the word it ends, or of a single word the piece."""
    return reading.word(reading.word_of[i]) if kind(reading) == "word" else reading.token(i)


def first_in_words(reading: Reading) -> str:
    """What a vector knows before any attention."""
    return f"At first, each vector knows only its own {each(reading)}"


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
    all_of_them = "Through all layers" if layers == reading.layers else "Through all heads so far"
    parts: Parts = [all_of_them, ", “", reading.word(own), "” is "]  # a number right behind a word may run with it
    for k, w in enumerate([own] * (own in held or not others) + others):
        between = "" if k == 0 else (" and " if w == others[-1] else ", ")
        what: Parts = [" itself"] if w == own else [" ", *named_beside(reading.word(own), reading.word(w))]
        parts += [between, reading.ink(layers, i, w), *what]
    if reading.rest_word is not None and reading.ink_shares(layers, i)[reading.rest_word] >= MUCH:
        parts += ["; ", reading.ink(layers, i, reading.rest_word), " is ", REST_NAME, "’s"]
    return parts


def end_in_words(reading: Reading) -> Parts:
    """What has become of all words; of a single word, that its pieces had none to look at but each other."""
    if len(reading.tokens) == 1:
        return ["The word now carries some of what it looked at"]
    if kind(reading) == "word":
        return ["Each word now carries some of what it looked at"]
    word = reading.word(reading.word_of[reading.tokens[-1]])
    also = "" if reading.rest is None else f" and {REST_NAME}"
    return ["The pieces of “", word, f"” took in only each other{also}"]


def looking_in_words(reading: Reading, told: bool) -> str:
    """What happens when attention begins; what the rest token is, where that will not be `told` by itself."""
    alone, what = len(reading.tokens) == 1, each(reading)
    said = "Now it looks back: no word stands before it" if alone else f"Now each {what} looks at the {what}s before it"
    return said if told or reading.rest is None else f"{said}; {REST_NAME} marks the start"


def apart_in_words(reading: Reading) -> str:
    """What the feed-forward block does, said where one meets it first."""
    if len(reading.tokens) == 1:
        return "Feed-forward: now the vector is worked on by itself"
    return f"Feed-forward: no {each(reading)} looks at another, each vector is worked on alone"


def rest_in_words(reading: Reading, layer: int, i: int) -> tuple[Parts, Quantity] | None:
    """What the rest token is, and how much of what token i takes in comes from it; None where that is little."""
    if reading.rest_word is None:
        return None
    share = reading.carried_by_word(layer, i, reading.rest_word)
    if share.value < WORTH_SAYING:
        return None
    said: Parts = [REST_NAME, " is no word, it marks the start; ", share, " of what “", spoken(reading, i)]
    return [*said, "” takes in comes from there"], share


def first_guess_in_words(reading: Reading, layer: int) -> Parts:
    """What would come next if the model stopped after this layer, and whether that is only the last piece again."""
    last = reading.tokens[-1]
    (text, chance), *_ = reading.predictions(layer + 1, last, most=1)
    again = written([text]).strip().lower() == written([reading.token(last)]).strip().lower()
    return ["Stopped here, the model would say “", text, "” ", "again" if again else "next", ", at ", chance]


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
    """The likeliest next pieces that can be read, five at most, and none under a hundredth."""
    found = [guess for guess in reading.predictions(reading.layers, reading.tokens[-1], most=12) if can_be_said(guess)]
    return found[:5]


def unsaid_in_the_end(reading: Reading) -> Quantity | None:
    """The chance of all other pieces; None where it is nothing, or not all of the likeliest can be read."""
    likely, last = said_in_the_end(reading), reading.tokens[-1]
    others = reading.unlikelier(reading.layers, last, len(likely))
    whole = likely == reading.predictions(reading.layers, last, most=len(likely))
    return others if whole and float(others.value) >= 0.005 else None


def can_be_said(guess: Sequence[Quantity]) -> bool:
    """Whether a guess (its text and its chance) is worth saying: it can be read, and is more than nothing."""
    text, chance = guess
    try:
        fonts.runs(text.text)
    except fonts.NotDrawable:  # a control character, say
        return False
    return "�" not in text.text and float(chance.value) >= 0.01
