"""Which heads look from nouns to their adjectives, by contribution, more than to other words at the same distance?

    python -m pip install HanTa
    python benchmarks/adjectives.py CORPUS [--model tiny] [--sentences 400]

Sentences of the held-out passages are tagged by the Hanover Tagger (Wartena 2019, https://doi.org/10.25968/opus-1527).
A noun's adjectives are those that stand right before it, commas between them passed over. For every head, the mean of
what they contribute to it (see head_share in model/derived.py) is compared with the mean of what other words contribute
to nouns from as many words back; the distances count alike on both sides.
"""

import re
from collections import defaultdict

import numpy as np
from HanTa import HanoverTagger
from sentences import asked_for

from soakup.model import derived
from soakup.model.model import Model
from soakup.model.trace import Trace


def pairs(trace: Trace, tagger: HanoverTagger.HanoverTagger) -> list[tuple[int, int, int, bool]]:
    """(noun, other word, distance in words, whether it is an adjective of the noun): each noun, 1 to 3 words back."""
    words = [w for w, word in enumerate(trace.words) if re.search(r"[^\W_]", word.text) and 0 not in word.tokens]
    tags = [tag for _, _, tag in tagger.tag_sent([trace.words[w].text for w in words])]
    found = []
    for n, tag in enumerate(tags):
        if tag not in ("NN1", "NN2", "NN0"):
            continue
        own = True
        for back in range(1, min(3, n) + 1):
            own = own and tags[n - back] in ("AJ0", "AJC", "AJS")
            found.append((words[n], words[n - back], back, own))
    return found


def contrast(model: Model, sentences: list[str]) -> None:
    tagger = HanoverTagger.HanoverTagger("morphmodel_en.pgz")
    shares: dict[tuple[int, bool], list[np.ndarray]] = defaultdict(list)
    for text in sentences:
        trace = model.trace(text)
        by_layer = [derived.word_head_share(trace, layer) for layer in range(model.layers)]
        for noun, other, back, own in pairs(trace, tagger):
            last = trace.words[noun].tokens[-1]
            shares[back, own].append(np.stack([layer[:, last, other] for layer in by_layer]))  # (L, H)
    distances = [back for back in (1, 2, 3) if len(shares[back, True]) >= 20]
    print(f"{'words back':12}{'adjectives':>12}{'others':>10}   the head with the most contrast")
    mean = {key: np.mean(values, 0) for key, values in shares.items() if values}
    for back in distances:
        report(f"{back}", len(shares[back, True]), len(shares[back, False]), mean[back, True], mean[back, False])
    sizes = np.array([len(shares[back, True]) for back in distances])
    adjectives, others = (
        np.average([mean[back, own] for back in distances], axis=0, weights=sizes) for own in (True, False)
    )
    report("all", sizes.sum(), sum(len(shares[back, False]) for back in distances), adjectives, others)


def report(name: str, some: int, rest: int, adjectives: np.ndarray, others: np.ndarray) -> None:
    layer, head = np.unravel_index((adjectives - others).argmax(), adjectives.shape)
    print(
        f"{name:12}{some:12}{rest:10}   layer {layer + 1} head {head + 1}: "
        f"{adjectives[layer, head]:.2f} against {others[layer, head]:.2f}"
    )


def main() -> None:
    contrast(*asked_for(__doc__))


if __name__ == "__main__":
    main()
