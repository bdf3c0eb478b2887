"""The windows of text a model is trained on.

Most are cut out of the corpus wherever the draw falls. Some begin where a paragraph does, as what a person types
does. In some a passage comes back, half of those with its tokens shuffled: text has few exact repetitions, and the
heads that complete them (induction, Olsson et al. 2022, https://arxiv.org/abs/2209.11895) form only where they pay.
"""

import json

import numpy as np

from soakup.model.tokenizer import Tokenizer

SHORTEST = 8  # tokens of a passage that comes back


class Windows:
    """Draws windows of `length` tokens from `ids`, the whole corpus.

    `openings` and `returns` are the shares of windows that begin a paragraph, and in which a passage comes back.
    """

    def __init__(
        self, ids: np.ndarray, length: int, tokenizer: Tokenizer, openings: float, returns: float, seed: int
    ) -> None:
        self.ids, self.length, self.openings, self.returns = ids, length, openings, returns
        self.random = np.random.default_rng(seed)
        self.last_start = len(ids) - length
        is_break = np.array([set(tokenizer.text(id)) == {"\n"} for id in range(tokenizer.size)])
        breaks = is_break[ids[: self.last_start + 1]]
        after = np.flatnonzero(breaks[:-1] & ~breaks[1:]) + 1
        self.paragraphs = after if len(after) else np.zeros(1, np.int64)

    def draw(self, count: int) -> np.ndarray:
        """(count, length) int64."""
        starts = self.random.integers(0, self.last_start, count)
        opening = self.random.random(count) < self.openings
        starts[opening] = self.random.choice(self.paragraphs, int(opening.sum()))
        windows = np.stack([self.ids[s : s + self.length] for s in starts]).astype(np.int64)
        longest = self.length // 2
        if longest < SHORTEST:
            return windows
        for window in windows:
            if self.random.random() >= self.returns:
                continue
            size = int(self.random.integers(SHORTEST, longest + 1))
            first = int(self.random.integers(0, self.length - 2 * size + 1))
            second = int(self.random.integers(first + size, self.length - size + 1))
            if self.random.random() < 0.5:
                self.random.shuffle(window[first : first + size])
            window[second : second + size] = window[first : first + size]
        return windows

    def state(self) -> str:
        """Where the draw stands, for a checkpoint."""
        return json.dumps(self.random.bit_generator.state)

    def go_on_from(self, state: str) -> None:
        self.random.bit_generator.state = json.loads(state)
