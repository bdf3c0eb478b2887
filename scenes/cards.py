"""The patterns of a layer's heads as cards: each a small attention grid with dots for weights."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from manim import ManimColor, Rectangle, VGroup

from soakup.scenes.attention_grid import AttentionGrid
from soakup.scenes.grid import GridPlan
from soakup.scenes.marks import specks
from soakup.scenes.one_head import OneHead
from soakup.scenes.scales import dot_scale
from soakup.scenes.style import Theme

LEAST = 0.17  # half the width that the largest dot has, where its cell has it: cards are seen small
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
            radii = plan.largest_dot * np.sqrt([max(float(q.value), 0.0) for q in weights])
            places = [grid.at(i, j) for i in grid.columns if j in head.seen(i)]
            seen = [k for k, radius in enumerate(radii) if radius > INVISIBLE]
            if seen:
                color = ManimColor(theme.quiet) if grid.is_quiet(j) else grid.ink(j)
                row = specks([places[k] for k in seen], color, radii[seen], wider(plan))
                row.quantities = tuple(weights[k] for k in seen)
                self.add(row)


def wider(plan: GridPlan) -> float:
    """How much wider than high a card's dots are: round, but where rows are too low for that to be seen."""
    return max(1.0, min(0.46 * plan.cell[0], LEAST) / plan.largest_dot)


def card_size(plan: GridPlan) -> tuple[float, float]:
    """Width and height of a card: the grid's."""
    return plan.right - plan.left, plan.top - plan.bottom


def scale_on(grid: AttentionGrid, head: OneHead, i: int, theme: Theme) -> list[VGroup]:
    """What the area of a dot means, on the lowest rows beside the column of token i, where no dots are, since no word
    looks ahead; none where there is no room."""
    plan, own = grid.plan, grid.columns.index(i)
    ys = sorted(plan.ys.values())
    lower = next((y for y in ys if y - plan.bottom > 0.15), plan.top)
    upper = next((y for y in ys if y - lower > 0.28), plan.top)
    for stacked, columns in product((False, True), (grid.columns[:own], grid.columns[own + 1 :])):
        first = upper if stacked else lower
        scale = dot_scale(0.0, first, plan.largest_dot, theme, stacked, wider(plan)).set_z_index(1)
        if stacked:
            scale[2:].shift((0, lower - scale[2].get_y(), 0))
        reach = first + max(plan.largest_dot, 0.16)
        low = {j for j in grid.rows if plan.ys[j] - plan.cell[1] / 2 < reach}
        free = [i for i in columns if not low & set(head.seen(i))]
        if len(free) * plan.cell[0] >= scale.width + 0.2:
            start = plan.xs[free[0]] - plan.side * (plan.cell[0] / 2 - 0.1)
            return [scale.shift((start - scale.get_edge_center((-plan.side, 0, 0))[0], 0, 0))]
    return []


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
