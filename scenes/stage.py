"""The followed word, and under it a few columns of E and ΔE side by side: where they stand, and how their entries are
written."""

from dataclasses import dataclass

import numpy as np
from manim import Mobject

from soakup.scenes.adding import SIGN_ROOM
from soakup.scenes.formula import Formula
from soakup.scenes.head_scene import HeadScene
from soakup.scenes.quantity import Quantity, format_for
from soakup.scenes.sources import HEADER
from soakup.scenes.updated_row import NAME
from soakup.scenes.vectors import SIZES, Column, column_height, column_width, fit_size

APART = 3.2  # from one column to the next, at most, where two are added
OVER, UNDER = 0.75, 0.75  # room over columns, for their names, and under them, for inks


@dataclass
class Vector:
    """A column of d entries and the symbol over it."""

    column: Column
    name: Mobject

    @property
    def parts(self) -> list[Mobject]:
        return [self.column, self.name]


@dataclass(frozen=True)
class Stage:
    """Where a few columns side by side stand: their top, and the size of the entries where they are three."""

    top: float
    height: float  # that there is for a column
    apart: float
    size: float
    rows: int

    @property
    def bottom(self) -> float:
        return self.top - column_height(self.rows, self.size)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


class StageScene(HeadScene):
    """A scene of one word's E and of what is added to it."""

    def choose_updates(self) -> None:
        """How the entries of E and ΔE are written, and where they stand, under the followed word."""
        updates = self.trace.layers[self.look.layer].head_updates[:, self.reading.tokens]
        self.update_format = format_for(updates)
        drawn = [q.value for h in range(self.trace.model.heads) for q in self.head_update(h)]
        drawn += [q.value for i in self.reading.tokens for q in (*self.before(i), *self.update(i), *self.after(i))]
        drawn += [q.value for q in (*self.other_heads(), *self.bias())]
        self.update_widest = np.array(drawn)
        self.box = self.followed_box(self.screen.top - HEADER)
        ceiling = self.box.get_bottom()[1] - 0.25
        rows, height = len(self.reading.entries), ceiling - OVER - UNDER - self.screen.floor
        apart = min(APART, self.screen.room / 3)
        size = fit_size(self.update_widest, self.update_format, rows, apart - SIGN_ROOM, height) or SIZES[-1]
        spare = max(0.0, height - column_height(rows, size)) / 2
        self.stage = Stage(ceiling - OVER - spare, height, apart, size, rows)
        self.box.shift((0, -spare, 0))

    # --- columns and their numbers ---

    def update_column(self, quantities: list[Quantity], x: float, color: str | None, size: float) -> Column:
        """A column of E or ΔE on the stage."""
        theme, width = self.style, column_width(self.update_widest, self.update_format, size)
        column = Column(quantities, (x, self.stage.top), width, size, self.reading.entry_scale, theme, color)
        if color is not None:
            column.brackets.set_stroke(color)
        return column

    def vector(
        self, quantities: list[Quantity], x: float, color: str | None, name: str, size: float | None = None
    ) -> Vector:
        """The same with its symbol over it."""
        size = size or self.stage.size
        symbol = Formula(name, NAME + 4, color or self.style.embedding).move_to((x, self.stage.top + 0.42, 0))
        return Vector(self.update_column(quantities, x, color, size), symbol)

    def head_update(self, head: int) -> list[Quantity]:
        return self.head_shown.head_update(head, self.i, self.reading.entries, self.update_format)

    def other_heads(self) -> list[Quantity]:
        return self.head_shown.other_heads(self.i, self.reading.entries, self.update_format)

    def bias(self) -> list[Quantity]:
        return self.head_shown.bias(self.reading.entries, self.update_format)

    def before(self, i: int) -> list[Quantity]:
        return self.head_shown.before(i, self.reading.entries, self.update_format)

    def update(self, i: int) -> list[Quantity]:
        return self.head_shown.update(i, self.reading.entries, self.update_format)

    def after(self, i: int) -> list[Quantity]:
        return self.head_shown.after(i, self.reading.entries, self.update_format)
