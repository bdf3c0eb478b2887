"""Where everything of a sentence stands: one row of words or two, and under each word its numbers or its strip.

Pure functions of widths and of the screen; nothing here draws. From the top down, for each row:

    arcs
    boxes, on one level or two in turn
    arrows
    columns of numbers, or strips
    bars of ink
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

from soakup.scenes import style
from soakup.scenes.directions import in_view
from soakup.scenes.errors import SceneError
from soakup.scenes.row import COLUMN_GAP, SIZES, Row, box_height, lay_out
from soakup.scenes.screen import Screen
from soakup.scenes.vectors import LINE

HEAD = 0.55  # from the top margin to the highest arc: the layer counter stands there
FOOT = 0.46  # kept free over the captions, for the guess
ARROW, SHORT_ARROW = 0.36, 0.24  # from a box to the column, and to the strip
BAR, BAR_GAP = 0.24, 0.06  # an ink bar, and from the column to it
BETWEEN = 0.3  # from one row's bars to the next row's arcs
REST = 0.86  # room for the rest token's box before the first word
BRACE = 0.45  # for the brace, where there is no rest token
ENTRY_SIZES = (44, 38, 32, 29, 27, 25, 24, 22)  # none that other texts have, whose lines they would nearly stand on
LARGE = 5  # words up to which larger entries are worth lower arcs
FEW, MANY = 6, 10  # entries of a column: as a rule, and in an upright frame
LEAST = {1: 4, 2: 5}  # by rows of words: how few entries a column may have
ARCS = {1: 1.1, 2: 0.62}  # by rows of words: least height of the arcs
ARCS_SHARE, HIGHEST = 0.35, 3.0  # of the height that arcs and columns share; and the most they need
STRIPS, STRIP_HEIGHT = (0.45, 0.22), (0.5, 2.4)  # widths a strip needs, if that can be; least and greatest height
STRIP_TOKENS, SMALL_TOKENS = SIZES[2:], (26, 24, 22)  # sizes of words over strips, the latter where nothing else fits


@dataclass(frozen=True)
class Line:
    """One row of words: the boxes in it, from where the text begins, where they stand, and the heights of all else."""

    boxes: tuple[int, ...]
    row: Row
    arcs_to: float  # the highest point of an arc
    tokens_at: float  # the middle of the lower boxes
    columns_at: float  # the top of the columns
    columns_end: float
    bottom: float  # of the ink bars


@dataclass(frozen=True)
class Plan:
    """The rows of words, and what stands under a word: `entries` numbers of a font size, or so many cells of a strip
    where `entry_size` is None; `pitch` is the least distance of two columns, as far as
    what stands behind them is to know it."""

    lines: tuple[Line, ...]
    entries: int
    entry_size: int | None
    pitch: float
    rest_x: float  # of the rest token, before the first word

    @property
    def token_size(self) -> int:
        return self.lines[0].row.token_size


@dataclass(frozen=True)
class Measures:
    """What a plan is made from: of each box how wide its text is at a size, whether it goes on from the box before,
    how many columns stand under it (none under what stands folded), and whether it runs `against` the text; and how
    wide a column is at a size."""

    text_width: Callable[[int, int], float]
    joined: Sequence[bool]
    columns: Sequence[int]
    column_width: Callable[[int], float]
    against: Sequence[bool]

    def side_by_side(self, a: int, b: int) -> bool:
        """Whether one of two boxes goes on from the other."""
        return abs(a - b) == 1 and self.joined[max(a, b)]


@dataclass(frozen=True)
class _Heights:
    """How a row's height is shared out."""

    arcs: float
    column: float
    entries: int


def plan_sentence(measures: Measures, screen: Screen, rest: bool, from_the_right: bool) -> Plan:
    """The first of these that fits: numbers in one row of words, on one level or two; in an upright frame, in two rows;
    strips in one row, or two. Raises SceneError where nothing fits."""
    for lines, sizes, levels, words in _ways(screen):
        plan = _planned(measures, screen, rest, lines, sizes, levels, words)
        if plan is not None:
            return _mirrored(plan) if from_the_right else plan
    raise SceneError(
        "the words are too many and too long to stand side by side in this frame: shorten the text"
        + (", or choose --size 16:9" if screen.narrow else "")
    )


def _ways(screen: Screen) -> Iterator[tuple[int, Sequence[int | None], int, Sequence[int]]]:
    """Rows of words, font sizes of entries (None: strips), levels of boxes and font sizes of words, in the order they
    are tried."""
    strips: Sequence[int | None] = (None,)
    numbers = [(1, 1), (1, 2)] + [(2, 1), (2, 2)] * screen.tall
    yield from ((lines, ENTRY_SIZES, levels, SIZES) for lines, levels in numbers)
    cells = [(1, 1)] + [(2, 1)] * screen.tall + [(1, 2)]
    yield from ((lines, strips, levels, STRIP_TOKENS) for lines, levels in cells)
    if not screen.narrow:
        yield (1, strips, 2, SMALL_TOKENS)
    yield from ((2, strips, levels, STRIP_TOKENS) for levels in (1, 2))
    yield (2, strips, 2, SMALL_TOKENS)


def _planned(
    measures: Measures,
    screen: Screen,
    rest: bool,
    lines: int,
    sizes: Sequence[int | None],
    levels: int,
    words: Sequence[int],
) -> Plan | None:
    side = REST if rest else BRACE  # before the first row; the second has the whole width
    widths = [screen.room - side, screen.room][:lines]
    parts = _parts(measures, lines)
    if len(parts) < lines:
        return None
    # (Over strips, smaller words may leave the height that larger ones do not.)
    smaller_words, strips = (range(len(words)), STRIPS) if None in sizes else (range(1), (0.0,))
    for size, smaller, strip in product(sizes, smaller_words, strips):
        column = strip if size is None else measures.column_width(size)
        rows = _rows(measures, parts, column, widths, levels, words[smaller:])
        if rows is None:
            continue
        rise = max(row.rise for row in rows)
        heights = _share_out(screen, rows, rise, size, len(measures.joined))
        if heights is not None:
            placed = [rows[0].shifted(side / 2), *rows[1:]]
            rest_x = placed[0].places[0].left - REST / 2 - 0.015
            stacked = _stack(screen, parts, placed, rise, heights, _arrow(size))
            pitch = min(_pitches(measures, parts, placed, column, screen.right))
            return Plan(stacked, heights.entries, size, pitch, rest_x)
    return None


def _parts(measures: Measures, lines: int) -> list[list[int]]:
    """Which boxes stand in which row, from where the text begins: about as many columns in each, a word never broken
    where that can be."""
    count = len(measures.joined)
    if lines == 1:
        return [in_view(range(count), measures.against)]
    may_begin = [k for k in range(1, count) if not measures.joined[k]] or list(range(1, count))
    if not may_begin:
        return []
    widths = [max(measures.text_width(k, SIZES[-1]) + 0.2, 0.3 * measures.columns[k]) for k in range(count)]
    begin = min(may_begin, key=lambda k: abs(sum(widths[:k]) - sum(widths[k:])))
    return [in_view(part, measures.against) for part in (range(begin), range(begin, count))]


def _rows(
    measures: Measures,
    parts: Sequence[Sequence[int]],
    column: float,
    room: Sequence[float],
    levels: int,
    sizes: Sequence[int],
) -> list[Row] | None:
    """The rows, each in its room, all with words of one size, the largest that fits and is even enough in each; None
    where none is."""
    while True:
        rows = [
            lay_out(
                lambda k, size, part=part: measures.text_width(part[k], size),
                [False, *[measures.side_by_side(a, b) for a, b in pairwise(part)]],
                [max(measures.columns[k] * (column + COLUMN_GAP) - COLUMN_GAP, 0.0) for k in part],
                width,
                levels,
                sizes,
                2.2 if len(parts) == 1 else 1.9,
            )
            for part, width in zip(parts, room, strict=True)
        ]
        found = [row for row in rows if row is not None]
        if len(found) < len(rows):
            return None
        smallest = min(row.token_size for row in found)
        if all(row.token_size == smallest for row in found):
            return found
        sizes = [size for size in sizes if size <= smallest]


def _share_out(screen: Screen, rows: Sequence[Row], rise: float, size: int | None, boxes: int) -> _Heights | None:
    """How high arcs and columns may be; None where that is too low."""
    lines = len(rows)
    whole = screen.top - HEAD - (screen.floor + FOOT) - (lines - 1) * BETWEEN
    spare = whole / lines - box_height(rows[0].token_size) - rise - _arrow(size) - BAR_GAP - BAR
    least = ARCS[lines]
    arcs = least if boxes <= LARGE and not screen.tall else max(least, ARCS_SHARE * spare)
    if size is None:
        column = min(spare - arcs, STRIP_HEIGHT[1])
        if column < STRIP_HEIGHT[0]:
            column = spare - least
        if column < STRIP_HEIGHT[0]:
            return None
        return _Heights(min(spare - column, HIGHEST), column, 0)
    line = LINE * size / style.ENTRY
    most = MANY if screen.tall else FEW
    for room in (spare - arcs, spare - least):
        entries = min(int(room / line + 1e-6) - 1, most)
        if entries >= (FEW if size > style.ENTRY else LEAST[lines]):
            column = (entries + 1) * line
            return _Heights(min(spare - column, HIGHEST), column, entries)
    return None


def _arrow(size: int | None) -> float:
    return SHORT_ARROW if size is None else ARROW


def _stack(
    screen: Screen, parts: Sequence[Sequence[int]], rows: Sequence[Row], rise: float, heights: _Heights, arrow: float
) -> tuple[Line, ...]:
    """The rows under each other, in the middle of the room there is."""
    box = box_height(rows[0].token_size)
    each = heights.arcs + rise + box + arrow + heights.column + BAR_GAP + BAR
    top, floor = screen.top - HEAD, screen.floor + FOOT
    pen = top - (top - floor - len(rows) * each - (len(rows) - 1) * BETWEEN) / 2
    lines = []
    for part, row in zip(parts, rows, strict=True):
        tokens_at = pen - heights.arcs - rise - box / 2
        columns_at = tokens_at - box / 2 - arrow
        columns_end = columns_at - heights.column
        bottom = columns_end - BAR_GAP - BAR
        lines.append(Line(tuple(part), row, pen, tokens_at, columns_at, columns_end, bottom))
        pen = bottom - BETWEEN
    return tuple(lines)


def _pitches(
    measures: Measures, parts: Sequence[Sequence[int]], rows: Sequence[Row], column: float, edge: float
) -> Iterator[float]:
    """The least distance of neighbouring columns, in each row, and of the outermost ones from what is as far beyond the
    frame's edge as they are before it."""
    for part, row in zip(parts, rows, strict=True):
        yield column + COLUMN_GAP if any(measures.columns[k] > 1 for k in part) else row.pitch
        for k, place in zip(part, row.places, strict=True):
            if measures.columns[k]:
                aside = (measures.columns[k] - 1) / 2 * (column + COLUMN_GAP)
                yield 2 * (edge - abs(place.x) - aside) + COLUMN_GAP


def _mirrored(plan: Plan) -> Plan:
    """The same, read from the right."""
    lines = tuple(replace(line, row=line.row.mirrored()) for line in plan.lines)
    return replace(plan, lines=lines, rest_x=-plan.rest_x)
