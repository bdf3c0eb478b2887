"""Which words have a column of values of their own, and where all that belongs to the columns stands.

Pure functions of weights and widths; nothing here draws.

     box  box  box        the words, in their boxes
      E    E    E
      ↓    ↓    ↓
     [ ]  [ ]  [ ]        their values
      V    V    V
      w    w    w         the weights they get, and under each its dot
"""

from dataclasses import dataclass

import numpy as np

from soakup.model.derived import by_attention
from soakup.scenes.adding import SIGN_ROOM
from soakup.scenes.quantity import format_for
from soakup.scenes.reading import Reading
from soakup.scenes.screen import Screen
from soakup.scenes.vectors import column_height, column_width, fit_size

SOURCES = 9  # columns of values shown at most; where there are more, the lesser ones are put together
NARROWEST, WIDEST = 1.14, 2.1  # distance of columns (the widest, of those in the row of all words too)
FEWEST = 3  # columns shown at least, where their words are long
SUM = 1.3  # room for the sum behind the row, in distances of columns
HEADER = 0.85  # height of what is said at the top left
SYMBOL, COLUMN, NAME, WEIGHT, DOT = 0.54, 0.62, 0.49, 0.88, 1.12  # from what stands above to what stands under it
LARGEST_DOT = 0.16
LONGER = 0.5  # by how much an arrow is longer, at most, where there is height to spare


@dataclass(frozen=True)
class Sources:
    """The tokens that have a column of their own, in the order of the text: those that get most, `most` of them, and
    all, where there is no more than one more. `lesser` says whether what is left comes together in one more column."""

    tokens: list[int]
    most: int
    lesser: bool


def choose_sources(
    weights: np.ndarray, i: int, looks_ahead: bool, reading: Reading, screen: Screen, fewer: int = 0
) -> Sources:
    """Which tokens have a column, by what token i gives (T,) to each: as many as have room, or so many fewer. What
    stands folded has none, nor has what gets less than that."""
    seen = range(len(weights) if looks_ahead else i + 1)
    order = by_attention(weights, i)[: len(seen)]
    looked_at = next((n for n, j in enumerate(order) if j in reading.hidden), len(seen))
    most = min(min(SOURCES, int(screen.room / NARROWEST - 1 - SUM)) - fewer, looked_at)
    lesser = len(seen) > most + (looked_at == len(seen))
    return Sources(sorted(order[:most]) if lesser else list(seen), most, lesser)


def distance(count: int, screen: Screen) -> float:
    """How far so many columns are apart at most, the sum to come beside them."""
    return min(screen.room / (count + SUM), WIDEST)


def value_format(values: np.ndarray, pitch: float) -> str:
    """How values are written: with one decimal more than they need, where there is room, since most weights leave
    less of them than their second figure."""
    fitting = format_for(values)
    finer = f"+.{min(int(fitting[2]) + 1, 3)}f"
    return finer if fit_size(values, finer, 1, pitch - SIGN_ROOM, 9.0) else fitting


@dataclass(frozen=True)
class Heights:
    """Where everything stands: middles of boxes and symbols, top and bottom of the columns, of what is under them
    baselines, and the middles of dots; and the size of the entries."""

    boxes: float
    symbols: float
    top: float
    bottom: float
    names: float
    weights: float
    dots: float
    size: float
    width: float  # of a column

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def stack(values: np.ndarray, spec: str, rows: int, pitch: float, rise: float, screen: Screen) -> Heights:
    """Columns as large as there is room for, and all of it in the middle between the header and the captions; boxes
    reach `rise` over their middles."""
    ceiling, floor = screen.top - HEADER, screen.floor + 0.15
    fixed = rise + SYMBOL + COLUMN + DOT + LARGEST_DOT
    size = fit_size(values, spec, rows, pitch - SIGN_ROOM, ceiling - floor - fixed)
    size = size or fit_size(values, spec, rows, 99.0, 0.0)
    assert size is not None  # there is always one that is no wider than that
    spare = ceiling - floor - fixed - column_height(rows, size)
    longer = max(0.0, min(0.25 * spare, LONGER))
    bottom = floor + max(spare - longer, 0.0) / 2 + DOT + LARGEST_DOT
    top = bottom + column_height(rows, size)
    symbols = top + COLUMN + longer
    width = column_width(values, spec, size)
    return Heights(symbols + SYMBOL, symbols, top, bottom, bottom - NAME, bottom - WEIGHT, bottom - DOT, size, width)
