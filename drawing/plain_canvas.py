"""The Canvas of _canvas.pyx in plain Python, for where that could not be compiled.

It draws by the same calls to the same cairo, and remembers as much; but what has changed is drawn again in bands of
rows, over the whole width.
"""

from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise
from typing import Any

import cairo
import numpy as np
from manim import LineJointType, Mobject
from manim.camera.camera import CAP_STYLE_MAP, LINE_JOIN_MAP

from soakup.drawing import kinds

Area = tuple[int, int, int, int]  # x0, y0, x1, y1 in pixels, x1 and y1 not included
Matrix = tuple[float, float, float, float]  # from Manim's units to pixels: x scale, y scale, x offset, y offset
Reading = tuple[Any, ...]  # all that decides how a shape is drawn; empty for what is not seen

_drawn: Callable[[type], int] = cache(kinds.drawn)
RAMPS = ("fill_rgbas", "stroke_rgbas", "background_stroke_rgbas")
SHARPEST = 10  # half line widths: how far cairo lets a corner stick out


class Unknown(Exception):
    """A mobject that a Canvas does not know how to draw."""


def _read(mobject: Mobject) -> Reading:
    """What decides how a mobject is drawn. Raises Unknown."""
    kind = _drawn(type(mobject))
    if kind == kinds.UNSEEN:
        return ()
    own = vars(mobject)
    if kind == kinds.UNKNOWN or own.get("background_image", True) or own.get("n_points_per_cubic_curve", 4) != 4:
        raise Unknown
    ramps = [_doubles(own.get(name), 4) for name in RAMPS]
    span = None
    if any(len(ramp) != 1 for ramp in ramps):
        if not all(map(len, ramps)):
            raise Unknown
        span = tuple(float(x) for end in mobject.get_gradient_start_and_end_points() for x in end[:2])
    return (
        _doubles(own.get("points"), 3).tobytes(),
        *(ramp.tobytes() for ramp in ramps),
        span,
        mobject.get_stroke_width(),
        mobject.get_stroke_width(background=True),
        own["joint_type"],
        own["cap_style"],
        own["tolerance_for_point_equality"],
    )


def _doubles(array: Any, width: int) -> np.ndarray:
    """An (n, width) array of numbers, as doubles."""
    if not isinstance(array, np.ndarray) or array.ndim != 2 or array.shape[1] != width or array.dtype.kind not in "fiu":
        raise Unknown
    return array if array.dtype == np.float64 else array.astype(np.float64)


class Shape:
    """A mobject as it is drawn: its outline, what that is painted with, and the rows of pixels it may touch."""

    __slots__ = ("bottom", "outline", "paints", "points", "reach", "reading", "top")

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.outline: list[tuple] = []  # subpaths, each of its start, its curves, and whether it is closed
        self.paints: list[tuple] = []  # one over the other: a colour or gradient, and a line of a width, or a filling
        self.reach = 0.0  # of a line beyond the outline
        self.top = self.bottom = 0
        if not reading:
            return
        points, fill, stroke, back, span, width, back_width, joint, cap, tolerance = reading
        self.points = np.frombuffer(points).reshape(-1, 3)
        if len(self.points) < 4 or not np.isfinite(self.points).all():
            return
        paints = (_paint(back, span), back_width), (_paint(fill, span), None), (_paint(stroke, span), width)
        line = LINE_JOIN_MAP[joint], CAP_STYLE_MAP[cap]
        self.paints = [(paint, thick, *line) for paint, thick in paints if paint and thick != 0]
        if self.paints:
            self.outline = _outline(self.points[:, :2], tolerance)
        sharp = joint in (LineJointType.AUTO, LineJointType.MITER)
        self.reach = 0.005 * max(thick or 0 for _, thick in paints) * (SHARPEST if sharp else 1.5)

    def place(self, matrix: Matrix, height: int) -> None:
        """Find the rows of pixels that it may touch."""
        if not self.paints:
            return
        ys = matrix[1] * self.points[:, 1] + matrix[3]
        reach = max(1, self.reach * matrix[0])
        self.top = int(np.clip(np.floor(ys.min() - reach) - 1, 0, height))
        self.bottom = int(np.clip(np.ceil(ys.max() + reach) + 1, 0, height))

    def draw(self, context: cairo.Context) -> None:
        """Camera.display_vectorized."""
        curve_to = context.curve_to
        context.new_path()
        for start, curves, closed in self.outline:
            context.new_sub_path()
            context.move_to(*start)
            for curve in curves:
                curve_to(*curve)
            if closed:
                context.close_path()
        for paint, width, join, cap in self.paints:
            context.set_source(paint)
            if width is None:
                context.fill_preserve()
            else:
                context.set_line_width(width * 0.01)
                context.set_line_join(join)
                context.set_line_cap(cap)
                context.stroke_preserve()


def _paint(ramp: bytes, span: tuple[float, ...] | None) -> cairo.Pattern | None:
    """A colour, or several along a span, None where nothing is to be seen of them: Camera.set_cairo_context_color.

    Red and blue change places, since cairo keeps them the other way round.
    """
    colours = [(blue, green, red, alpha) for red, green, blue, alpha in np.frombuffer(ramp).reshape(-1, 4).tolist()]
    if not any(alpha > 0 for *_, alpha in colours):
        return None
    if len(colours) == 1:
        return cairo.SolidPattern(*colours[0])
    assert span is not None
    gradient = cairo.LinearGradient(*span)
    for at, colour in zip(np.linspace(0, 1, len(colours)).tolist(), colours, strict=True):
        gradient.add_color_stop_rgba(at, *colour)
    return gradient


def _outline(points: np.ndarray, tolerance: float) -> list[tuple]:
    """Camera.set_cairo_context_path."""
    ends, starts = points[3:-1:4], points[4::4]
    splits = []
    if not (ends == starts).all():
        splits = (4 * np.flatnonzero(~_near(ends, starts, tolerance).all(axis=1)) + 4).tolist()
    curves = points[: len(points) // 4 * 4].reshape(-1, 8)[:, 2:].tolist()
    subpaths = []
    for first, end in pairwise([0, *splits, len(points)]):
        if end - first >= 4:
            closed = bool(_near(points[first], points[end - 1], tolerance).all())
            subpaths.append((points[first].tolist(), curves[first // 4 : end // 4], closed))
    return subpaths


def _near(a: np.ndarray, b: np.ndarray, tolerance: float) -> np.ndarray:
    """Where Manim takes two numbers to be one: VMobject.consider_points_equals_2d."""
    return np.abs(a - b) <= tolerance + 1e-5 * np.abs(b)


class Canvas:
    """A picture of `width` × `height` pixels, (height, width, 4) uint8 in `pixels`, which only this class changes."""

    def __init__(self, width: int, height: int) -> None:
        self.pixels = np.zeros((height, width, 4), dtype=np.uint8)
        surface = cairo.ImageSurface.create_for_data(self.pixels.data, cairo.FORMAT_ARGB32, width, height)
        self._context = cairo.Context(surface)
        self._matrix: Matrix | None = None
        self._shapes: list[Shape] = []
        self._blank = True

    def forget(self) -> None:
        """Draw everything next time: the pixels were changed by someone else."""
        self._blank = True

    @staticmethod
    def knows(mobject: Mobject) -> bool:
        """Whether this class draws such a mobject as Manim would."""
        try:
            _read(mobject)
        except Unknown:
            return False
        return True

    def draw(
        self, mobjects: list[Mobject], background: np.ndarray, matrix: Matrix, under: list[Area] | None
    ) -> list[Area] | None:
        """As Canvas.draw in _canvas.pyx."""
        everything = self._blank or under is None or matrix != self._matrix
        self._blank = True  # until all is well
        try:
            readings = [_read(mobject) for mobject in mobjects]
        except Unknown:
            return None
        height, width, _ = self.pixels.shape
        old = self._shapes
        shapes = _matched(old, readings)
        self._matrix, self._shapes = matrix, shapes
        changed = set(old).symmetric_difference(shapes)
        rows = [(shape.top, shape.bottom) for shape in changed.intersection(old)]
        for shape in shapes if everything else changed.intersection(shapes):
            shape.place(matrix, height)
            rows.append((shape.top, shape.bottom))
        rows += [(top, bottom) for _, top, _, bottom in under or ()]
        bands = [(0, height)] if everything else _bands(rows)
        for top, bottom in bands:
            self._redraw(top, bottom, background)
        self._blank = False
        return [(0, top, width, bottom) for top, bottom in bands]

    def begin(self, background: np.ndarray, matrix: Matrix) -> None:
        """Show `background` alone; `add` then draws on it, in turn with whoever else does."""
        self._blank = True
        self._matrix, self._shapes = matrix, []
        np.copyto(self.pixels, background)
        self._context.reset_clip()
        self._context.set_matrix(_cairo(matrix))

    def add(self, mobject: Mobject) -> None:
        """Draw one mobject that this class `knows` on what is there."""
        Shape(_read(mobject)).draw(self._context)

    def _redraw(self, top: int, bottom: int, background: np.ndarray) -> None:
        # Edges of a clip above and below a shape change nothing of it; upright ones would.
        height, width, _ = self.pixels.shape
        assert self._matrix is not None
        self.pixels[top:bottom] = background[top:bottom]
        context = self._context
        context.reset_clip()
        if bottom - top < height:
            context.identity_matrix()
            context.new_path()
            context.rectangle(0, top, width, bottom - top)
            context.clip()
        context.set_matrix(_cairo(self._matrix))
        for shape in self._shapes:
            if shape.top < bottom and top < shape.bottom:
                shape.draw(context)


def _cairo(matrix: Matrix) -> cairo.Matrix:
    x, y, x_offset, y_offset = matrix
    return cairo.Matrix(x, 0, 0, y, x_offset, y_offset)


def _matched(old: list[Shape], readings: list[Reading]) -> list[Shape]:
    """A shape for each reading: the old one where that is the same, in the same place in the order."""
    least = min(len(old), len(readings))
    if len(old) != len(readings):  # something came or went in the middle of what stays
        head = next((i for i in range(least) if old[i].reading != readings[i]), least)
        tail = next((i for i in range(least - head) if old[~i].reading != readings[~i]), least - head)
        fresh = [Shape(reading) for reading in readings[head : len(readings) - tail]]
        return [*old[:head], *fresh, *old[len(old) - tail :]]
    return [shape if shape.reading == reading else Shape(reading) for shape, reading in zip(old, readings, strict=True)]


def _bands(rows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs of rows, from the first up to the last, put together where they meet."""
    bands: list[tuple[int, int]] = []
    for top, bottom in sorted(rows):
        if top >= bottom:
            continue
        if bands and top <= bands[-1][1]:
            bands[-1] = bands[-1][0], max(bands[-1][1], bottom)
        else:
            bands.append((top, bottom))
    return bands
