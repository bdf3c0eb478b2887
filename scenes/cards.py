"""The patterns of a layer's heads as cards: each a small attention grid with dots for weights."""

from collections.abc import Sequence

import numpy as np
from manim import ManimColor, Rectangle, VGroup

from soakup.scenes.attention_grid import AttentionGrid
from soakup.scenes.grid import GridPlan
from soakup.scenes.marks import specks
from soakup.scenes.one_head import OneHead
from soakup.scenes.style import Theme

ACROSS, UPRIGHT = 0.46, 0.66  # the radius of the largest dot, at most: of a cell's width, of its height
INVISIBLE = 0.003  # the radius, in units, of a dot too small for any pixel


class Card(VGroup):
    """One head's pattern, as large as the grid and where the grid is: a row of dots for each key, in the key's ink."""

    def __init__(self, head: OneHead, grid: AttentionGrid, theme: Theme) -> None:
        plan = grid.plan
        width, height = card_size(plan)
        self.ground = Rectangle(width=width, height=height, stroke_width=1.5)
        self.ground.move_to(((plan.left + plan.right) / 2, (plan.top + plan.bottom) / 2, 0))
        self.ground.set_fill(theme.ground, opacity=1).set_stroke(theme.quiet)
        self.shade = grid.shade.copy().set_z_index(0)
        super().__init__(self.ground, *([] if head.looks_ahead else [self.shade]))
        for j in grid.rows:
            weights = [head.weight(i, j, "", "dot") for i in grid.columns if j in head.seen(i)]
            radii = largest_dot(plan) * np.sqrt([max(float(q.value), 0.0) for q in weights])
            places = [grid.at(i, j) for i in grid.columns if j in head.seen(i)]
            seen = [k for k, radius in enumerate(radii) if radius > INVISIBLE]
            if seen:
                color = ManimColor(theme.quiet) if grid.is_quiet(j) else grid.ink(j)
                row = specks([places[k] for k in seen], color, radii[seen])
                row.quantities = tuple(weights[k] for k in seen)
                self.add(row)


def largest_dot(plan: GridPlan) -> float:
    """The radius of the dot of all the attention there is. Dots of one column share it, so that they need less room
    above each other than side by side: √w + √(1 - w) is never more than √2."""
    return min(ACROSS * plan.cell[0], UPRIGHT * plan.cell[1])


def card_size(plan: GridPlan) -> tuple[float, float]:
    """Width and height of a card: the grid's, and room for the largest dots at its edges."""
    past = max(0.0, largest_dot(plan) - plan.cell[1] / 2)
    return plan.right - plan.left, plan.top - plan.bottom + 2 * past


def slots(count: int, card: tuple[float, float], room: tuple[float, float], label: float) -> tuple[int, float]:
    """How many cards of a size stand in a row, and how large they then are, for all of them to fit into a room as
    large as can be, each with a label of a height under it."""
    best = (1, 0.0)
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        scale = min((room[0] / columns - 0.3) / card[0], (room[1] / rows - label) / card[1])
        best = max(best, (columns, scale), key=lambda found: found[1])
    return best[0], min(best[1], 0.9)


def places(count: int, columns: int) -> Sequence[tuple[float, float]]:
    """Columns and rows of cards, from the middle of all, the last row in the middle too: (right, down)."""
    rows = -(-count // columns)
    found = []
    for n in range(count):
        row = n // columns
        here = min(columns, count - row * columns)
        found.append((n % columns - (here - 1) / 2, row - (rows - 1) / 2))
    return found
