"""The names of an attention grid's rows where it has no boxes: the words as they are written, before their rows."""

from itertools import pairwise, product

from manim import Line, Mobject

from soakup.scenes.attention_grid import AttentionGrid
from soakup.scenes.words import Words

SIZES = (26, 24, 22)


def names_before(grid: AttentionGrid, right: float, left: float) -> list[Mobject]:
    """A name before every row, every second one further left where rows are low, with a line to its row; none where
    there is no room for all between two places."""
    for size, apart in product(SIZES, (False, True)):
        names = [_name_before(grid, group, right, size) for group in grid.row_groups]
        far, near = (names[::2], names[1::2]) if apart else ([], names)
        further = max((name.width for name in near), default=0.0) + 0.12
        for name in far:
            name.shift((-further, 0, 0))
        clear = all(a.get_bottom()[1] > b.get_top()[1] for names in (far, near) for a, b in pairwise(names))
        if clear and min(name.get_left()[0] for name in names) >= left:
            lines = _lines_between(far, near, right)
            return [*names, *[line.set_stroke(grid.theme.quiet, width=1, opacity=0.6) for line in lines]]
    return []


def _name_before(grid: AttentionGrid, group: tuple[int, ...], right: float, size: int) -> Words:
    label, ys = grid.label(group), [grid.plan.ys[j] for j in group if j in grid.plan.ys]
    color = grid.theme.quiet if grid.is_quiet(group[0]) else grid.theme.text
    return Words(label.text, size, color, label.quantities).centre(right, (ys[0] + ys[-1]) / 2, side=1)


def _lines_between(far: list[Words], near: list[Words], right: float) -> list[Line]:
    """A line from each name that stands further left to its row, where it passes between the nearer names."""
    lines = []
    for n, name in enumerate(far):
        y = (near[n - 1].get_bottom()[1] + near[n].get_top()[1]) / 2 if 0 < n < len(near) else name.get_center()[1]
        lines.append(Line((name.get_right()[0] + 0.08, y, 0), (right, y, 0)))
    return lines
