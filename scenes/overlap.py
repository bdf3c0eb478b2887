"""Whether what stands in one place leaves room for something else."""

from collections.abc import Sequence

import numpy as np
from manim import Mobject


def overlap(one: Mobject, other: Mobject, gap: Sequence[float] = (0.0, 0.0)) -> bool:
    """Whether the boxes round two mobjects do, or come nearer than a gap (to the side, above) to each other."""
    apart = np.abs(one.get_center() - other.get_center())[:2] - gap
    return bool((2 * apart < [one.width + other.width, one.height + other.height]).all())
