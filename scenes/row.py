"""Where the tokens of a sentence stand in one row: boxes side by side on one level, or on two.

Pure functions of widths; nothing here draws.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

BOX_PADDING = 0.14  # inside a box, left and right of a text of size 48; less for smaller ones
GAP = 0.1  # between the boxes of two words
COLUMN_GAP = 0.06  # between two columns
PASSING = 0.07  # between a box and the arrow from a higher one that passes beside it
SIZES = (48, 44, 40, 36, 32, 28)
EVEN, NEARLY_EVEN = (
    1.25,
    1.7,
)  # how much wider the widest step may be than the narrowest before smaller tokens are tried


def box_height(size: float) -> float:
    """The height of a token's box at a font size."""
    return 0.64 * size / 48 + 0.04


@dataclass(frozen=True)
class Place:
    """One box: its middle, its edges, and whether it stands one step higher."""

    x: float
    left: float
    right: float
    raised: bool = False


@dataclass(frozen=True)
class Row:
    """All boxes of a row, and the font size that makes them fit."""

    places: tuple[Place, ...]
    token_size: int

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
    columns: Sequence[float],
    width: float,
    levels: int = 1,
    sizes: Sequence[int] = SIZES,
    widest_pitch: float = 1.9,
) -> Row | None:
    """Fit a row of boxes into a width, centred on 0; None where they do not fit. Where there are two levels, every
    second box stands one step higher, or, where that takes less room, whichever saves most.

    `text_width(i, size)` is the width of box i's text, `columns[i]` that of what stands under it, and `joined[i]` is
    true where it is a piece that goes on from box i-1 (the two then share an edge, on one level). Of the sizes it
    is the largest whose columns stand nearly evenly, else the largest that is not too uneven, else the smallest.
    """
    fitting: list[tuple[float, Row]] = []
    for size in sizes:
        boxes = [text_width(i, size) + 2 * BOX_PADDING * size / 48 for i in range(len(joined))]
        spacing = _Spacing(boxes, joined, columns)
        alternate = [levels == 2 and i % 2 == 1 for i in range(len(boxes))]
        for raised in (alternate, spacing.saving()) if levels == 2 else (alternate,):
            xs = spacing.spread(raised, width, widest_pitch)
            if xs is not None:
                fitting.append((_evenness(xs), Row(_places(xs, boxes, joined, raised), size)))
                break
    if not fitting:
        return None
    for bound in (EVEN, NEARLY_EVEN):
        if even := [row for uneven, row in fitting if uneven <= bound]:
            return even[0]
    return fitting[-1][1]


@dataclass(frozen=True)
class _Spacing:
    """How near boxes may stand to each other, given their widths and those of the columns under them."""

    boxes: Sequence[float]
    joined: Sequence[bool]
    columns: Sequence[float]

    def least(self, xs: Sequence[float], raised: Sequence[bool], apart: float = 0.0) -> float:
        """How far left the next box may stand after those at `xs`, which of them and itself being raised."""
        i, half = len(xs), self.boxes[len(xs)] / 2
        if not i:
            return 0.0
        bounds = [xs[-1] + max(apart, (self.columns[i - 1] + self.columns[i]) / 2 + COLUMN_GAP)]
        for k, x in enumerate(xs):
            if raised[k] == raised[i]:
                glued = self.joined[i] and k == i - 1
                bounds.append(x + self.boxes[k] / 2 + half + (0.0 if glued else GAP))
            elif raised[i]:  # its arrow passes beside the lower one
                bounds.append(x + self.boxes[k] / 2 + PASSING)
            else:
                bounds.append(x + half + PASSING)
        return max(bounds)

    def saving(self) -> list[bool]:
        """Which boxes to raise so that each stands as far left as can be."""
        xs: list[float] = []
        raised: list[bool] = []
        for _ in self.boxes:
            low, high = (self.least(xs, [*raised, level]) for level in (False, True))
            raised.append(high < low - 0.01)
            xs.append(min(low, high))
        return raised

    def placed(self, raised: Sequence[bool], apart: float) -> list[float]:
        """The middles, each as far left as can be, but at least so far apart."""
        xs: list[float] = []
        for _ in self.boxes:
            xs.append(self.least(xs, raised, apart))
        return xs

    def ends(self, xs: Sequence[float]) -> tuple[float, float]:
        """The outer edges of boxes and columns."""
        reach = [max(box, column) / 2 for box, column in zip(self.boxes, self.columns, strict=True)]
        ends = list(zip(xs, reach, strict=True))
        return min(x - r for x, r in ends), max(x + r for x, r in ends)

    def spread(self, raised: Sequence[bool], width: float, widest: float) -> list[float] | None:
        """The middles in a width, centred on 0, their distances as equal as can be; None where they do not fit.

        Each distance is at least what the neighbours need; the rest of the room goes to the narrowest ones first.
        """

        def fits(apart: float) -> bool:
            left, right = self.ends(self.placed(raised, apart))
            return right - left <= width

        if not fits(0.0):
            return None
        low, high = 0.0, max([widest, *(b - a for a, b in pairwise(self.placed(raised, 0.0)))])
        for _ in range(24):
            middle = (low + high) / 2
            low, high = (middle, high) if fits(middle) else (low, middle)
        xs = self.placed(raised, low)
        # The row's outer edges, not its outer middles, stand equally far from the centre.
        shift = sum(self.ends(xs)) / 2
        return [x - shift for x in xs]


def _evenness(xs: Sequence[float]) -> float:
    """The widest distance between neighbours over the narrowest."""
    steps = [b - a for a, b in pairwise(xs)]
    return max(steps) / min(steps) if steps else 1.0


def _places(
    xs: Sequence[float], widths: Sequence[float], joined: Sequence[bool], raised: Sequence[bool]
) -> tuple[Place, ...]:
    """Boxes round their columns; where two pieces belong to one word, both reach to the middle between them."""
    left = [x - w / 2 for x, w in zip(xs, widths, strict=True)]
    right = [x + w / 2 for x, w in zip(xs, widths, strict=True)]
    for i in range(1, len(xs)):
        if joined[i] and raised[i - 1] == raised[i]:
            left[i] = right[i - 1] = (right[i - 1] + left[i]) / 2
    return tuple(Place(*place) for place in zip(xs, left, right, raised, strict=True))
