"""Which layers a film stops at: all of a few, and of many those of which there is most to say."""

from itertools import groupby

from soakup.scenes.facts import WORTH_GAINING
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Reading

ALL = 6  # layers up to which none is passed over
STOPS = 4  # layers that a film of more stops at


def telling_layers(reading: Reading, always: set[int], guesses: list[tuple[Quantity, Quantity]]) -> list[int]:
    """The layers to stop at, in order: those of `always` (layers from 0), and the last; then that in which the guess
    (of which there is one for every number of layers passed, from 0) comes to be what it stays; then those in which
    words soak up most of each other."""
    layers = reading.layers
    if layers <= ALL:
        return list(range(layers))
    stops = {*always, layers - 1}
    later = range(min(stops) + 1, layers)  # nothing is told before what the film begins with
    wanted = [n for n in (_settles(guesses), *sorted(later, key=lambda n: -_soaked_up(reading, n))) if n in later]
    for layer in wanted:
        if len(stops) >= STOPS:
            break
        if all(abs(layer - other) > 1 for other in stops):  # neighbours say the same
            stops.add(layer)
    return sorted(stops)


def lingering_layer(reading: Reading, followed: int) -> int:
    """The layer to begin with and to linger on: the first of a few; of the first half of many that in which the word
    that the token followed holds most of in the end, besides its own, has the largest part in what it takes in, where
    that is enough to be worth saying."""
    layers, others = reading.layers, reading.others(followed)
    if layers <= ALL or not others:
        return 0
    held = [reading.ink_shares(n, followed) for n in range(layers + 1)]
    source = max(others, key=lambda w: held[-1][w])
    telling = [n for n in range(layers // 2) if held[n + 1][source] - held[n][source] >= WORTH_GAINING]
    return max(telling, key=lambda n: float(reading.carried_by_word(n, followed, source).value), default=0)


def passed_over(layers: int, stops: list[int]) -> dict[int, tuple[int, int]]:
    """The runs of layers between the stops, first and last, by the stop they lead to."""
    runs: dict[int, tuple[int, int]] = {}
    for to, run in groupby((n for n in range(layers) if n not in stops), lambda n: min(s for s in stops if s > n)):
        between = list(run)
        runs[to] = (between[0], between[-1])
    return runs


def _settles(guesses: list[tuple[Quantity, Quantity]]) -> int:
    """The layer after which the likeliest next token is what it is at the end."""
    last = guesses[-1][0].path
    other = [n for n, (text, _) in enumerate(guesses) if text.path != last]
    return other[-1] if other else 0


def _soaked_up(reading: Reading, layer: int) -> float:
    """How much all tokens together take in of each other in a layer."""
    before, after = ([reading.ink_shares(n, i) for i in reading.tokens] for n in (layer, layer + 1))
    return sum(
        max(float(b[w] - a[w]), 0.0)
        for i, a, b in zip(reading.tokens, before, after, strict=True)
        for w in reading.others(i)
    )
