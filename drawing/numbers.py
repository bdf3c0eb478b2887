"""Numbers that change without being built anew.

A `Number` is one ordinary `VMobject` whose outline is put together from ready-made digits (New Computer Modern, set
once by Typst). Setting a value moves a few arrays; nothing is copied, compiled or parsed. It can be shifted, scaled,
faded and transformed as any mobject: its first curve is a ruler of no area, from the decimal point to the digits'
height, from which the place and size it has been moved to are read back.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from manim import Animation, MathTypst, Mobject, VMobject, linear

UNIT = 48  # the font size at which the outlines are kept
_GLYPHS = {"0": "0", "1": "1", "2": "2", "3": "3", "4": "4", "5": "5", "6": "6", "7": "7", "8": "8", "9": "9",
           "+": "+", "−": "-", ".": ".", "%": "%", "<": "<", ",": ",", "∞": "oo"}  # fmt: skip


@functools.cache
def _glyphs() -> dict[str, tuple[np.ndarray, float]]:
    """Character → (outline (n, 3) with its pen at the origin, advance), at font size UNIT."""
    # The zero stands on the baseline but dips below it by its overshoot; the one stands on it exactly.
    line = MathTypst('"' + "".join(c for c in _GLYPHS if c in "0123456789") + '"', font_size=UNIT)
    advance = (line[9].get_center()[0] - line[0].get_center()[0]) / 9
    table = {}
    for character, source in _GLYPHS.items():
        pair = MathTypst(f'"1{source}1"' if source in "0123456789.,%" else f'"1" {source} "1"', font_size=UNIT)
        first, glyph = pair[0], pair[1]
        points = glyph.points - [glyph.get_center()[0], first.get_bottom()[1], 0]
        beside = 0.22 if character in "+−<∞" else 0.09
        own = advance if character.isdigit() else glyph.width + beside * advance
        table[character] = (points + np.array([own / 2, 0, 0]), own)
    return table


@functools.cache
def digit_height(size: float) -> float:
    """How high a digit stands at a font size."""
    return float(np.ptp(_glyphs()["1"][0][:, 1])) * size / UNIT


@functools.lru_cache(maxsize=100_000)
def _outline(text: str) -> np.ndarray:
    """The outline of a whole number, its decimal point (or where one would be) at x = 0, the ruler first."""
    table = _glyphs()
    pen, parts, point = 0.0, [], None
    for character in text:
        outline, advance = table[character]
        if point is None and character in ".%":
            point = pen
        parts.append(outline + np.array([pen, 0, 0]))
        pen += advance
    up = digit_height(UNIT)
    ruler = np.array([[0, 0, 0], [0, up / 3, 0], [0, up * 2 / 3, 0], [0, up, 0]])
    body = np.concatenate(parts) - [pen if point is None else point, 0, 0]
    outline = np.concatenate([ruler, body])
    outline.setflags(write=False)
    return outline


def text_width(text: str, size: float) -> float:
    """The width of a number as drawn."""
    return float(np.ptp(_outline(text)[:, 0])) * size / UNIT


class Number(VMobject):
    """A number as drawn: `text` at a font size, its decimal point on the point `at`."""

    def __init__(self, text: str, size: float, at: Sequence[float] = (0, 0, 0), **style: Any) -> None:
        super().__init__(**{"stroke_width": 0, "fill_opacity": 1} | style)
        self.text = text
        self.points = _outline(text) * (size / UNIT) + np.asarray(at, dtype=float)

    def set_text(self, text: str) -> "Number":
        """Show another number in the same place, at the size and turn this one has now."""
        if text != self.text:
            self.text = text
            foot, head = self.points[0], self.points[3]
            up = (head - foot) / digit_height(UNIT)
            right = np.array([up[1], -up[0], 0.0])
            outline = _outline(text)
            self.points = foot + outline[:, :1] * right + outline[:, 1:2] * up
        return self


class Change(Animation):
    """Call `step(alpha)` at every frame, alpha eased from 0 to 1, for whatever changes in place.

    Unlike Manim's own animations it copies nothing: `step` sets the mobject's state from alpha alone.

        self.play(Change(column, lambda a: column.show((1 - a) * old + a * new)))
    """

    def __init__(
        self,
        mobject: Mobject,
        step: Callable[[float], object],
        rate_func: Callable[[float], float] = linear,
        **kwargs: Any,
    ) -> None:
        super().__init__(mobject, rate_func=rate_func, **kwargs)
        self.step = step

    def create_starting_mobject(self) -> Mobject:
        return Mobject()

    def get_all_families_zipped(self) -> Iterable[tuple]:
        return []

    def interpolate_mobject(self, alpha: float) -> None:
        self.step(self.rate_func(alpha))
