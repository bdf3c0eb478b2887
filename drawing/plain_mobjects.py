"""What _mobjects.pyx does, in plain Python, for where that could not be compiled.

Only what is faster than Manim's own way is here: listing families, copying mobjects, and placing ready digits.
"""

import copy
import enum
from collections.abc import Iterable
from operator import attrgetter
from typing import Any

import numpy as np
from manim import Mobject, VMobject
from manim.scene import scene as manim_scene

from soakup.drawing import kinds

_get_family = Mobject.get_family


class _Usual(dict[type, int]):
    def __missing__(self, kind: type) -> int:
        self[kind] = ways = kinds.usual(kind)
        return ways


_usual = _Usual()


def patches() -> list[tuple[Any, str, Any]]:
    """The methods and functions of Manim that these take the place of."""
    return [
        (Mobject, "get_family", get_family),
        (manim_scene, "extract_mobject_family_members", family_members),
        (Mobject, "__deepcopy__", deepcopy_mobject),
    ]


def forget_classes() -> None:
    """Look at every class anew; called when methods of Manim are put in or out of place."""
    _usual.clear()


# --- families ---

DEEP = 100  # a family with more generations is a circle, which only Manim's own way of looking gets out of


def _collect(mobject: Mobject, found: dict[Mobject, None], depth: int = 0) -> None:
    """Add a family to `found`, from its end to its start, without what is there already.

    So each is found where it comes last, as remove_list_redundancies has it.
    """
    if mobject in found:
        return
    if depth > DEEP or not _usual[type(mobject)] & kinds.LISTED:
        for member in reversed(_get_family(mobject) if depth > DEEP else mobject.get_family()):
            found.setdefault(member)
        return
    for sub in reversed(mobject.submobjects):
        _collect(sub, found, depth + 1)
    found.setdefault(mobject)


def get_family(self: Mobject, recurse: bool = True) -> list[Mobject]:
    """Mobject.get_family."""
    found: dict[Mobject, None] = {}
    _collect(self, found)
    return list(reversed(found))


def family_members(
    mobjects: Iterable[Mobject], use_z_index: bool = False, only_those_with_points: bool = False
) -> list[Mobject]:
    """extract_mobject_family_members: all of these, each with its family, in the order they are drawn."""
    found: dict[Mobject, None] = {}
    for mobject in reversed(list(mobjects)):
        _collect(mobject, found)
    members = [m for m in reversed(found) if not only_those_with_points or m.get_num_points() > 0]
    return sorted(members, key=attrgetter("z_index")) if use_z_index else members


# --- copies ---


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    kind = type(value)
    if kind in kinds.SHARED:
        return value
    if id(value) in memo:
        return memo[id(value)]
    if kind is np.ndarray and not value.dtype.hasobject:
        new: Any = value.copy(order="K")
    elif kind is list:
        new = memo[id(value)] = []
        new += [_copied(item, memo) for item in value]
    elif kind is dict:
        new = memo[id(value)] = {}
        new.update((_copied(key, memo), _copied(item, memo)) for key, item in value.items())
    elif _usual[kind] & kinds.COPIED:
        return deepcopy_mobject(value, memo)
    elif isinstance(value, enum.Enum):
        kinds.SHARED.add(kind)
        return value
    else:
        return copy.deepcopy(value, memo)
    memo[id(value)] = new
    return new


def deepcopy_mobject(self: Mobject, memo: dict[int, Any]) -> Mobject:
    """Mobject.__deepcopy__."""
    new = type(self).__new__(type(self))
    memo[id(self)] = new
    vars(new).update((name, _copied(value, memo)) for name, value in vars(self).items())
    new.original_id = str(id(self))
    return new


# --- digits ---


def bounds(mobject: Mobject) -> tuple[float, ...] | None:
    """The box round the ends of a family's curves, and how high and low their handles go as well.

    (x0, y0, z0, x1, y1, z1, bottom, top), or None where there are no curves.
    """
    outlines = [member.points for member in get_family(mobject) if len(member.points)]
    if not outlines:
        return None
    curves = np.concatenate([outline[: len(outline) // 4 * 4] for outline in outlines]).reshape(-1, 4, 3)
    ends = curves[:, ::3].reshape(-1, 3)
    heights = np.concatenate([outline[:, 1] for outline in outlines])
    return (*ends.min(0).tolist(), *ends.max(0).tolist(), float(heights.min()), float(heights.max()))


def placed(mobject: VMobject, scale: float, x: float, y: float, z: float, style: dict[str, Any] | None) -> VMobject:
    """A copy of a mobject, scaled about the origin, then moved, with the attributes in `style`.

    Only what changes in a shape is copied: its arrays, lists and submobjects.
    """
    new = type(mobject).__new__(type(mobject))
    own = vars(new)
    own.update(vars(mobject))
    own["points"] = mobject.points * scale + (x, y, z)
    own["submobjects"] = [placed(sub, scale, x, y, z, style) for sub in mobject.submobjects]
    own["updaters"] = list(mobject.updaters)
    own["sheen_direction"] = np.array(mobject.sheen_direction)
    ramps = ("fill_rgbas", "stroke_rgbas", "background_stroke_rgbas")
    colours: dict[str, Any] = style or {name: own[name] for name in ramps}
    own.update((name, value.copy() if isinstance(value, np.ndarray) else value) for name, value in colours.items())
    return new
