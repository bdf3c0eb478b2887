"""The yellow frame: round what is looked at now, and a line that runs from it round what belongs to it."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from manim import Mobject, Rectangle, VMobject

from soakup.scenes.style import Theme

AIR = 0.1  # between a frame and what it goes round


def frame_round(mobjects: Iterable[Mobject], theme: Theme) -> Rectangle:
    """A frame round some mobjects."""
    left, bottom, right, top = _extent(mobjects)
    frame = Rectangle(width=right - left, height=top - bottom).move_to(((left + right) / 2, (bottom + top) / 2, 0))
    return frame.set_stroke(theme.query, width=3).set_z_index(-1)


def going_round(
    frame: Mobject, neck: Mobject, mobjects: Sequence[Mobject], theme: Theme
) -> tuple[VMobject, Callable[[float], None]]:
    """A line that becomes one outline of a frame and of a row of mobjects under it, with a neck between as wide as
    another mobject, and the step in which it does: it runs from the neck both ways round the row, so that it never
    crosses what it goes round."""
    (x0, y0), (x1, y1) = frame.get_corner((-1, -1, 0))[:2], frame.get_corner((1, 1, 0))[:2]
    left, bottom, right, top = _extent(mobjects)
    left, right = min(left, x0), max(right, x1)
    inner, _, outer, _ = _extent([neck])
    over = [(inner, y0), (x0, y0), (x0, y1), (x1, y1), (x1, y0), (outer, y0)]
    foot = (left + right) / 2, bottom
    ways = [
        [over[0], (inner, top), (left, top), (left, bottom), foot],
        [over[-1], (outer, top), (right, top), (right, bottom), foot],
    ]
    line = VMobject(stroke_width=3, fill_opacity=0, color=theme.query).set_z_index(-1)

    def step(alpha: float) -> None:
        back, forth = (_as_far(way, alpha) for way in ways)
        corners = [*reversed(back), *over[1:-1], *forth]
        line.set_points_as_corners(np.array([(x, y, 0.0) for x, y in corners]))

    step(0.0)
    return line, step


def _as_far(way: Sequence[tuple[float, float]], share: float) -> list[tuple[float, float]]:
    """The beginning of a way, a share of its length."""
    points = np.array(way, dtype=float)
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    end = lengths[-1] * share
    there = [(float(x), float(y)) for x, y in points[lengths < end]]
    x, y = (float(np.interp(end, lengths, points[:, k])) for k in (0, 1))
    return [*(there or [way[0]]), (x, y)]


def _extent(mobjects: Iterable[Mobject]) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of some mobjects, with air round them."""
    points = np.concatenate([m.get_all_points() for m in mobjects])[:, :2]
    (left, bottom), (right, top) = points.min(axis=0) - AIR, points.max(axis=0) + AIR
    return float(left), float(bottom), float(right), float(top)
