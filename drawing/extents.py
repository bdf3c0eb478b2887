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
    found = []
    for member in self.get_family():
        points = member.points
        if len(points) % CURVE or member.n_points_per_cubic_curve != CURVE:  # a lone point, or an unfinished curve
            found.append(np.array(member.get_anchors()))
        elif len(points):
            found.append(points.reshape(-1, CURVE, 3)[:, :: CURVE - 1].reshape(-1, 3))
    return np.concatenate(found) if found else np.array(())


def reduce_across_dimension(self: Mobject, reduce_func: Callable[[Iterable[float]], float], dim: int) -> float | None:
    """Mobject.reduce_across_dimension: the largest or least coordinate of a family, None where it has no points."""
    faster = _FASTER.get(reduce_func)
    if faster is None:
        return _reduce_across_dimension(self, reduce_func, dim)
    found = [faster(self.points[:, dim])] if len(self.points) else []
    found += [reach for sub in self.submobjects if (reach := sub.reduce_across_dimension(reduce_func, dim)) is not None]
    return reduce_func(found) if found else None
