"""A colour and an opacity into a mobject's array of colours, which Manim does some seven times for every shape made."""

from functools import lru_cache
from typing import Any

import numpy as np
from manim import ManimColor, VMobject

_generate_rgbas_array = VMobject.generate_rgbas_array
_named = lru_cache(maxsize=1024)(ManimColor)


def generate_rgbas_array(self: VMobject, color: Any, opacity: Any) -> np.ndarray:
    """VMobject.generate_rgbas_array."""
    if isinstance(color, str):
        color = _named(color)
    plain = color is None or type(color) is ManimColor
    if not plain or not (opacity is None or isinstance(opacity, int | float)) or self.get_sheen_factor() != 0:
        return _generate_rgbas_array(self, color, opacity)
    rgbas = np.zeros((1, 4))
    if color is not None:
        rgbas[0] = color.to_rgba()
    rgbas[0, 3] = opacity or 0
    return rgbas
