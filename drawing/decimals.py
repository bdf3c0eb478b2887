"""Manim's DecimalNumber, set to a new value without copying and compiling its digits anew.

A number is put together from one ready digit per character, in the places where DecimalNumber would put them: what is
on the screen, and what the mobject says of itself, is the same. What is out of the ordinary (a unit, an ellipsis, a
background rectangle, gradients, subclasses with a way of their own) goes Manim's way.
"""

import functools
from typing import Any

import numpy as np
from manim import DecimalNumber, VMobject
from manim.mobject.text.numbers import string_to_mob_map

from soakup.drawing import parts

_set_value, _set_submobjects = DecimalNumber.set_value, DecimalNumber._set_submobjects_from_number
_METHODS = {
    name: getattr(DecimalNumber, name)
    for name in ("_string_to_mob", "font_size", "init_colors", "move_to", "scale", "get_edge_center", "match_style")
}
Box = tuple[float, ...]  # as `bounds` gives it
_digits: dict[tuple[str, int, float], tuple[VMobject, Box]] = {}


@functools.cache
def _usual(kind: type[DecimalNumber]) -> bool:
    """Whether a class is set and styled as DecimalNumber is."""
    return (
        kind.set_value in (_set_value, set_value)
        and kind._set_submobjects_from_number in (_set_submobjects, set_submobjects_from_number)
        and all(getattr(kind, name) is method for name, method in _METHODS.items())
    )


def _is_usual(number: DecimalNumber) -> bool:
    return (
        _usual(type(number))
        and number.unit is None
        and not number.show_ellipsis
        and not number.include_background_rectangle
    )


def _digit(number: DecimalNumber, character: str) -> tuple[VMobject, Box] | None:
    """A character at a number's own font size, and its bounds; None where nothing is to be seen of it."""
    key = character, id(string_to_mob_map.get(character)), number._font_size
    if key not in _digits:
        digit = number._string_to_mob(character)
        box = parts.mobjects.bounds(digit)
        if box is None:
            return None
        key = character, id(string_to_mob_map[character]), number._font_size
        _digits[key] = digit, box
    return _digits[key]


def _layout(number: DecimalNumber, text: str) -> tuple[list[tuple[VMobject, float, float, float]], Box] | None:
    """Each digit with its shift, and the bounds of all, as DecimalNumber arranges them round the origin."""
    digits = []
    for character in text:
        digit = _digit(number, character)
        if digit is None:
            return None
        digits.append(digit)
    gap = number.digit_buff_per_font_unit * number._font_size
    pen, bottom, front, _, _, back, *_ = digits[0][1]
    shifts: list[list[float]] = []
    boxes: list[list[float]] = []
    for _, (x0, y0, z0, x1, y1, z1, low, high) in digits:
        x, y, z = pen - x0, bottom - y0, (front + back - z0 - z1) / 2
        shifts.append([x, y, z])
        boxes.append([x0 + x, y0 + y, z0 + z, x1 + x, y1 + y, z1 + z, low + y, high + y])
        pen += x1 - x0 + gap
    center = [(min(box[i] for box in boxes) + max(box[i + 3] for box in boxes)) / 2 for i in range(3)]
    for i, (character, shift, box) in enumerate(zip(text, shifts, boxes, strict=True)):
        rise = -center[1]
        if character == "-" and i + 1 < len(text):  # half-way up what follows, which is not moved yet
            after = boxes[i + 1]
            rise += after[4] - box[4] - (after[7] - after[6]) / 2
        elif character == ",":
            rise -= (box[7] - box[6]) / 2
        for j, by in enumerate((-center[0], rise, -center[2])):
            shift[j] += by
            box[j] += by
            box[j + 3] += by
        box[6] += rise
        box[7] += rise
    whole = [min(box[i] for box in boxes) for i in (0, 1, 2)] + [max(box[i] for box in boxes) for i in (3, 4, 5)]
    places = [(mobject, *shift) for (mobject, _), shift in zip(digits, shifts, strict=True)]
    return places, (*whole, min(box[6] for box in boxes), max(box[7] for box in boxes))  # type: ignore[return-value]


def set_submobjects_from_number(self: DecimalNumber, number: float) -> None:
    """DecimalNumber._set_submobjects_from_number."""
    layout = _layout(self, self._get_num_string(number)) if _is_usual(self) else None
    if layout is None:
        _set_submobjects(self, number)
        return
    places, bounds = layout
    self.number = number
    self.submobjects = [parts.mobjects.placed(digit, 1, x, y, z, None) for digit, x, y, z in places]
    self.initial_height = bounds[7] - bounds[6]


def set_value(self: DecimalNumber, number: float) -> DecimalNumber:
    """DecimalNumber.set_value."""
    style = _style(self) if _is_usual(self) else None
    old = parts.mobjects.bounds(self) if style and self.initial_height else None
    layout = _layout(self, self._get_num_string(number)) if old else None
    if style is None or old is None or layout is None:
        return _set_value(self, number)
    places, new = layout
    if not new[7] > new[6]:
        return _set_value(self, number)
    scale = (old[7] - old[6]) / self.initial_height
    x, y, z = (_edge(old, self.edge_to_fix, i) - scale * _edge(new, self.edge_to_fix, i) for i in range(3))
    for mobject in self.get_family():
        mobject.points[:] = 0  # the scene may still draw them in this play
    self.number = number
    self.initial_height = new[7] - new[6]
    self.submobjects = [
        parts.mobjects.placed(digit, scale, x + scale * dx, y + scale * dy, z + scale * dz, style)
        for digit, dx, dy, dz in places
    ]
    vars(self).update({name: value.copy() if isinstance(value, np.ndarray) else value for name, value in style.items()})
    return self


def _edge(box: Box, direction: Any, i: int) -> float:
    """Where a box has its edge in a direction, along the i-th axis."""
    if direction[i] == 0:
        return (box[i] + box[i + 3]) / 2
    return box[i] if direction[i] < 0 else box[i + 3]


def _style(number: DecimalNumber) -> dict[str, Any] | None:
    """What DecimalNumber.init_colors makes of a whole family, or None where it depends on what each member was."""
    fill, stroke = number.fill_rgbas, number.stroke_rgbas
    if (
        len(fill) != 1
        or len(stroke) != 1
        or number.sheen_factor
        or number.background_image
        or len(number.background_stroke_rgbas) != 1
        or not any(fill[0].tolist())
        or not any(stroke[0].tolist())
    ):
        return None
    opacities = number.fill_opacity, number.stroke_opacity, number.background_stroke_opacity
    if not all(isinstance(opacity, int | float) for opacity in opacities):
        return None
    back = number.background_stroke_color
    return {
        "fill_rgbas": np.array([[*fill[0, :3].tolist(), opacities[0]]]),
        "stroke_rgbas": np.array([[*stroke[0, :3].tolist(), opacities[1]]]),
        "background_stroke_rgbas": np.array([[*back.to_rgb().tolist(), opacities[2]]]),
        "fill_opacity": opacities[0],
        "stroke_opacity": opacities[1],
        "background_stroke_opacity": opacities[2],
        "stroke_width": number.stroke_width,
        "background_stroke_width": number.background_stroke_width,
        "background_stroke_color": back,
    }
