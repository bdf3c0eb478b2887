"""Which way each piece of a text runs, and so the order in which pieces are seen side by side.

In short what the Unicode Bidirectional Algorithm (https://www.unicode.org/reports/tr9/) does with one paragraph in
which nothing is embedded: pieces that run against the text stand, together, in the opposite order.
"""

import unicodedata
from collections.abc import Sequence
from itertools import groupby

LEFT = "R", "AL"  # Unicode's names of letters that run to the left,
RIGHT = "L", "EN", "AN"  # and of what runs to the right: the other letters, and digits of every kind


def from_the_right(text: str) -> bool:
    """Whether a text runs from the right to the left, as its first letter does."""
    return bool(_leftwards(text, rightwards=("L",)))


def against(pieces: Sequence[str], leftwards: bool) -> list[bool]:
    """Which pieces run against a text that runs to the left, or to the right. One that has no direction of its own
    goes with those on both sides, where these agree, else with the text."""
    own = [_leftwards(piece) for piece in pieces]
    found = []
    for k, direction in enumerate(own):
        if direction is None:
            before = next((d for d in reversed(own[:k]) if d is not None), leftwards)
            after = next((d for d in own[k + 1 :] if d is not None), leftwards)
            direction = before if before == after else leftwards
        found.append(direction != leftwards)
    return found


def in_view(pieces: Sequence[int], against: Sequence[bool]) -> list[int]:
    """Some pieces, by number, in the order in which one comes upon them from where the text begins.

    >>> in_view([0, 1, 2, 3], against=[False, True, True, False])
    [0, 2, 1, 3]
    """
    order: list[int] = []
    for turned, run in groupby(pieces, key=lambda k: against[k]):
        together = list(run)
        order += reversed(together) if turned else together
    return order


def _leftwards(piece: str, rightwards: Sequence[str] = RIGHT) -> bool | None:
    """Whether a piece runs to the left, as the first of its characters that has a direction; None where none has."""
    directions = (unicodedata.bidirectional(c) for c in piece)
    return next((d in LEFT for d in directions if d in (*LEFT, *rightwards)), None)
