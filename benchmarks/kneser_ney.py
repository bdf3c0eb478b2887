"""A 5-gram model of tokens with modified Kneser–Ney smoothing: what counting alone achieves on the same tokens.

Chen & Goodman 1999, https://doi.org/10.1006/csla.1999.0128: interpolated, three discounts an order estimated from the
counts of counts; lower orders count in how many contexts a gram stands, not how often.
"""

from dataclasses import dataclass

import numpy as np

ORDER = 5


@dataclass
class _Order:
    """All grams of one length. A gram is known by its rank among them, and is its prefix's rank and a last token."""

    keys: np.ndarray  # (G,) int64, sorted: rank of the prefix × vocabulary + last token
    first_at: np.ndarray  # (G,) where each stands first in the text
    counts: np.ndarray  # (G,) what is counted of each
    totals: np.ndarray  # (prefixes,) the sum of counts of the grams with that prefix
    kept_back: np.ndarray  # (prefixes,) how much of that is kept back for the next lower order
    discounts: np.ndarray  # (4,) what is taken from a count of 0, 1, 2, and 3 or more


class KneserNey:
    """Counts a text, `ids` (N,), once; `nats` then says how well it predicts another."""

    def __init__(self, ids: np.ndarray, vocabulary: int, order: int = ORDER) -> None:
        self.vocabulary, self.order = vocabulary, order
        ids = ids.astype(np.int64)
        ranks, found = np.zeros(len(ids), np.int64), []
        at = []  # for each length, the rank of the gram that starts at each place
        for n in range(1, order + 1):
            keys = ranks[: len(ids) - n + 1] * vocabulary + ids[n - 1 :]
            unique, first_at, ranks, counts = np.unique(keys, True, True, True)
            found.append((unique, first_at, counts))
            at.append(ranks)
        self.orders = []
        for n, (unique, first_at, counts) in enumerate(found, start=1):
            if n < order:  # in how many different contexts does it stand?
                longer = found[n][1]
                counts = np.bincount(at[n - 1][longer + 1], minlength=len(unique))
            self.orders.append(self._with_discounts(unique, first_at, counts))

    def _with_discounts(self, keys: np.ndarray, first_at: np.ndarray, counts: np.ndarray) -> _Order:
        grams = np.bincount(np.minimum(counts, 5), minlength=6)  # how many are counted once, twice, …
        y = grams[1] / max(grams[1] + 2 * grams[2], 1)
        discounts = np.array([0.0] + [c - (c + 1) * y * grams[c + 1] / max(grams[c], 1) for c in (1, 2, 3)])
        discounts = np.clip(discounts, 0.0, [0, 1, 2, 3])
        prefix = keys // self.vocabulary
        size = int(prefix.max()) + 1
        taken = discounts[np.minimum(counts, 3)]
        totals, kept_back = np.bincount(prefix, counts, size), np.bincount(prefix, taken, size)
        return _Order(keys, first_at, counts, totals, kept_back, discounts)

    def nats(self, ids: np.ndarray) -> float:
        """The surprise at all of `ids` (N,), each token given the four before it."""
        ids = ids.astype(np.int64)
        ranks = [np.zeros(len(ids), np.int64)]  # for each length, the rank of the gram that starts at each place, or -1
        for n, order in enumerate(self.orders, start=1):
            prefix = ranks[-1][: len(ids) - n + 1]
            keys = np.where(prefix < 0, -1, prefix * self.vocabulary + ids[n - 1 :])
            place = np.minimum(np.searchsorted(order.keys, keys), len(order.keys) - 1)
            ranks.append(np.where(order.keys[place] == keys, place, -1))
        p = np.full(len(ids), 1 / self.vocabulary)
        for n, order in enumerate(self.orders, start=1):
            ends = np.arange(n - 1, len(ids))  # the tokens that have n - 1 before them
            gram, prefix = ranks[n], ranks[n - 1][: len(ends)]
            known = (prefix >= 0) & (prefix < len(order.totals))
            known[known] = order.totals[prefix[known]] > 0
            total = order.totals[prefix[known]]
            counts = np.where(gram[known] >= 0, order.counts[gram[known]], 0)
            higher = (counts - order.discounts[np.minimum(counts, 3)]) / total
            p[ends[known]] = higher + order.kept_back[prefix[known]] / total * p[ends[known]]
        return float(-np.log(p).sum())
