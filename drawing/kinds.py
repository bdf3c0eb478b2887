"""Which mobjects are as Manim's own are, so that what Manim does to each of them may be done in another way.

A class that does one of these things by a method of its own is left to Manim in that.
"""

import types

import numpy as np
import svgelements
from manim import ManimColor, Mobject, PMobject, VMobject
from manim.mobject.types.image_mobject import AbstractImageMobject

# How the instances of a class are drawn.
UNKNOWN, UNSEEN, SHAPE = range(3)

# What decides how a VMobject is drawn.
_DRAWING = (
    "get_fill_rgbas", "get_stroke_rgbas", "get_stroke_width", "get_background_image", "get_sheen_direction",
    "get_subpath_split_indices_from_points", "consider_points_equals_2d",
    "get_points_defining_boundary", "get_critical_point", "get_center", "get_anchors",
    "__getattr__", "__getattribute__",
)  # fmt: skip
_DRAWN = ("points", "fill_rgbas", "stroke_rgbas", "background_stroke_rgbas", "stroke_width", "joint_type", "cap_style",
          "background_stroke_width", "tolerance_for_point_equality", "background_image")  # fmt: skip


def drawn(kind: type) -> int:
    """How instances of a class are drawn: as VMobjects are (SHAPE), not at all (UNSEEN), or in a way of their own."""
    if not issubclass(kind, VMobject):  # a plain mobject, such as a ValueTracker, is not drawn
        return UNKNOWN if issubclass(kind, PMobject | AbstractImageMobject) else UNSEEN
    usual = all(getattr(kind, name, None) is getattr(VMobject, name, None) for name in _DRAWING)
    return SHAPE if usual and not _computes(kind, _DRAWN) else UNKNOWN


# What is done to the instances of a class in the usual way, as bits.
LISTED, COPIED, UPDATED, MIXED = 1, 2, 4, 8

COLOURS = (
    "fill_rgbas", "stroke_rgbas", "background_stroke_rgbas", "stroke_width", "background_stroke_width",
    "sheen_direction", "sheen_factor",
)  # fmt: skip


def usual(kind: type) -> int:
    """In which ways a class is as Mobject (or, for MIXED, VMobject) is just now."""
    if not issubclass(kind, Mobject):
        return 0
    ways = 0
    if kind.get_family is Mobject.get_family and not hasattr(kind, "submobjects"):
        ways |= LISTED
    if kind.__deepcopy__ is Mobject.__deepcopy__ and kind.__setattr__ is object.__setattr__:
        ways |= COPIED
    if kind.update is Mobject.update:
        ways |= UPDATED
    if (
        issubclass(kind, VMobject)
        and kind.interpolate is Mobject.interpolate
        and kind.interpolate_color is VMobject.interpolate_color
        and not _computes(kind, ("points", *COLOURS))
    ):
        ways |= MIXED
    return ways


def _computes(kind: type, names: tuple[str, ...]) -> bool:
    """Whether a class computes one of these attributes rather than keeping it."""
    return any(hasattr(getattr(kind, name, None), "__set__") for name in names)


# Types of what no one changes in place, or copy.deepcopy itself does not copy.
SHARED = {
    type(None), bool, int, float, complex, str, bytes, type, types.FunctionType, types.BuiltinFunctionType,
    types.ModuleType, np.float64, np.int64, np.bool_, ManimColor, property, range,
}  # fmt: skip
SHARED |= {
    kind for kind in vars(svgelements).values() if isinstance(kind, type) and kind.__module__.startswith("svgelements")
}
