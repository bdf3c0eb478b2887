"""What is worth showing in a Trace, each finding with its evidence.

A finding claims what its value says and no more. Where nothing passes its threshold there is no finding.
"""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from soakup.model import derived
from soakup.model.words import Word

if TYPE_CHECKING:
    from soakup.model.heads import Habits
    from soakup.model.trace import Trace

PREVIOUS_TOKEN = 0.4  # mean attention to the token before, from which a head is a previous-token head
REST = 0.5  # mean attention to the first token, from which a head is resting
NOTICED = 0.25  # attention of one word to another that is worth pointing at
CARRIED = 0.1  # length of a word's contribution, against the length of the vector it is added to
TURNED = 0.5  # cosine below which a vector has turned a long way
HABIT = 4  # the fewest tokens that can say what a head usually does
PREDICTED = 0.1  # probability from which a prediction is worth naming
REPEATED = 0.3  # attention of a token that came before to where it came, or to what followed
HABITUAL = 0.3  # the same on random tokens, from which a head is one that does this
POSITIONAL = 0.5  # attention to one place, counted back, from which a head is positional
MAIN_PART = 0.5  # share of what a head carries into a word that is worth pointing at
ALIKE = 0.5  # cosine from which two vectors are alike
KEPT = 0.05  # share of itself in a word's final vector, from which it counts as a mixture
SOAKED_UP = 0.1  # share of one word in another's final vector that is worth pointing at

# Words that hold a sentence together: attention to them says little that can be seen.
FUNCTION_WORDS = frozenset(
    """a an the this that these those and or but nor so yet if then than as at by for from in into of off on onto out
    over to under up upon with without about after before between through i me my mine you your yours he him his she
    her hers it its we us our ours they them their theirs who whom whose which what is am are was were be been being do
    does did done has have had having will would shall should can could may might must not no there here when where
    while""".split()
)


@dataclass(frozen=True)
class Finding:
    """One thing worth showing: the number `value` at `path`, and `evidence`, one sentence for a person to read.

    Layer, head, source and target count from 0, None where there is none; source and target are tokens, and a word is
    meant by its last one, the first that has read all of it.
    """

    kind: str
    layer: int | None
    head: int | None
    source: int | None
    target: int | None
    value: float
    path: str
    evidence: str


def findings(trace: "Trace", habits: "Habits | None" = None) -> list[Finding]:
    """Everything worth showing, in the order of the functions below.

    With the model's `habits` (see `soakup.model.heads`), heads are named induction, duplicate-token and positional
    heads where they do in this text what they also do on random tokens, which has no other reason.
    """
    finders: list[Callable[[Trace], Iterator[Finding]]] = [previous_token, rest]
    if habits is not None:
        finders += [partial(finder, habits=habits) for finder in (duplicates, induction, positional)]
    finders.append(attention)
    if trace.has_weights:
        finders += [carried, contribution]
    finders += [turned, alike]
    if trace.has_weights and trace.model.kind == "decoder":
        finders += [predictions, mixture]
    return [finding for finder in finders for finding in finder(trace)]


def previous_token(trace: "Trace") -> Iterator[Finding]:
    """The head that gives most attention to the token just before, averaged over the text."""
    layer, head, share = _top_head(trace, derived.previous_share)
    if share >= PREVIOUS_TOKEN and len(trace.tokens) > HABIT:
        evidence = f"{_name(layer, head)} gives {share:.0%} of its attention to the token just before"
        yield _finding(trace, "previous token", f"previous_share({layer})[{head}]", evidence, layer, head)


def rest(trace: "Trace") -> Iterator[Finding]:
    """The head that rests most attention on the first token, averaged over the text."""
    layer, head, share = _top_head(trace, derived.rest_share)
    if share >= REST and len(trace.tokens) > HABIT:
        evidence = f"{_name(layer, head)} mostly rests: {share:.0%} of its attention is on the first token"
        yield _finding(trace, "rest", f"rest_share({layer})[{head}]", evidence, layer, head, source=0)


def duplicates(trace: "Trace", habits: "Habits") -> Iterator[Finding]:
    """The head that gives most attention to earlier tokens of the same id (Olsson et al. 2022,
    https://arxiv.org/abs/2209.11895), where it does so on random tokens too."""
    layer, head, share = _top_head(trace, derived.duplicate_share, habits.duplicate >= HABITUAL)
    if share >= REPEATED:
        evidence = (
            f"{_name(layer, head)} gives {share:.0%} of the attention of a token that came before to where it came"
        )
        yield _finding(trace, "duplicate token", f"duplicate_share({layer})[{head}]", evidence, layer, head)


def induction(trace: "Trace", habits: "Habits") -> Iterator[Finding]:
    """The head that gives most attention to what followed earlier tokens of the same id (Olsson et al. 2022,
    https://arxiv.org/abs/2209.11895), where it does so on random tokens too; and where in this text most."""
    layer, head, share = _top_head(trace, derived.induction_share, habits.induction >= HABITUAL)
    if share >= REPEATED:
        weights = trace.layers[layer].pattern[head] * derived.followed(trace)
        target, source = (int(i) for i in np.unravel_index(weights.argmax(), weights.shape))
        evidence = (
            f"{_name(layer, head)} looks for what came next last time: {_piece(trace, target)} gives "
            f"{weights[target, source]:.0%} of its attention to {_piece(trace, source)}, which followed it then"
        )
        path = f"layers.{layer}.pattern[{head},{target},{source}]"
        yield _finding(trace, "induction", path, evidence, layer, head, source, target)


def positional(trace: "Trace", habits: "Habits") -> Iterator[Finding]:
    """The head that gives most attention to one place, counted back from each token, where it does so on random tokens
    too; one back is the previous-token head (Voita et al. 2019, https://arxiv.org/abs/1905.09418)."""
    steady = (habits.place_share >= POSITIONAL) & (habits.place != 1) & (habits.place >= 0)
    found = [
        (float(derived.back_share(trace, int(layer), int(habits.place[layer, head]))[head]), int(layer), int(head))
        for layer, head in np.argwhere(steady)
    ]
    share, layer, head = max(found, default=(0.0, 0, 0))
    if share >= POSITIONAL and len(trace.tokens) > HABIT:
        back = int(habits.place[layer, head])
        where = f"the token {back} back" if back else "the token itself"
        evidence = f"{_name(layer, head)} gives {share:.0%} of its attention to {where}, whatever it is"
        yield _finding(trace, "positional", f"back_share({layer},{back})[{head}]", evidence, layer, head)


def attention(trace: "Trace") -> Iterator[Finding]:
    """In each layer, the head where a content word takes most attention from an earlier content word; heads that
    just look at the token before are left out."""
    for layer in range(trace.model.layers):
        weights = derived.word_attention(trace, layer)  # (H, T, W)
        heads = np.flatnonzero(derived.previous_share(trace, layer) < PREVIOUS_TOKEN).tolist()
        found = [(weights[head, _end(trace, t), s], head, t, s) for head in heads for t, s in _pairs(trace)]
        share, head, target, source = max(found, default=(0, 0, 0, 0))
        if share >= NOTICED:
            path = f"word_attention({layer})[{head},{_end(trace, target)},{source}]"
            evidence = (
                f"in {_name(layer, head)}, {_quoted(trace, target)} gives {share:.0%} of its attention to "
                f"{_quoted(trace, source)}"
            )
            yield _finding(trace, "attention", path, evidence, layer, head, _end(trace, source), _end(trace, target))


def carried(trace: "Trace") -> Iterator[Finding]:
    """In each layer, the head where a content word is the largest part of what is carried into a later one (Kobayashi
    et al. 2020, https://arxiv.org/abs/2004.10102); heads that just look at the token before are left out."""
    for layer in range(trace.model.layers):
        shares = derived.word_head_share(trace, layer)  # (H, T, W)
        heads = np.flatnonzero(derived.previous_share(trace, layer) < PREVIOUS_TOKEN).tolist()
        found = [(shares[head, _end(trace, t), s], head, t, s) for head in heads for t, s in _pairs(trace)]
        share, head, target, source = max(found, default=(0, 0, 0, 0))
        if share >= MAIN_PART:
            path = f"word_head_share({layer})[{head},{_end(trace, target)},{source}]"
            evidence = (
                f"{share:.0%} of what {_name(layer, head)} carries into {_quoted(trace, target)} comes from "
                f"{_quoted(trace, source)}"
            )
            yield _finding(trace, "carried", path, evidence, layer, head, _end(trace, source), _end(trace, target))


def contribution(trace: "Trace") -> Iterator[Finding]:
    """In each layer, the content word whose contribution to a later one is the longest vector."""
    for layer in range(trace.model.layers):
        lengths = derived.word_contribution(trace, layer)  # (T, W)
        found = [(lengths[_end(trace, t), s], t, s) for t, s in _pairs(trace)]
        length, target, source = max(found, default=(0, 0, 0))
        against = np.linalg.norm(derived.stream(trace, layer)[_end(trace, target)])
        if length >= CARRIED * against:
            path = f"word_contribution({layer})[{_end(trace, target)},{source}]"
            evidence = (
                f"in layer {layer + 1}, {_quoted(trace, source)} adds a vector of length {length:.1f} to "
                f"{_quoted(trace, target)}, whose own is {against:.1f} long"
            )
            yield _finding(trace, "contribution", path, evidence, layer, None, _end(trace, source), _end(trace, target))


def turned(trace: "Trace") -> Iterator[Finding]:
    """The word whose vector turns furthest from the first layer to the last (1 − cosine)."""
    cosines = derived.cosine(trace, 0, trace.model.layers)  # (T,)
    found = [(cosines[_end(trace, w)], w) for w, word in enumerate(trace.words) if not _special(trace, word)]
    cosine, word = min(found, default=(1, 0))
    if cosine < TURNED:
        target = _end(trace, word)
        evidence = f"{_quoted(trace, word)} turns furthest: its last vector has a cosine of {cosine:.2f} with its first"
        yield _finding(trace, "turned", f"cosine(0,{trace.model.layers})[{target}]", evidence, target=target)


def alike(trace: "Trace") -> Iterator[Finding]:
    """The two different content words whose vectors are most alike, after each layer where it is another pair than
    before, the embeddings among them (cosine, from the mean of the text's vectors)."""
    pairs = [(t, s) for t, s in _pairs(trace) if trace.words[t].text.casefold() != trace.words[s].text.casefold()]
    before: set[str] = set()
    for passed in range(trace.model.layers + 1):
        cosines = derived.similarity(trace, passed)  # (T, T)
        found = [(cosines[_end(trace, t), _end(trace, s)], t, s) for t, s in pairs]
        cosine, target, source = max(found, default=(0, 0, 0))
        texts = {trace.words[word].text.casefold() for word in (target, source)}
        if cosine >= ALIKE and texts != before:
            before = texts
            if passed == 0:
                continue
            path = f"similarity({passed})[{_end(trace, target)},{_end(trace, source)}]"
            evidence = (
                f"after layer {passed} the vectors most alike are those of {_quoted(trace, source)} and "
                f"{_quoted(trace, target)}, with a cosine of {cosine:.2f}"
            )
            yield _finding(trace, "alike", path, evidence, passed - 1, None, _end(trace, source), _end(trace, target))


def predictions(trace: "Trace") -> Iterator[Finding]:
    """The layers after which the most likely next token is another than before: a "prediction" where it stays so to
    the end, a "flip" where it does not."""
    last, L = len(trace.tokens) - 1, trace.model.layers
    tops = [int(derived.probability(trace, passed)[last].argmax()) for passed in range(L + 1)]
    for passed in range(1, L + 1):
        top, stays = tops[passed], len(set(tops[passed:])) == 1
        probability = derived.probability(trace, passed)[last, top]
        if top != tops[passed - 1] and probability >= PREDICTED:
            word = str(trace.value(f"vocabulary[{top}]"))
            shown = word.strip() or repr(word)
            evidence = f"after layer {passed} the likeliest next token is “{shown}” at {probability:.0%}"
            evidence += ", and stays it" if stays and passed < L else ""
            path = f"probability({passed})[{last},{top}]"
            yield _finding(trace, "prediction" if stays else "flip", path, evidence, layer=passed - 1, target=last)


def mixture(trace: "Trace") -> Iterator[Finding]:
    """The word that has soaked up the largest share of another content word by the end.

    Passed over are words that kept nothing of their own by this measure: where attention cancels most of an embedding,
    ALTI counts what is left of it as nothing, and such a word is no good example of a mixture.
    """
    L = trace.model.layers
    shares = derived.word_ink(trace, L)  # (T, W)
    found = [(shares[_end(trace, t), s], t, s) for t, s in _pairs(trace) if shares[_end(trace, t), t] >= KEPT]
    share, target, source = max(found, default=(0, 0, 0))
    if share >= SOAKED_UP:
        end = _end(trace, target)
        parts = [f"{shares[end, w]:.0%} {_quoted(trace, w)}" for w in shares[end].argsort()[::-1] if w != target]
        evidence = f"{_quoted(trace, target)} ends as {shares[end, target]:.0%} itself, {parts[0]} and {parts[1]}"
        path = f"word_ink({L})[{end},{source}]"
        yield _finding(trace, "mixture", path, evidence, source=_end(trace, source), target=end)


def of_head(
    trace: "Trace", layer: int, head: int, habits: "Habits | None" = None, among: Container[int] | None = None
) -> Finding | None:
    """What is worth saying of one head, by the thresholds of the findings above: that it is an induction,
    duplicate-token or previous-token head, or mostly rests; else where a content word looks at another most, both of
    them `among` some words. None where nothing passes."""
    kinds: list[tuple[str, str, float, bool]] = []
    if habits is not None:
        kinds += [
            ("induction", "induction_share", REPEATED, bool(habits.induction[layer, head] >= HABITUAL)),
            ("duplicate token", "duplicate_share", REPEATED, bool(habits.duplicate[layer, head] >= HABITUAL)),
        ]
    many = len(trace.tokens) > HABIT
    kinds += [("previous token", "previous_share", PREVIOUS_TOKEN, many), ("rest", "rest_share", REST, many)]
    for kind, function, least, possible in kinds:
        path = f"{function}({layer})[{head}]"
        if possible and (share := float(trace.value(path))) >= least:
            return _finding(trace, kind, path, f"{_name(layer, head)}: {kind}, {share:.0%}", layer, head)
    weights = derived.word_attention(trace, layer)[head]  # (T, W)
    pairs = [(t, s) for t, s in _pairs(trace) if among is None or (t in among and s in among)]
    share, target, source = max(((weights[_end(trace, t), s], t, s) for t, s in pairs), default=(0.0, 0, 0))
    if share < NOTICED:
        return None
    path = f"word_attention({layer})[{head},{_end(trace, target)},{source}]"
    evidence = f"in {_name(layer, head)}, {_quoted(trace, target)} gives {share:.0%} to {_quoted(trace, source)}"
    return _finding(trace, "attention", path, evidence, layer, head, _end(trace, source), _end(trace, target))


def _finding(
    trace: "Trace",
    kind: str,
    path: str,
    evidence: str,
    layer: int | None = None,
    head: int | None = None,
    source: int | None = None,
    target: int | None = None,
) -> Finding:
    return Finding(kind, layer, head, source, target, float(trace.value(path)), path, evidence)


def _top_head(
    trace: "Trace", share: Callable[["Trace", int], np.ndarray], among: np.ndarray | None = None
) -> tuple[int, int, float]:
    """The layer and head with the largest share, and that share; `among` (L, H) of bool says which may be."""
    shares = np.stack([share(trace, layer) for layer in range(trace.model.layers)])  # (L, H)
    if among is not None:
        shares = shares * among
    layer, head = divmod(int(shares.argmax()), trace.model.heads)
    return layer, head, float(shares[layer, head])


def is_content(word: Word) -> bool:
    """Whether a word of the text says something by itself: it has letters and is no function word."""
    return any(map(str.isalpha, word.text)) and word.text.casefold() not in FUNCTION_WORDS


def _pairs(trace: "Trace") -> list[tuple[int, int]]:
    """Every content word with every earlier one, in an encoder with every other: (target, source), indices of words."""
    content = [w for w, word in enumerate(trace.words) if not _special(trace, word) and is_content(word)]
    both_ways = trace.model.kind == "encoder"
    return [(t, s) for t in content for s in content if s < t or (both_ways and s > t)]


def _special(trace: "Trace", word: Word) -> bool:
    return trace.tokens[word.tokens[0]].special


def _end(trace: "Trace", word: int) -> int:
    return trace.words[word].tokens[-1]


def _quoted(trace: "Trace", word: int) -> str:
    return f"“{trace.words[word].text}”"


def _piece(trace: "Trace", token: int) -> str:
    return f"“{trace.tokens[token].text.strip()}”"


def _name(layer: int, head: int) -> str:
    return f"head {head + 1} of layer {layer + 1}"
