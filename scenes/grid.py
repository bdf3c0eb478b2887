"""Where everything in an attention grid stands: queries along the top, keys down the left, one cell for each pair.

Pure functions of widths; nothing here draws.

    box  box  box        the words, in their boxes
     ↓    ↓    ↓
     E    E    E         left out where there is little room
     ↓    ↓    ↓
     Q    Q    Q         left out where there is less
    ┌────┬────┬────┐
    │    │    │    │     from the left likewise: box → E → K

Of a long text the words that stand folded have a row together, and no column.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from soakup.scenes.row import BOX_PADDING
from soakup.scenes.screen import Screen

LABEL_SIZES = (36, 32, 30, 28, 26, 24, 22)
STEPPED_SIZES = (30, 28, 26, 24, 22)  # of words on two levels
ENTRY_SIZES = (34, 30, 28, 26, 24, 22)
WIDEST, HIGHEST = 1.9, 0.85  # of a cell
SYMBOL = 0.36  # room for a vector's symbol, in both directions
ARROW_DOWN, ARROW_RIGHT, LONGEST_ARROW = 0.26, 0.36, 0.5
LEAST_FOR_SYMBOLS = 0.285  # height of a row in which a symbol touches neither that above it nor that beneath
GAP = 0.06  # between symbols and the grid
FEW, SOME = 14, 18  # rows up to which E, and up to which Q and K are shown
CORNER = (2.1, 1.3)  # least width and height of the corner, in which layer and head are named
BESIDE_CORNER = 0.1  # from what is named there to a word
DIGIT = 0.148 / 22  # height of a digit, by font size
LINE = 1.75  # from one row of digits to the next, in heights of a digit


class Upwards(Enum):
    """Which words on top are written upwards: where it is all, still none that share the box of a character, which is
    as wide as its columns."""

    NONE, REST, ALL = range(3)


@dataclass(frozen=True)
class GridPlan:
    """Places by token; `xs` are middles of columns, `ys` of rows, those of a run by its first token. What is None is
    left out."""

    xs: Mapping[int, float]
    ys: Mapping[int, float]
    cell: tuple[float, float]  # width, height
    label_size: int
    turned: Mapping[int, bool]  # which of the words on top are written upwards
    raised: Mapping[int, bool]  # which of the boxes on top stand one step higher
    aside: Mapping[int, float]  # how far each of them stands right of its column's middle, to make room for the next
    staggered: bool  # whether every second word on the left stands further left
    box: float  # height of a word's box
    step: float  # how much higher a raised one stands
    entry_size: int | None  # of the digits in the cells, where they fit
    foot: float  # lower edge of the boxes on top, but of those one step higher
    e_y: float | None
    q_y: float | None
    box_right: float  # the right edge of the boxes on the left
    box_room: float  # and how wide the widest of them is; nothing, where there is no room for them
    e_x: float | None
    k_x: float | None
    sum_y: float  # of a row of sums beneath the grid

    def foot_over(self, i: int) -> float:
        """The lower edge of the box over column i."""
        return self.foot + (self.step if self.raised[i] else 0.0)

    @property
    def under_words(self) -> float:
        """The lower edge of the boxes on top."""
        return min(map(self.foot_over, self.xs))

    @property
    def level(self) -> bool:
        """Whether words stand over the columns as they are read, all but perhaps the first."""
        return not any(list(self.turned.values())[1:])

    @property
    def left(self) -> float:
        return min(self.xs.values()) - self.cell[0] / 2

    @property
    def right(self) -> float:
        return max(self.xs.values()) + self.cell[0] / 2

    @property
    def top(self) -> float:
        return max(self.ys.values()) + self.cell[1] / 2

    @property
    def bottom(self) -> float:
        return min(self.ys.values()) - self.cell[1] / 2

    @property
    def side(self) -> int:
        """Where the next column stands: 1 to the right, -1 to the left."""
        xs = list(self.xs.values())
        return 1 if xs[-1] >= xs[0] else -1

    @property
    def largest_dot(self) -> float:
        """The radius of the dot of all the attention there is."""
        return 0.46 * min(self.cell)


@dataclass(frozen=True)
class Kept:
    """How much of the frame, at each of its sides, a grid leaves to something else, which then also takes what stands
    in the grid's corner and under it."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0


NOTHING = Kept()


@dataclass(frozen=True)
class GridMeasures:
    """What a grid is made from: which tokens have a column and which a row, and how many of them each of the boxes
    there has; by font size, how wide the text of each column and of each row is, how high a line is that holds them
    all, and how wide the widest number of a cell; in which columns a box fills the column, as those of the pieces of a
    word do; and how wide and high the box of the rest token is where it alone is written upwards."""

    columns: Sequence[int]
    rows: Sequence[int]
    over: Sequence[int]
    beside: Sequence[int]
    column_widths: Callable[[int], Sequence[float]]
    row_widths: Callable[[int], Sequence[float]]
    text_height: Callable[[int], float]
    entry_width: Callable[[int], float]
    filled: Sequence[bool]
    rest: Callable[[int], tuple[float, float]] | None


def plan_grid(
    measures: GridMeasures, screen: Screen, from_the_right: bool = False, kept: Kept = NOTHING, bare: bool = False
) -> GridPlan:
    """Fit a grid into a frame, leaving room for a caption at the bottom, and what is kept. A bare one has neither
    symbols nor sums, and names before its rows in place of boxes.

    Tried in this order: smaller words, words a little aside, two levels, the rest token written upwards and then all
    words, on one level and on two, none before the rows; and smaller digits, no digits.
    """
    smallest, none, rest, every = LABEL_SIZES[-1], Upwards.NONE, Upwards.REST, Upwards.ALL
    ways = [(size, none, 1, True, False) for size in LABEL_SIZES if bare or size >= 24]
    ways += [(size, none, 1, True, True) for size in STEPPED_SIZES if not any(measures.filled)]
    ways += [(size, none, 2, True, False) for size in STEPPED_SIZES]
    ways += [(size, rest, 1, True, False) for size in STEPPED_SIZES if measures.rest]
    without = [False] * (kept != NOTHING)
    if measures.rest:
        ways += [(smallest, rest, 1, beside, False) for beside in (True, *without)]
        ways += [(smallest, rest, 2, True, False)] * (not bare)
    ways += [(smallest, every, 1, beside, False) for beside in (True, *without)]
    ways += [(smallest, every, 2, beside, False) for beside in (True, False)]
    stepped: list[GridPlan] = []
    for size, upwards, steps, beside, aside in ways:
        plan = _plan(measures, size, upwards, steps, beside, aside, screen, from_the_right, kept, bare)
        if plan is not None and bare and steps > 1 and upwards is none:
            stepped.append(plan)
        elif stepped:  # the one that lifts the fewest words, and of those that with the largest
            return min(stepped, key=lambda plan: sum(plan.raised.values()))
        elif plan is not None and (
            bare
            or box_height(size) <= plan.cell[1] - 0.04 * (size > smallest)
            or (size == smallest and upwards is not none)
        ):
            return plan
    raise AssertionError("words written upwards on two levels, and none before the rows, always fit")


def fit_labels(text_widths: Callable[[int], Sequence[float]], cell: float) -> tuple[int, list[bool] | None]:
    """The largest size at which words fit over columns of a width, and which of them stand one step higher; the
    smallest and None where they have to be written upwards."""
    for steps, sizes in ((1, LABEL_SIZES[:-1]), (2, STEPPED_SIZES)):
        for size in sizes:
            raised = levels_of([width + 2 * padding(size) for width in text_widths(size)], cell, steps)
            if raised is not None:
                return size, raised
    return LABEL_SIZES[-1], None


def padding(size: float) -> float:
    """Room inside a box, left and right of its text."""
    return BOX_PADDING * 0.8 * size / 48


def box_height(size: float) -> float:
    """The height of a word's box."""
    return 0.6 * size / 48 + 0.03


def _plan(
    measures: GridMeasures,
    size: int,
    upwards: Upwards,
    steps: int,
    words_beside: bool,
    aside: bool,
    screen: Screen,
    from_the_right: bool,
    kept: Kept,
    bare: bool,
) -> GridPlan | None:
    """The grid with words of one size on one or two levels or a little aside, all of it together in the middle of its
    part of the frame; None where the boxes do not fit."""
    widths = [width + 2 * padding(size) for width in measures.column_widths(size)]
    beside_size = LABEL_SIZES[-1] if bare else size  # names may be as small as need be
    widest_beside = max(measures.row_widths(beside_size)) + 2 * padding(beside_size)
    width = screen.room - kept.left - kept.right
    height = screen.top - kept.top - screen.floor - kept.bottom - 0.03
    corner = CORNER if kept == NOTHING else (0.0, 0.0)
    count, rows = len(measures.columns), len(measures.rows)
    lines = rows + (kept == NOTHING and not bare)  # one more for sums
    least = measures.text_height(size) + 0.03  # of a box
    box = max(box_height(size), least)
    turned = [upwards is Upwards.ALL] * count
    highest = max(widths) if turned[0] else box
    step = highest + 0.08  # what stands over every second column has to clear the longest word under it
    head = highest + (steps - 1) * step
    if upwards is Upwards.REST and measures.rest:
        turned[0] = True
        widths[0], length = measures.rest(size)
        head = max(head, length)

    most = 0 if bare or rows > SOME else 1 if rows > FEW or screen.narrow or kept != NOTHING else 2
    for stops in range(most, -1, -1):  # symbols between a word and the grid
        arrows = max(stops, 1)
        above = head + stops * SYMBOL + GAP
        down = max(ARROW_DOWN, (corner[1] - above) / arrows)
        cell_height = min((height - above - arrows * down) / lines, HIGHEST)
        if cell_height >= (LEAST_FOR_SYMBOLS if kept == NOTHING else least + 0.005):  # then words have room there too
            break
    embeddings, symbols = stops == 2, stops > 0
    down = max(min((height - above - lines * cell_height) / arrows, LONGEST_ARROW), down)
    least_beside = measures.text_height(beside_size) + 0.03
    apart = min(((a + b) / 2 for a, b in pairwise(measures.beside)), default=1)  # middles of boxes, in rows
    staggered = apart * cell_height < least_beside + 0.005
    if not words_beside or 2 * cell_height < least_beside:
        widest_beside, staggered = 0.0, False
    room = widest_beside * (2 if staggered else 1) + (0.08 if staggered else 0)
    before = room + stops * SYMBOL + (0.0 if bare else arrows * ARROW_RIGHT) + GAP
    beside = max(before, corner[0])
    cell_width = min((width - beside) / count, WIDEST)
    innermost, outermost = (widths[-1], widths[0]) if from_the_right else (widths[0], widths[-1])
    past = 0.0  # how far the box at the edge reaches over it
    if upwards is not Upwards.ALL:
        if measures.filled[-1 if from_the_right else 0]:
            innermost = max(innermost, cell_width)
        into = (innermost - cell_width) / 2 + BESIDE_CORNER  # the first, and a bare grid may reach under the corner
        beside = max(before, corner[0] + (into if bare else max(0.0, into)))
        cell_width = min((width - beside) / count, WIDEST)
        past = max(0.0, outermost - cell_width) / 2
        cell_width = min((width - beside - past) / count, WIDEST)
        past = max(0.0, outermost - cell_width) / 2
        cell_width = min((width - beside - past) / count, WIDEST)
    else:
        past = max(0.0, box - cell_width) / 2
        cell_width = min((width - beside - past) / count, WIDEST)

    raised: list[bool] | None
    shifts: list[float] | None = [0.0] * count
    if upwards is Upwards.ALL:
        shared = [(n, many) for n, many in enumerate(measures.over) for _ in range(many)]  # by column: its box
        raised = [steps == 2 and n % 2 == 1 for n, _ in shared]
        if steps * cell_width < least + 0.02 and (steps == 1 or words_beside):
            return None
        pad = 2 * padding(size)
        turned = [
            many == 1 or many * (width - pad) + pad > many * cell_width - 0.05
            for (_, many), width in zip(shared, widths, strict=True)
        ]
    elif aside:
        raised = [False] * count
        if (shifts := shifts_of(widths, cell_width)) is None:
            return None
    else:
        reaching = [
            cell_width - 0.05 if fills and width <= cell_width - 0.02 else width
            for width, fills in zip(widths, measures.filled, strict=True)
        ]
        if (raised := levels_of(reaching, cell_width, steps)) is None:
            return None

    drawn = max(min(box, cell_height - 0.02), least)
    sizes = [s for s in ENTRY_SIZES if measures.entry_width(s) + 0.14 <= cell_width and DIGIT * s * LINE <= cell_height]
    left = (kept.left - kept.right - beside - count * cell_width - past) / 2
    total = above + arrows * down + lines * cell_height
    top = screen.top - kept.top - max((height - total) / 2, 0.15 if bare else 0.03)
    grid_left, grid_top = left + beside, top - above - arrows * down
    xs = [grid_left + (i + 0.5) * cell_width for i in range(count)]
    return GridPlan(
        xs=dict(zip(measures.columns, reversed(xs) if from_the_right else xs, strict=True)),
        ys={j: grid_top - (n + 0.5) * cell_height for n, j in enumerate(measures.rows)},
        cell=(cell_width, cell_height),
        label_size=size,
        turned=dict(zip(measures.columns, turned, strict=True)),
        raised=dict(zip(measures.columns, raised, strict=True)),
        aside={i: -x if from_the_right else x for i, x in zip(measures.columns, shifts, strict=True)},
        staggered=staggered,
        box=drawn,
        step=step,
        entry_size=sizes[0] if sizes else None,
        foot=top - head + (0.0 if upwards is Upwards.ALL else (box - drawn) / 2),
        e_y=top - head - down - SYMBOL / 2 if embeddings else None,
        q_y=grid_top + GAP + SYMBOL / 2 if symbols else None,
        box_right=grid_left - GAP - stops * SYMBOL - arrows * ARROW_RIGHT,
        box_room=0.0 if bare else widest_beside,
        e_x=grid_left - GAP - SYMBOL - ARROW_RIGHT - SYMBOL / 2 if embeddings else None,
        k_x=grid_left - GAP - SYMBOL / 2 if symbols else None,
        sum_y=grid_top - (rows + 0.5) * cell_height - 0.03,
    )


def levels_of(widths: Sequence[float], cell: float, steps: int) -> list[bool] | None:
    """Which boxes have to stand one step higher, each column being `cell` wide; None where that is not enough."""
    raised: list[bool] = []
    ends = [-1e9, -1e9]  # how far the boxes of each level reach
    for i, width in enumerate(widths):
        left, right = i * cell - width / 2, i * cell + width / 2
        level = next((level for level in range(steps) if left > ends[level] + 0.0499), None)
        # A raised box's arrow passes beside its neighbours.
        if level is None or (steps == 2 and width / 2 > cell - 0.08):
            return None
        raised.append(level == 1)
        ends[level] = right
    return raised


def shifts_of(widths: Sequence[float], cell: float) -> list[float] | None:
    """How far each box has to stand further along than the middle of its column, `cell` wide, for all to stand side by
    side; None where the first or the last had to leave its place, or any its column's middle."""
    apart = [(a + b) / 2 + 0.05 for a, b in pairwise(widths)]
    along, back = [0.0], [0.0]
    for least in apart:
        along.append(max(along[-1] + least - cell, 0.0))
    for least in reversed(apart):
        back.append(min(back[-1] - least + cell, 0.0))
    shifts = [(a + b) / 2 for a, b in zip(along, reversed(back), strict=True)]  # as far apart as both, and half as far
    at_the_edges = max(abs(shifts[0]), abs(shifts[-1])) < 0.01
    return shifts if at_the_edges and all(abs(x) < w / 2 - 0.1 for x, w in zip(shifts, widths, strict=True)) else None
