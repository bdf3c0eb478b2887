"""A matrix of one head times a word's vector: where the two and what they make stand, side by side, as large as there
is room for, and how their numbers are written.

     W_Q             E          Q
    [ e11 … e1d ]   [ x1 ]     [ y1 ]
    [  ⋮      ⋮ ]   [  ⋮ ]  =  [  ⋮ ]
    [ ek1 … ekd ]   [ xd ]     [ yk ]
       k × d       d numbers

Pure functions of a head's numbers; nothing here draws.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from soakup.scenes.matrix import matrix_width
from soakup.scenes.one_head import OneHead
from soakup.scenes.quantity import format_for
from soakup.scenes.vectors import column_height, column_width

ROWS = (6, 5, 4)  # of a matrix, and of what it makes, as many as there is room for
COLUMNS = (5, 4, 3)  # of a matrix, likewise
SIZES = (30, 28, 26, 24, 22)  # of entries
OVER, UNDER = 0.75, 0.7  # room over the product for names, and under it for lengths
BETWEEN = 0.62  # its parts: room for a sign


@dataclass(frozen=True)
class Product:
    """Which entries are shown and how they are written, and where the parts stand: a matrix at its left edge, columns
    at their middles."""

    rows: list[int]
    columns: list[int]
    size: float
    top: float
    bottom: float
    matrix_x: float
    matrix_width: float
    vector_x: float
    vector_width: float
    made_x: float
    made_width: float
    weight_format: str
    weight_scale: float
    vector_format: str
    made_format: str
    scale: float  # of the vectors' colours

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def equals_x(self) -> float:
        return (self.vector_x + self.vector_width / 2 + self.made_x - self.made_width / 2) / 2


def plan_product(
    shown: OneHead,
    names: Sequence[str],
    tokens: Sequence[int],
    width: float,
    ceiling: float,
    floor: float,
    rows: Sequence[int] | None = None,
    made_format: str | None = None,
) -> Product:
    """Where the products of matrices (`names`: "W_Q", …) and tokens' vectors stand, in the middle of a frame of this
    width, between two heights. Where the rows or the format of what is made are not given, they are as suits it."""
    learned = np.concatenate([shown.weights_of(name) for name in names])
    made = np.stack([shown.made_by(name) for name in names])
    weight_format, made_format = format_for(learned), made_format or shown.vector_format
    for rows_, columns in _entries(shown, rows):
        table = shown.matrix(names[0], rows_, columns, weight_format)
        vectors = [of(i, columns, shown.vector_format) for i in tokens for of in (shown.before, shown.attention_input)]
        drawn, result = np.array([[q.value for q in vector] for vector in vectors]), made[:, tokens][..., rows_]
        for size in SIZES:
            matrix, vector = matrix_width(table, size), column_width(drawn, shown.vector_format, size)
            made_width, height = column_width(result, made_format, size), column_height(len(rows_), size)
            whole = matrix + vector + made_width + 2 * BETWEEN
            if fits := whole <= width and height <= ceiling - floor - OVER - UNDER:
                break
        if fits:
            break
    top = (ceiling - OVER + floor + UNDER + height) / 2
    return Product(
        rows=rows_,
        columns=columns,
        size=size,
        top=top,
        bottom=top - height,
        matrix_x=-whole / 2,
        matrix_width=matrix,
        vector_x=-whole / 2 + matrix + BETWEEN + vector / 2,
        vector_width=vector,
        made_x=(whole - made_width) / 2,
        made_width=made_width,
        weight_format=weight_format,
        weight_scale=float(np.percentile(np.abs(learned), 95)),
        vector_format=shown.vector_format,
        made_format=made_format,
        scale=float(np.percentile(np.abs(made), 95)),
    )


def _entries(shown: OneHead, rows: Sequence[int] | None) -> Iterator[tuple[list[int], list[int]]]:
    """Which rows, unless they are given, and which columns of a matrix may be shown: fewer and fewer."""
    k, d = shown.weights_of("W_V").shape
    for shown_rows in [[*rows]] if rows else [[*range(min(many, k) - 1), k - 1] for many in ROWS]:
        for many in COLUMNS:
            yield shown_rows, [*range(min(many, d) - 1), d - 1]
