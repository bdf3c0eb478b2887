# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A frame that remembers what is on it, and draws anew only what has changed.

What Manim's Camera does with pycairo, curve by curve in Python, is done here in C for a whole list of VMobjects, by the
same calls to the same cairo, so that the pixels are the same. Every shape is read into a row of doubles (its points,
colours, widths, ...) which is compared with the row of the frame before: where they differ, the pixels under the old
shape and under the new one are drawn again, and nothing else.
"""

from cpython.buffer cimport PyBUF_FORMAT, PyBUF_ND, PyBUF_STRIDES, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.dict cimport PyDict_GetItem, PyDict_SetItem
from cpython.object cimport PyObject
from libc.math cimport ceil, fabs, floor, isfinite, sqrt
from libc.stdint cimport uint8_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcmp, memcpy, memset

import numpy as np
from manim import CapStyleType, LineJointType, VMobject

from soakup.drawing import kinds


cdef extern from "cairo.h" nogil:
    ctypedef struct cairo_t
    ctypedef struct cairo_surface_t
    ctypedef struct cairo_pattern_t
    ctypedef struct cairo_matrix_t:
        double xx, yx, xy, yy, x0, y0
    cairo_surface_t *cairo_image_surface_create_for_data(unsigned char *, int, int, int, int)
    void cairo_surface_destroy(cairo_surface_t *)
    void cairo_surface_flush(cairo_surface_t *)
    void cairo_surface_mark_dirty(cairo_surface_t *)
    cairo_t *cairo_create(cairo_surface_t *)
    void cairo_destroy(cairo_t *)
    void cairo_set_matrix(cairo_t *, const cairo_matrix_t *)
    void cairo_identity_matrix(cairo_t *)
    void cairo_reset_clip(cairo_t *)
    void cairo_clip(cairo_t *)
    void cairo_rectangle(cairo_t *, double, double, double, double)
    void cairo_new_path(cairo_t *)
    void cairo_new_sub_path(cairo_t *)
    void cairo_move_to(cairo_t *, double, double)
    void cairo_curve_to(cairo_t *, double, double, double, double, double, double)
    void cairo_close_path(cairo_t *)
    void cairo_set_source_rgba(cairo_t *, double, double, double, double)
    void cairo_set_source(cairo_t *, cairo_pattern_t *)
    void cairo_set_line_width(cairo_t *, double)
    void cairo_set_line_join(cairo_t *, int)
    void cairo_set_line_cap(cairo_t *, int)
    void cairo_fill_preserve(cairo_t *)
    void cairo_stroke_preserve(cairo_t *)
    cairo_pattern_t *cairo_pattern_create_linear(double, double, double, double)
    void cairo_pattern_add_color_stop_rgba(cairo_pattern_t *, double, double, double, double, double)
    void cairo_pattern_destroy(cairo_pattern_t *)
    int CAIRO_FORMAT_ARGB32, CAIRO_LINE_JOIN_MITER, CAIRO_LINE_JOIN_ROUND, CAIRO_LINE_JOIN_BEVEL
    int CAIRO_LINE_CAP_BUTT, CAIRO_LINE_CAP_ROUND, CAIRO_LINE_CAP_SQUARE


# A shape's row of doubles: this head, then three colour ramps of four doubles a colour, then three doubles a point.
cdef enum:
    POINTS, FILLS, STROKES, BACKS, STROKE_WIDTH, BACK_WIDTH, JOIN, CAP, TOLERANCE, START_X, START_Y, END_X, END_Y, HEAD

cdef int TILE = 16  # pixels; changes closer to each other than this are drawn as one
cdef int AHEAD = 16  # shapes
cdef int MANY = 64  # areas; more are drawn as one
cdef double MITER_LIMIT = 10  # cairo's own

cdef struct Shape:
    double *row
    int size  # doubles in it
    int room  # doubles there is room for
    int x0, y0, x1, y1  # the pixels it may touch; none where x0 ≥ x1

cdef struct Area:
    int x0, y0, x1, y1


cdef dict _kinds = {}  # class → how its instances are drawn


cdef int _kind(object kind) except -1:
    cdef PyObject *found = PyDict_GetItem(_kinds, kind)
    if found != NULL:
        return <object>found
    _kinds[kind] = kinds.drawn(kind)
    return _kinds[kind]


cdef int UNKNOWN = kinds.UNKNOWN, UNSEEN = kinds.UNSEEN
cdef object _miter = LineJointType.MITER, _round = LineJointType.ROUND, _bevel = LineJointType.BEVEL
cdef object _round_cap = CapStyleType.ROUND, _square_cap = CapStyleType.SQUARE


cdef int _reserve(Shape *shape, int size) except -1:
    if size > shape.room:
        shape.room = size * 2
        shape.row = <double *>realloc(shape.row, shape.room * sizeof(double))
        if shape.row == NULL:
            shape.room = 0
            raise MemoryError
    return 0


cdef int _append(Shape *shape, object array, int width) except -2:
    """Copy a (n, width) array of doubles to the end of a row and return n, or -1 if it is nothing of the kind."""
    cdef Py_buffer view
    if not isinstance(array, np.ndarray) or array.ndim != 2 or array.shape[1] != width:
        return -1
    if array.dtype != np.float64 or not array.flags.c_contiguous:
        if array.dtype.kind not in "fiu":
            return -1
        array = np.ascontiguousarray(array, dtype=np.float64)
    PyObject_GetBuffer(array, &view, PyBUF_ND)
    cdef int count = view.len // (8 * width)
    try:
        _reserve(shape, shape.size + count * width)
        memcpy(shape.row + shape.size, view.buf, count * width * sizeof(double))
        shape.size += count * width
    finally:
        PyBuffer_Release(&view)
    return count


cdef double _width(object value) except -1:
    cdef double width = int(value) if isinstance(value, str) else value
    return width if width > 0 else 0


cdef bint _read(object mobject, Shape *shape) except -1:
    """Read a VMobject into a row; return whether it is one that can be."""
    cdef int kind = _kind(type(mobject))
    if kind == UNKNOWN:
        return False
    cdef dict d = mobject.__dict__
    cdef double *row
    cdef int fills, strokes, backs, points
    cdef PyObject *value
    shape.size = 0
    _reserve(shape, HEAD)
    shape.size = HEAD
    memset(shape.row, 0, HEAD * sizeof(double))
    if kind == UNSEEN:
        return True
    value = PyDict_GetItem(d, "background_image")
    if value == NULL or <object>value:
        return False
    cdef PyObject *fill = PyDict_GetItem(d, "fill_rgbas")
    cdef PyObject *stroke = PyDict_GetItem(d, "stroke_rgbas")
    cdef PyObject *back = PyDict_GetItem(d, "background_stroke_rgbas")
    cdef PyObject *place = PyDict_GetItem(d, "points")
    if fill == NULL or stroke == NULL or back == NULL or place == NULL:
        return False
    fills = _append(shape, <object>fill, 4)
    strokes = _append(shape, <object>stroke, 4)
    backs = _append(shape, <object>back, 4)
    points = _append(shape, <object>place, 3)
    if fills < 1 or strokes < 1 or backs < 1 or points < 0:
        return False
    if "n_points_per_cubic_curve" in d and d["n_points_per_cubic_curve"] != 4:
        return False
    row = shape.row
    row[FILLS], row[STROKES], row[BACKS], row[POINTS] = fills, strokes, backs, points
    row[STROKE_WIDTH] = _width(d["stroke_width"])
    row[BACK_WIDTH] = _width(d["background_stroke_width"])
    row[TOLERANCE] = d["tolerance_for_point_equality"]
    value = PyDict_GetItem(d, "joint_type")
    join = <object>value
    row[JOIN] = (
        CAIRO_LINE_JOIN_ROUND if join is _round else CAIRO_LINE_JOIN_BEVEL if join is _bevel else CAIRO_LINE_JOIN_MITER
    )
    value = PyDict_GetItem(d, "cap_style")
    cap = <object>value
    row[CAP] = (
        CAIRO_LINE_CAP_ROUND
        if cap is _round_cap
        else CAIRO_LINE_CAP_SQUARE if cap is _square_cap else CAIRO_LINE_CAP_BUTT
    )
    if fills > 1 or strokes > 1 or backs > 1:
        if d["submobjects"] or d["shade_in_3d"] or type(mobject).get_gradient_start_and_end_points is not _gradient:
            start, end = mobject.get_gradient_start_and_end_points()
            row[START_X], row[START_Y], row[END_X], row[END_Y] = start[0], start[1], end[0], end[1]
        else:
            direction = d["sheen_direction"]
            _span(shape, direction[0], direction[1])
    return True


cdef object _gradient = VMobject.get_gradient_start_and_end_points


cdef void _span(Shape *shape, double across, double up) noexcept nogil:
    """VMobject.get_gradient_start_and_end_points, of a mobject without submobjects."""
    cdef double *p = _points(shape)
    cdef double *row = shape.row
    cdef double x0 = 0, y0 = 0, x1 = 0, y1 = 0, x, y
    cdef int n = <int>row[POINTS], i, j
    for i in range(0, n - 3, 4):
        for j in range(i, i + 4, 3):
            x, y = p[3 * j], p[3 * j + 1]
            if i == 0 and j == 0:
                x0 = x1 = x
                y0 = y1 = y
            x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    across, up = (x1 - x) * across, (y1 - y) * up
    row[START_X], row[START_Y], row[END_X], row[END_Y] = x - across, y - up, x + across, y + up


cdef inline double *_points(Shape *shape) noexcept nogil:
    return shape.row + HEAD + 4 * <int>(shape.row[FILLS] + shape.row[STROKES] + shape.row[BACKS])


cdef inline bint _opaque(double *rgbas, int count) noexcept nogil:
    """Whether any of these colours is to be seen."""
    cdef int i
    for i in range(count):
        if rgbas[4 * i + 3] > 0:
            return True
    return False


cdef inline bint _close(double *a, double *b, double tolerance) noexcept nogil:
    """Whether Manim takes two points to be one: VMobject.consider_points_equals_2d."""
    cdef double d
    cdef int i
    for i in range(2):
        if a[i] != b[i]:
            d = fabs(a[i] - b[i])
            if not (d <= tolerance + 1e-5 * fabs(b[i]) and isfinite(d)):
                return False
    return True


cdef inline double _miter_length(double *p, double *q) noexcept nogil:
    """How far the corner between two curves (of four points) sticks out, in half line widths."""
    cdef double ux = 0, uy = 0, vx = 0, vy = 0, length, cosine
    cdef int i
    for i in range(2, -1, -1):
        ux, uy = p[9] - p[3 * i], p[10] - p[3 * i + 1]
        if ux != 0 or uy != 0:
            break
    for i in range(1, 4):
        vx, vy = q[3 * i] - q[0], q[3 * i + 1] - q[1]
        if vx != 0 or vy != 0:
            break
    length = sqrt((ux * ux + uy * uy) * (vx * vx + vy * vy))
    if length == 0:
        return 1
    cosine = (ux * vx + uy * vy) / length
    if cosine <= -0.98:  # sharper than the limit: cut off
        return MITER_LIMIT
    return sqrt(2 / (1 + cosine))


cdef void _place(Shape *shape, cairo_matrix_t *m, double line_scale, int width, int height) noexcept nogil:
    """Find the pixels that a shape may touch."""
    cdef double *row = shape.row
    cdef double *p = _points(shape)
    cdef int n = <int>row[POINTS], i, start = 0
    cdef double x0 = 1e30, y0 = 1e30, x1 = -1e30, y1 = -1e30, x, y, reach = 1, w, corner
    cdef double *colours = row + HEAD
    shape.x0 = shape.y0 = shape.x1 = shape.y1 = 0
    if n < 4:
        return
    w = 0
    if _opaque(colours + 4 * <int>row[FILLS], <int>row[STROKES]):
        w = row[STROKE_WIDTH]
    if row[BACK_WIDTH] > w and _opaque(colours + 4 * <int>(row[FILLS] + row[STROKES]), <int>row[BACKS]):
        w = row[BACK_WIDTH]
    if w == 0 and not _opaque(colours, <int>row[FILLS]):
        return
    for i in range(n):
        if not (isfinite(p[3 * i]) and isfinite(p[3 * i + 1]) and isfinite(p[3 * i + 2])):
            return
        x = m.xx * p[3 * i] + m.x0
        y = m.yy * p[3 * i + 1] + m.y0
        x0, x1 = min(x0, x), max(x1, x)
        y0, y1 = min(y0, y), max(y1, y)
    if w > 0:
        reach = 1.5  # a square cap's corner
        if row[JOIN] == CAIRO_LINE_JOIN_MITER:
            for i in range(0, n - 3, 4):
                if i + 8 > n or not _close(p + 3 * (i + 3), p + 3 * (i + 4), row[TOLERANCE]):  # a sub-path ends
                    reach = max(reach, _miter_length(p + 3 * i, p + 3 * start))
                    start = i + 4
                else:
                    reach = max(reach, _miter_length(p + 3 * i, p + 3 * (i + 4)))
        reach *= w * line_scale / 2
    x0, y0, x1, y1 = floor(x0 - reach) - 1, floor(y0 - reach) - 1, ceil(x1 + reach) + 1, ceil(y1 + reach) + 1
    shape.x0 = <int>min(max(x0, 0), width)
    shape.y0 = <int>min(max(y0, 0), height)
    shape.x1 = <int>min(max(x1, 0), width)
    shape.y1 = <int>min(max(y1, 0), height)
    if shape.y0 >= shape.y1:
        shape.x0 = shape.x1 = 0


cdef void _trace(cairo_t *c, Shape *shape) noexcept nogil:
    """Make the shape's outline cairo's path: Camera.set_cairo_context_path."""
    cdef double *p = _points(shape)
    cdef double *q
    cdef double tolerance = shape.row[TOLERANCE]
    cdef int n = <int>shape.row[POINTS], start = 0, end, i
    cairo_new_path(c)
    while start < n:
        end = start + 4
        while end < n and _close(p + 3 * (end - 1), p + 3 * end, tolerance):
            end += 4
        end = min(end, n)
        if end - start >= 4:
            cairo_new_sub_path(c)
            cairo_move_to(c, p[3 * start], p[3 * start + 1])
            for i in range(start, end - 3, 4):
                q = p + 3 * i
                cairo_curve_to(c, q[3], q[4], q[6], q[7], q[9], q[10])
            if _close(p + 3 * start, p + 3 * (end - 1), tolerance):
                cairo_close_path(c)
        start = end


cdef void _colour(cairo_t *c, Shape *shape, double *rgbas, int count) noexcept nogil:
    """Camera.set_cairo_context_color: red and blue change places, since cairo keeps them the other way round."""
    cdef double *row = shape.row
    cdef cairo_pattern_t *pattern
    cdef int i
    if count == 1:
        cairo_set_source_rgba(c, rgbas[2], rgbas[1], rgbas[0], rgbas[3])
        return
    pattern = cairo_pattern_create_linear(row[START_X], row[START_Y], row[END_X], row[END_Y])
    for i in range(count):
        cairo_pattern_add_color_stop_rgba(
            pattern, <double>i / (count - 1), rgbas[4 * i + 2], rgbas[4 * i + 1], rgbas[4 * i], rgbas[4 * i + 3]
        )
    cairo_set_source(c, pattern)
    cairo_pattern_destroy(pattern)


cdef void _stroke(cairo_t *c, Shape *shape, double *rgbas, int count, double width) noexcept nogil:
    if width == 0 or not _opaque(rgbas, count):
        return
    _colour(c, shape, rgbas, count)
    cairo_set_line_width(c, width * 0.01)
    cairo_set_line_join(c, <int>shape.row[JOIN])
    cairo_set_line_cap(c, <int>shape.row[CAP])
    cairo_stroke_preserve(c)


cdef void _draw(cairo_t *c, Shape *shape) noexcept nogil:
    """Camera.display_vectorized."""
    cdef double *row = shape.row
    cdef int fills = <int>row[FILLS], strokes = <int>row[STROKES], backs = <int>row[BACKS]
    cdef double *colours = row + HEAD
    _trace(c, shape)
    _stroke(c, shape, colours + 4 * (fills + strokes), backs, row[BACK_WIDTH])
    if _opaque(colours, fills):
        _colour(c, shape, colours, fills)
        cairo_fill_preserve(c)
    _stroke(c, shape, colours + 4 * fills, strokes, row[STROKE_WIDTH])


cdef class Canvas:
    """A picture of `width` × `height` pixels, (height, width, 4) uint8 in `pixels`, which only this class changes."""

    cdef readonly object pixels
    cdef unsigned char *_data
    cdef int _width, _height, _count, _room
    cdef Shape *_shapes
    cdef Shape _new
    cdef Shape _spare
    cdef cairo_t *_cairo
    cdef cairo_matrix_t _matrix
    cdef uint8_t *_tiles
    cdef int *_stack
    cdef unsigned char *_kept
    cdef int _columns, _rows
    cdef list _areas  # found by the last draw
    cdef bint _blank

    def __cinit__(self, int width, int height):
        self._width, self._height = width, height
        self._columns, self._rows = (width + TILE - 1) // TILE, (height + TILE - 1) // TILE
        self.pixels = np.zeros((height, width, 4), dtype=np.uint8)
        self._tiles = <uint8_t *>calloc(self._columns * self._rows, 1)
        self._stack = <int *>malloc(self._columns * self._rows * sizeof(int))
        self._kept = <unsigned char *>malloc(4 * width * height)
        if self._tiles == NULL or self._stack == NULL or self._kept == NULL:
            raise MemoryError
        cdef uint8_t[:, :, ::1] view = self.pixels
        self._data = &view[0, 0, 0]
        cdef cairo_surface_t *surface = cairo_image_surface_create_for_data(
            self._data, CAIRO_FORMAT_ARGB32, width, height, 4 * width
        )
        self._cairo = cairo_create(surface)
        cairo_surface_destroy(surface)
        self._blank = True

    def __dealloc__(self):
        cdef int i
        for i in range(self._room):
            free(self._shapes[i].row)
        free(self._shapes)
        free(self._new.row)
        free(self._tiles)
        free(self._stack)
        free(self._kept)
        if self._cairo != NULL:
            cairo_destroy(self._cairo)

    def forget(self):
        """Draw everything next time: the pixels were changed by someone else."""
        self._blank = True

    @staticmethod
    def knows(mobject):
        """Whether this class draws such a mobject as Manim would."""
        cdef Shape shape
        memset(&shape, 0, sizeof(shape))
        try:
            return bool(_read(mobject, &shape))
        finally:
            free(shape.row)

    def draw(self, list mobjects, uint8_t[:, :, ::1] background, tuple matrix, object under):
        """Make this a picture of `mobjects`, in this order, over `background`, and return which areas have changed.

        `matrix` is cairo's, from Manim units to pixels: (xx, yy, x0, y0). `under` are the areas where the background
        differs from the one of the call before, or None for all. Areas are (x0, y0, x1, y1) in pixels. Returns None,
        and has drawn nothing, if one of the mobjects is of a kind that this class does not know.
        """
        cdef cairo_matrix_t m
        cdef int n = len(mobjects), old = self._count, i, j, k, came, went
        cdef bint everything = self._blank or under is None
        cdef Shape spare
        cdef Shape *shape
        m.xx, m.yy, m.x0, m.y0 = matrix
        m.xy = m.yx = 0
        if memcmp(&m, &self._matrix, sizeof(m)):
            everything = True
            self._matrix = m
        self._reserve_shapes(max(n, old) + 1)
        memset(self._tiles, 0, self._columns * self._rows)
        self._blank = True  # until all is well
        if n != old:
            # Read all into fresh rows behind the old ones, then match from both ends.
            self._reserve_shapes(old + n)
            for i in range(n):
                if not _read(mobjects[i], &self._shapes[old + i]):
                    return None
                _place(&self._shapes[old + i], &m, m.xx * 0.01, self._width, self._height)
            i = j = 0
            while i < n or j < old:
                if i < n and j < old and _same(&self._shapes[j], &self._shapes[old + i]):
                    i, j = i + 1, j + 1
                    continue
                # Where shapes came or went, what follows is found again a few places on.
                for k in range(1, AHEAD):
                    if j < old and i + k < n and _same(&self._shapes[j], &self._shapes[old + i + k]):
                        came, went = k, 0
                        break
                    if i < n and j + k < old and _same(&self._shapes[j + k], &self._shapes[old + i]):
                        came, went = 0, k
                        break
                else:
                    came, went = min(1, n - i), min(1, old - j)
                for k in range(came):
                    self._mark(&self._shapes[old + i + k])
                for k in range(went):
                    self._mark(&self._shapes[j + k])
                i, j = i + came, j + went
            for i in range(n):
                spare = self._shapes[i]
                self._shapes[i] = self._shapes[old + i]
                self._shapes[old + i] = spare
        else:
            for i in range(n):
                if not _read(mobjects[i], &self._new):
                    return None
                shape = &self._shapes[i]
                if not _same(shape, &self._new) or everything:
                    self._mark(shape)
                    _place(&self._new, &m, m.xx * 0.01, self._width, self._height)
                    self._mark(&self._new)
                    spare = self._shapes[i]
                    self._shapes[i] = self._new
                    self._new = spare
        self._count = n
        if under is not None:
            for x0, y0, x1, y1 in under:
                self._mark_area(x0, y0, x1, y1)
        areas = [(0, 0, self._width, self._height)] if everything else self._find_areas()
        cdef Area area
        cdef unsigned char *ground = &background[0, 0, 0]
        for x0, y0, x1, y1 in areas:
            area.x0, area.y0, area.x1, area.y1 = x0, y0, x1, y1
            with nogil:
                self._redraw(&area, ground)
        self._blank = False
        return areas

    def begin(self, uint8_t[:, :, ::1] background, tuple matrix):
        """Show `background` alone; `add` then draws on it, in turn with whoever else does."""
        self._matrix.xx, self._matrix.yy, self._matrix.x0, self._matrix.y0 = matrix
        self._matrix.xy = self._matrix.yx = 0
        self._blank = True
        self._count = 0
        memcpy(self._data, &background[0, 0, 0], 4 * self._width * self._height)
        cairo_reset_clip(self._cairo)
        cairo_set_matrix(self._cairo, &self._matrix)

    def add(self, mobject):
        """Draw one mobject that this class `knows` on what is there."""
        if _read(mobject, &self._new):
            _place(&self._new, &self._matrix, self._matrix.xx * 0.01, self._width, self._height)
            if self._new.x0 < self._new.x1:
                _draw(self._cairo, &self._new)

    cdef int _reserve_shapes(self, int count) except -1:
        if count > self._room:
            self._shapes = <Shape *>realloc(self._shapes, 2 * count * sizeof(Shape))
            if self._shapes == NULL:
                raise MemoryError
            memset(self._shapes + self._room, 0, (2 * count - self._room) * sizeof(Shape))
            self._room = 2 * count
        return 0

    cdef void _mark(self, Shape *shape) noexcept nogil:
        self._mark_area(shape.x0, shape.y0, shape.x1, shape.y1)

    cdef void _mark_area(self, int x0, int y0, int x1, int y1) noexcept nogil:
        cdef int row, left
        if x0 >= x1 or y0 >= y1:
            return
        left = x0 // TILE
        for row in range(y0 // TILE, (y1 - 1) // TILE + 1):
            memset(self._tiles + row * self._columns + left, 1, (x1 - 1) // TILE + 1 - left)

    cdef list _find_areas(self):
        """The marked tiles as rectangles that do not overlap: the bounds of each island of tiles, merged where needed."""
        cdef int i, j, top, x, y, width = self._columns, height = self._rows, x0, y0, x1, y1
        cdef list found = []
        cdef bint merged
        for i in range(width * height):
            if self._tiles[i] != 1:
                continue
            x0, y0, x1, y1 = width, height, 0, 0
            top = 0
            self._stack[0] = i
            self._tiles[i] = 2
            while top >= 0:
                j = self._stack[top]
                top -= 1
                x, y = j % width, j // width
                x0, x1 = min(x0, x), max(x1, x + 1)
                y0, y1 = min(y0, y), max(y1, y + 1)
                for j in (j - 1 if x > 0 else j, j + 1 if x < width - 1 else j,
                          j - width if y > 0 else j, j + width if y < height - 1 else j):  # fmt: skip
                    if self._tiles[j] == 1:
                        self._tiles[j] = 2
                        top += 1
                        self._stack[top] = j
            found.append((x0, y0, x1, y1))
        merged = True
        while merged and len(found) > 1:
            merged = False
            kept = []
            for area in found:
                a0, b0, a1, b1 = area
                rest = []
                for other in kept:
                    c0, d0, c1, d1 = other
                    if a0 < c1 and c0 < a1 and b0 < d1 and d0 < b1:
                        a0, b0, a1, b1 = min(a0, c0), min(b0, d0), max(a1, c1), max(b1, d1)
                        merged = True
                    else:
                        rest.append(other)
                kept = rest
                kept.append((a0, b0, a1, b1))
            found = kept
        if len(found) > MANY:
            found = [(min(a[0] for a in found), min(a[1] for a in found),
                      max(a[2] for a in found), max(a[3] for a in found))]  # fmt: skip
        return [
            (a0 * TILE, b0 * TILE, min(a1 * TILE, self._width), min(b1 * TILE, self._height)) for a0, b0, a1, b1 in found
        ]

    cdef void _redraw(self, Area *area, unsigned char *ground) noexcept nogil:
        # Cut by an upright edge of a clip, a shape's coverage can be off by a few percent anywhere along a row. So none
        # is: what is drawn reaches as far to both sides as its shapes do, and the pixels beyond the area are put back.
        cdef cairo_t *c = self._cairo
        cdef Shape *shape
        cdef int i, y, stride = 4 * self._width, x0 = area.x0, x1 = area.x1, left, right
        cdef unsigned char *row
        cdef unsigned char *kept = self._kept
        for i in range(self._count):
            shape = &self._shapes[i]
            if _touches(shape, area):
                x0, x1 = min(x0, shape.x0), max(x1, shape.x1)
        left, right = 4 * (area.x0 - x0), 4 * (x1 - area.x1)
        for y in range(area.y0, area.y1):
            row = self._data + y * stride
            memcpy(kept, row + 4 * x0, left)
            memcpy(kept + left, row + 4 * area.x1, right)
            kept += left + right
            memcpy(row + 4 * x0, ground + y * stride + 4 * x0, 4 * (x1 - x0))
        cairo_reset_clip(c)
        if x1 - x0 < self._width or area.y1 - area.y0 < self._height:
            cairo_identity_matrix(c)
            cairo_new_path(c)
            cairo_rectangle(c, x0, area.y0, x1 - x0, area.y1 - area.y0)
            cairo_clip(c)
        cairo_set_matrix(c, &self._matrix)
        for i in range(self._count):
            shape = &self._shapes[i]
            if _touches(shape, area):
                _draw(c, shape)
        kept = self._kept
        for y in range(area.y0, area.y1):
            row = self._data + y * stride
            memcpy(row + 4 * x0, kept, left)
            memcpy(row + 4 * area.x1, kept + left, right)
            kept += left + right


cdef inline bint _touches(Shape *shape, Area *area) noexcept nogil:
    return shape.x0 < area.x1 and area.x0 < shape.x1 and shape.y0 < area.y1 and area.y0 < shape.y1


cdef inline bint _same(Shape *a, Shape *b) noexcept nogil:
    return a.size == b.size and memcmp(a.row, b.row, a.size * sizeof(double)) == 0
