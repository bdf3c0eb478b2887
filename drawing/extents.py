"""How far a mobject reaches: Manim's own numbers, found an array at a time instead of a point at a time.

Scenes ask for it whenever they put one thing beside another, some thousand times before a late beat.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from manim import Mobject, VMobject

CURVE = 4  # points of a cubic curve, of which the first and the last are its anchors
_reduce_across_dimension = Mobject.reduce_across_dimension
_FASTER: dict[Any, Callable[[np.ndarray], float]] = {max: np.maximum.reduce, min: np.minimum.reduce}


def get_points_defining_boundary(self: VMobject) -> np.ndarray:
    """VMobject.get_points_defining_boundary: the anchors of the whole family, (n, 3)."""
    members = [member for member in self.get_family() if len(member.points)]
    if not members:
        return np.array(())
    if all(len(m.points) % CURVE == 0 and m.n_points_per_cubic_curve == CURVE for m in members):
        points = np.concatenate([member.points for member in members])
        return points.reshape(-1, CURVE, 3)[:, :: CURVE - 1].reshape(-1, 3)
    return np.concatenate([member.get_anchors() for member in members])  # of a lone point, or an unfinished curve


def reduce_across_dimension(self: Mobject, reduce_func: Callable[[Iterable[float]], float], dim: int) -> float | None:
    """Mobject.reduce_across_dimension: the largest or least coordinate of a family, None where it has no points."""
    faster, members = _FASTER.get(reduce_func), self.get_family()
    if faster is None or any(type(m).reduce_across_dimension is not reduce_across_dimension for m in members):
        return _reduce_across_dimension(self, reduce_func, dim)
    found = [member.points[:, dim] for member in members if len(member.points)]
    return faster(np.concatenate(found)) if found else None
