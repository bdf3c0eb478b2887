"""A colour and an opacity into a mobject's array of colours, which Manim does some ten times for every shape made."""

from functools import lru_cache
from typing import Any

import numpy as np
from manim import ManimColor, VMobject

_generate_rgbas_array = VMobject.generate_rgbas_array
_update_rgbas_array = VMobject.update_rgbas_array
_named = lru_cache(maxsize=1024)(ManimColor)


def generate_rgbas_array(self: VMobject, color: Any, opacity: Any) -> np.ndarray:
    """VMobject.generate_rgbas_array."""
    if isinstance(color, str):
        color = _named(color)
    plain = color is None or type(color) is ManimColor
    if not plain or not _is_one(opacity) or self.get_sheen_factor() != 0:
        return _generate_rgbas_array(self, color, opacity)
    rgbas = np.zeros((1, 4))
    if color is not None:
        rgbas[0] = color.to_rgba()
    rgbas[0, 3] = opacity or 0
    return rgbas


def update_rgbas_array(self: VMobject, array_name: str, color: Any = None, opacity: Any = None) -> VMobject:
    """VMobject.update_rgbas_array, which makes an array for every colour before it puts it down."""
    rgbas = vars(self).get(array_name)
    if isinstance(color, str):
        color = _named(color)
    plain = (color is None or type(color) is ManimColor) and _is_one(opacity) and self.get_sheen_factor() == 0
    if rgbas is None or not plain or type(self).generate_rgbas_array is not generate_rgbas_array:
        return _update_rgbas_array(self, array_name, color, opacity)
    if color is not None:
        rgbas[:, :3] = color.to_rgb()
    if opacity is not None:
        rgbas[:, 3] = opacity
    return self


def _is_one(opacity: Any) -> bool:
    """Whether this is a single opacity, or none."""
    return opacity is None or isinstance(opacity, int | float)
