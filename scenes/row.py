"""Where the tokens of a sentence stand: even columns where they fit, else spaced by their boxes, else in two steps.

Pure functions of widths; nothing here draws.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from soakup.scenes import style

BOX_PADDING = 0.14  # inside a box, left and right of a text of size 48; less for smaller ones
GAP = 0.1  # between the boxes of two words
SIZES = (48, 44, 40, 36, 32, 28)
UNEVEN = 1.25  # how much wider than the narrowest the widest step may be before smaller tokens are tried


def box_height(size: float) -> float:
    """The height of a token's box at a font size."""
    return 0.64 * size / 48 + 0.04


@dataclass(frozen=True)
class Place:
    """One token's column: its middle, the edges of its box, and whether the box stands one step higher."""

    x: float
    left: float
    right: float
    raised: bool = False


@dataclass(frozen=True)
class Row:
    """All columns, and the font sizes that make them fit."""

    places: tuple[Place, ...]
    token_size: int
    entry_size: int

    def shifted(self, dx: float) -> "Row":
        """The same row, moved sideways."""
        moved = [replace(p, x=p.x + dx, left=p.left + dx, right=p.right + dx) for p in self.places]
        return replace(self, places=tuple(moved))

    @property
    def pitch(self) -> float:
        """The least distance between neighbouring columns (much, where there is one)."""
        return min((abs(b.x - a.x) for a, b in pairwise(self.places)), default=4.0)

    def mirrored(self) -> "Row":
        """The same row from the right to the left."""
        moved = [replace(p, x=-p.x, left=-p.right, right=-p.left) for p in self.places]
        return replace(self, places=tuple(moved))

    @property
    def rise(self) -> float:
        """How much higher the raised boxes stand than the others; 0 where none is raised."""
        return box_height(self.token_size) + 0.08 if any(place.raised for place in self.places) else 0.0


def lay_out(
    text_width: Callable[[int, int], float],
    joined: Sequence[bool],
    column_width: Callable[[int], float],
    width: float,
    widest_pitch: float = 1.9,
) -> Row:
    """Fit a row of tokens into a width, centred on 0.

    `text_width(i, size)` is the width of token i's text, `column_width(size)` that of a column of numbers, and
    `joined[i]` is true where token i is a piece that goes on from token i-1 (their boxes then share an edge).
    Tried in this order: smaller tokens, until the columns stand nearly evenly; boxes side by side; two levels.
    """
    count = len(joined)

    def box(i: int, size: int) -> float:
        return text_width(i, size) + 2 * BOX_PADDING * size / 48

    entry_size = style.ENTRY
    if count * (column_width(entry_size) + 0.06) > width:
        entry_size = style.ENTRY_SMALLEST
    column = column_width(entry_size)

    for size in SIZES:
        boxes = [box(i, size) for i in range(count)]
        xs = _spread([max(b, column) for b in boxes], width, joined, widest_pitch)
        if xs is not None and (size == SIZES[-1] or _evenness(xs) <= UNEVEN):
            return Row(_boxes(xs, boxes, joined), size, entry_size)

    boxes = [box(i, SIZES[-1]) for i in range(count)]
    pitch = width / count
    xs = [(i - (count - 1) / 2) * pitch for i in range(count)]
    places = [Place(x, x - b / 2, x + b / 2, raised=i % 2 == 1) for i, (x, b) in enumerate(zip(xs, boxes, strict=True))]
    return Row(tuple(places), SIZES[-1], entry_size)


def _spread(widths: Sequence[float], width: float, joined: Sequence[bool], widest: float) -> list[float] | None:
    """Middles for objects side by side, their distances as equal as can be; None where they do not fit.

    Each distance is at least what the two neighbours need; the rest of the room goes to the narrowest ones first.
    """
    needs = [(a + b) / 2 + (0 if glued else GAP) for a, b, glued in zip(widths, widths[1:], joined[1:], strict=False)]
    room = width - (widths[0] + widths[-1]) / 2
    if sum(needs) > room:
        return None
    low, high = 0.0, max([widest, *needs])
    for _ in range(50):
        level = (low + high) / 2
        if sum(max(need, level) for need in needs) <= room:
            low = level
        else:
            high = level
    steps = [max(need, low) for need in needs]
    xs = [0.0]
    for step in steps:
        xs.append(xs[-1] + step)
    # The row's outer edges, not its outer middles, stand equally far from the centre.
    middle = (xs[0] - widths[0] / 2 + xs[-1] + widths[-1] / 2) / 2
    return [x - middle for x in xs]


def _evenness(xs: Sequence[float]) -> float:
    """The widest distance between neighbours over the narrowest."""
    steps = [b - a for a, b in pairwise(xs)]
    return max(steps) / min(steps) if steps else 1.0


def _boxes(xs: Sequence[float], widths: Sequence[float], joined: Sequence[bool]) -> tuple[Place, ...]:
    """Boxes round their columns; where two pieces belong to one word, both reach to the middle between them."""
    left = [x - w / 2 for x, w in zip(xs, widths, strict=True)]
    right = [x + w / 2 for x, w in zip(xs, widths, strict=True)]
    for i in range(1, len(xs)):
        if joined[i]:
            left[i] = right[i - 1] = (right[i - 1] + left[i]) / 2
    return tuple(Place(x, a, b) for x, a, b in zip(xs, left, right, strict=True))
