"""How much of itself a word keeps, by the measure of the ink, after every layer.

    python benchmarks/ink.py CORPUS [--model tiny] [--sentences 400]

Sentences of the held-out passages; for each word the share of its own in its rolled-out contribution (see word_ink in
model/derived.py), the start token and punctuation left out.
"""

import re

import numpy as np
from sentences import asked_for

from soakup.model import derived
from soakup.model.model import Model


def kept(model: Model, sentences: list[str]) -> np.ndarray:
    """(words, L + 1): what each word holds of itself before layer 1 and after each layer."""
    rows = []
    for text in sentences:
        trace = model.trace(text)
        own = [derived.word_ink(trace, passed) for passed in range(model.layers + 1)]  # (T, words) each
        for w, word in enumerate(trace.words):
            if re.search(r"[^\W_]", word.text) and 0 not in word.tokens:
                rows.append([ink[word.tokens[-1], w] for ink in own])
    return np.array(rows)


def main() -> None:
    shares = kept(*asked_for(__doc__))
    print(f"{len(shares):,} words; a word keeps of itself      median   a tenth keeps less than   under 5%")
    for passed, own in enumerate(shares.T):
        where = f"after layer {passed}" if passed else "before layer 1"
        print(f"{where:38}{np.median(own):13.0%}{np.quantile(own, 0.1):26.0%}{(own < 0.05).mean():11.1%}")


if __name__ == "__main__":
    main()
