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
from manim import Animation, MathTypst, Mobject, VGroup, VMobject, linear

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


class Numbers(VGroup):
    """Any number of numbers (a matrix, a vector, a single counter), set together in one step.

    `values` is an array of any shape; `places`, of that shape with 2 or 3 coordinates behind, says where the decimal
    points stand, and `write` how a value is written. `entries` has the shape of `values` and holds a Number each, so
    that one can be framed, faded, coloured, moved, or transformed to and from any other mobject.

        scores = Numbers(old, places, 24, write=lambda v: f"{v:.2f}")
        self.play(Change(scores, scores.counting(new)))
    """

    def __init__(
        self, values: np.ndarray, places: np.ndarray, size: float, write: Callable[[float], str], **style: Any
    ) -> None:
        self.values = np.array(values, dtype=float)
        self.write = write
        at = np.zeros((self.values.size, 3))
        at[:, : np.shape(places)[-1]] = np.reshape(places, (self.values.size, np.shape(places)[-1]))
        numbers = [
            Number(write(v), size, point, **style) for v, point in zip(self.values.flat, at.tolist(), strict=True)
        ]
        entries = np.empty(len(numbers), dtype=object)
        for i, number in enumerate(numbers):  # numpy would look into the mobjects if it were given them at once
            entries[i] = number
        self.entries = entries.reshape(self.values.shape)
        super().__init__(*numbers)

    def set_values(self, values: np.ndarray) -> "Numbers":
        """Show other values, each in the place, size and turn that its entry has now."""
        self.values = np.array(np.broadcast_to(values, self.entries.shape), dtype=float)
        texts = [self.write(v) for v in self.values.flat]
        changed = [(entry, text) for entry, text in zip(self.entries.flat, texts, strict=True) if entry.text != text]
        if not changed:
            return self
        outlines = [_outline(text) for _, text in changed]
        ends = np.cumsum([0, *map(len, outlines)])
        feet = np.array([entry.points[0] for entry, _ in changed])
        up = (np.array([entry.points[3] for entry, _ in changed]) - feet) / digit_height(UNIT)
        right = np.stack([up[:, 1], -up[:, 0], np.zeros(len(up))], axis=1)
        of = np.repeat(np.arange(len(changed)), np.diff(ends))  # whose point each is
        flat = np.concatenate(outlines)
        points = feet[of] + flat[:, :1] * right[of] + flat[:, 1:2] * up[of]
        for (entry, text), start, end in zip(changed, ends, ends[1:], strict=False):
            entry.text, entry.points = text, points[start:end]
        return self

    def counting(self, values: np.ndarray) -> Callable[[float], object]:
        """A step from alpha (0 to 1) that counts every entry from the value it has now."""
        old, new = self.values, np.asarray(values, dtype=float)
        return lambda alpha: self.set_values(new if alpha >= 1 else old + (new - old) * alpha)

    def tint(self, colors: np.ndarray) -> "Numbers":
        """Colour every entry: `colors` is (3,), or of the shape of `values` with 3 behind; red, green, blue in 0…1."""
        rgb = np.broadcast_to(colors, (*self.entries.shape, 3)).reshape(-1, 3)
        for entry, color in zip(self.entries.flat, rgb, strict=True):
            entry.fill_rgbas[:, :3] = color
        return self

    def set_opacities(self, opacities: np.ndarray | float) -> "Numbers":
        """Make every entry as opaque as this, 0…1: of the shape of `values`, or one for all."""
        for entry, opacity in zip(self.entries.flat, np.broadcast_to(opacities, self.entries.shape).flat, strict=True):
            entry.set_fill(opacity=float(opacity))
        return self

    def boxes(self) -> np.ndarray:
        """The box round the digits of every entry: of the shape of `values` with left, bottom, right, top behind."""
        ends = [m.points[4:].reshape(-1, 4, 3)[:, ::3, :2].reshape(-1, 2) for m in self.entries.flat]
        return np.reshape([[*e.min(0), *e.max(0)] for e in ends], (*self.entries.shape, 4))
