"""Which words of a long text stand folded: those that matter least to what is told, in as few runs as can be.

Pure functions of numbers; nothing here draws. What a run hides is never lost: wherever shares are shown, the block it
stands folded in has their sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from soakup.scenes.errors import SceneError

MOST_READ = 128  # tokens of a text that is told at all
MOST_SHOWN = 24  # tokens that stand side by side unfolded
FOLDED_TO = (20, 17, 14, 11, 8)  # tokens and blocks that stand side by side in a longer text, the first that fits


@dataclass(frozen=True)
class Run:
    """Neighbouring words that stand folded: their tokens `first` to `last`, both included."""

    first: int
    last: int

    @property
    def tokens(self) -> range:
        return range(self.first, self.last + 1)


def fold(pieces: Sequence[int], matter: Sequence[float], kept: set[int], most: int) -> list[range] | None:
    """The runs of words to fold for at most so many pieces and blocks to be left, in order; None where that cannot be.

    Of each word, how many pieces it has and how much it matters; those in `kept` are never folded. It is the run of
    least matter that is long enough; where what is kept leaves no such run, the longest first.

    >>> fold([1, 1, 1, 1, 1, 1], [5, 0, 0, 0, 5, 5], {0, 5}, most=4)
    [range(1, 4)]
    """
    runs: list[range] = []

    def length(words: range) -> int:
        return sum(pieces[w] for w in words)

    while (over := sum(pieces) - sum(length(run) - 1 for run in runs) - most) > 0:
        folded = {w for run in runs for w in run}
        free = [w for w in range(len(pieces)) if w not in kept | folded]
        gaps = [[w for _, w in gap] for _, gap in groupby(enumerate(free), key=lambda place: place[1] - place[0])]
        found = [
            range(a, b + 1)
            for gap in gaps
            for a in gap
            if (b := next((b for b in gap if b > a and length(range(a, b + 1)) > over), None)) is not None
        ]
        whole = [range(gap[0], gap[-1] + 1) for gap in gaps if len(gap) > 1]
        if found:
            runs.append(min(found, key=lambda run: (sum(matter[w] for w in run), len(run))))
        elif whole:
            runs.append(max(whole, key=length))
        else:
            return None
    return sorted(runs, key=lambda run: run.start)


def too_many(pieces: int) -> SceneError:
    """What is said where even folded too much is left: few words of a script that a model hardly knows can do that."""
    return SceneError(
        f"the text has {pieces} pieces, and too many have to be seen at once: shorten it, or choose a model that "
        "breaks its words into fewer (see soakup models)"
    )
