"""Where the tokens of a sentence stand: even columns where they fit, else spaced by their boxes, else in two steps.

Pure functions of widths; nothing here draws.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from soakup.scenes import style

BOX_PADDING = 0.1  # inside a box, left and right of its text
GAP = 0.1  # between the boxes of two words
SIZES = (48, 44, 40, 36, 32, 28)


@dataclass(frozen=True)
class Place:
    """One token's column: its middle, the left and right edge of its box, and whether the box stands one step higher."""

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

    @property
    def pitch(self) -> float:
        """The least distance between two neighbouring columns (or the whole width where there is one)."""
        xs = [place.x for place in self.places]
        return min(
            (b - a for a, b in zip(xs, xs[1:], strict=False)), default=style.MARGIN * 8
        )


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
    Tried in this order: smaller tokens, evenly spaced; boxes side by side; boxes on two levels.
    """
    count = len(joined)

    def box(i: int, size: int) -> float:
        return text_width(i, size) + 2 * BOX_PADDING

    entry_size = style.ENTRY
    if count * (column_width(entry_size) + 0.06) > width:
        entry_size = style.ENTRY_SMALLEST
    column = column_width(entry_size)

    for size in SIZES:
        need = max(max(box(i, size) + GAP for i in range(count)), column + GAP)
        pitch = min(max(width / count, need), max(widest_pitch, need))
        if pitch * count <= width + 1e-9:
            xs = [(i - (count - 1) / 2) * pitch for i in range(count)]
            return Row(
                _boxes(xs, [box(i, size) for i in range(count)], joined),
                size,
                entry_size,
            )

    size = SIZES[-1]
    boxes = [box(i, size) for i in range(count)]
    widths = [max(b, column) for b in boxes]
    total = sum(widths)
    if total + GAP * (count - 1) <= width:
        gap = (width - total) / max(count - 1, 1)
        xs, pen = [], -width / 2
        for w in widths:
            xs.append(pen + w / 2)
            pen += w + gap
        return Row(_boxes(xs, boxes, joined), size, entry_size)

    pitch = width / count
    xs = [(i - (count - 1) / 2) * pitch for i in range(count)]
    places = [
        Place(x, x - b / 2, x + b / 2, raised=i % 2 == 1)
        for i, (x, b) in enumerate(zip(xs, boxes, strict=True))
    ]
    return Row(tuple(places), size, entry_size)


def _boxes(
    xs: Sequence[float], widths: Sequence[float], joined: Sequence[bool]
) -> tuple[Place, ...]:
    """Boxes round their columns; where two pieces belong to one word, both reach to the middle between them."""
    left = [x - w / 2 for x, w in zip(xs, widths, strict=True)]
    right = [x + w / 2 for x, w in zip(xs, widths, strict=True)]
    for i in range(1, len(xs)):
        if joined[i]:
            left[i] = right[i - 1] = (right[i - 1] + left[i]) / 2
    return tuple(Place(x, a, b) for x, a, b in zip(xs, left, right, strict=True))
