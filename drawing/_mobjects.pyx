# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""What Manim does to every mobject of a family at every frame, without Python for each: listing, copying, mixing.

Each function here does what the method of Manim named in its docstring does, and calls the mobject's own where a class
has one of its own.
"""

import copy

from cpython.buffer cimport PyBUF_ND, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject
from libc.string cimport memcmp, memcpy, memset

import enum

import numpy as np
from manim import Animation, Mobject, Transform, VMobject
from manim.scene import scene as manim_scene
from manim.utils.bezier import interpolate as _straight

from soakup.drawing import kinds


cdef extern from "Python.h":
    Py_ssize_t Py_REFCNT(PyObject *)


cdef object _ndarray = np.ndarray
cdef object _vmobject = VMobject
# The methods as Manim has them: fast.py puts others in their places while it draws.
cdef object _get_family = Mobject.get_family, _update = Mobject.update, _interpolate = Mobject.interpolate

cdef dict _usual = {}  # class → what is done to its instances in the usual way, as bits
cdef int LISTED = kinds.LISTED, COPIED = kinds.COPIED, UPDATED = kinds.UPDATED, MIXED = kinds.MIXED


def patches():
    """The methods and functions of Manim that these take the place of."""
    return [
        (Mobject, "get_family", get_family),
        (Mobject, "family_members_with_points", family_members_with_points),
        (manim_scene, "extract_mobject_family_members", family_members),
        (Mobject, "update", update),
        (Mobject, "__deepcopy__", deepcopy_mobject),
        (Mobject, "interpolate", interpolate),
        (Animation, "interpolate_mobject", interpolate_mobject),
    ]


def forget_classes():
    """Look at every class anew; called when methods of Manim are put in or out of place."""
    _usual.clear()


cdef int _ways(object kind) except -1:
    cdef PyObject *found = PyDict_GetItem(_usual, kind)
    if found != NULL:
        return <object>found
    _usual[kind] = kinds.usual(kind)
    return _usual[kind]


# --- families ---

cdef enum:
    DEEP = 100  # a family with more generations is a circle, which only Manim's own way of looking gets out of

cdef int _collect(object mobject, list found, set seen, int depth) except -1:
    """Add a family to `found`, from its end to its start, without what is there already.

    So each is found where it comes last, as remove_list_redundancies has it; whatever is there has its whole family
    there.
    """
    cdef list subs
    cdef Py_ssize_t i
    if mobject in seen:
        return 0
    if depth > DEEP or not _ways(type(mobject)) & LISTED:
        for member in reversed(_get_family(mobject) if depth > DEEP else mobject.get_family()):
            if member not in seen:
                seen.add(member)
                found.append(member)
        return 0
    subs = <list>(<dict>mobject.__dict__)["submobjects"]
    for i in range(len(subs) - 1, -1, -1):
        _collect(subs[i], found, seen, depth + 1)
    if mobject not in seen:
        seen.add(mobject)
        found.append(mobject)
    return 0


cdef bint _pointed(object mobject) except -1:
    cdef PyObject *points = PyDict_GetItem(mobject.__dict__, "points")
    if points == NULL:
        return mobject.get_num_points() > 0
    return len(<object>points) > 0


def get_family(self, recurse=True):
    """Mobject.get_family."""
    cdef list found = []
    _collect(self, found, set(), 0)
    found.reverse()
    return found


cdef list _with_points(object mobject):
    cdef list found = []
    _collect(mobject, found, set(), 0)
    found.reverse()
    return [member for member in found if _pointed(member)]


def family_members_with_points(self):
    """Mobject.family_members_with_points."""
    return _with_points(self)


def family_members(mobjects, bint use_z_index=False, bint only_those_with_points=False):
    """extract_mobject_family_members: all of these, each with its family, in the order they are drawn."""
    cdef list found = []
    cdef set seen = set()
    for mobject in reversed(list(mobjects)):
        _collect(mobject, found, seen, 0)
    found.reverse()
    if only_those_with_points:
        found = [mobject for mobject in found if _pointed(mobject)]
    if use_z_index:
        for mobject in found:
            if mobject.z_index:
                found.sort(key=_z_index)
                break
    return found


def _z_index(mobject):
    return mobject.z_index


# --- updaters ---

def update(self, dt=0, recursive=True):
    """Mobject.update."""
    cdef dict d = self.__dict__
    if d["updating_suspended"]:
        return self
    if d["updaters"]:
        return _update(self, dt, recursive)
    if recursive:
        for sub in <list>d["submobjects"]:
            if _ways(type(sub)) & UPDATED:
                update(sub, dt, True)
            else:
                sub.update(dt, recursive)
    return self


# --- copies ---

cdef set _shared = kinds.SHARED


cdef object _copied(object value, dict memo):
    cdef object kind = type(value)
    cdef PyObject *done
    if kind in _shared:
        return value
    done = PyDict_GetItem(memo, id(value))
    if done != NULL:
        return <object>done
    if kind is _ndarray and value.dtype.hasobject is False:
        new = value.copy(order="K")
    elif kind is list:
        new = []
        memo[id(value)] = new
        for item in <list>value:
            (<list>new).append(_copied(item, memo))
        return new
    elif kind is dict:
        new = {}
        memo[id(value)] = new
        for key, item in (<dict>value).items():
            (<dict>new)[_copied(key, memo)] = _copied(item, memo)
        return new
    elif _ways(kind) & COPIED:
        return deepcopy_mobject(value, memo)
    else:
        if isinstance(value, enum.Enum):
            _shared.add(kind)
            return value
        return copy.deepcopy(value, memo)
    memo[id(value)] = new
    return new


def deepcopy_mobject(self, memo):
    """Mobject.__deepcopy__."""
    cdef object kind = type(self)
    cdef object result = kind.__new__(kind)
    cdef dict d = result.__dict__
    memo[id(self)] = result
    for name, value in (<dict>self.__dict__).items():
        d[name] = _copied(value, memo)
    d["original_id"] = str(id(self))
    return result


# --- digits ---

def bounds(mobject):
    """The box round the ends of a family's curves, and how high and low their handles go as well.

    (x0, y0, z0, x1, y1, z1, bottom, top), or None where there are no curves.
    """
    cdef double box[8]
    memset(box, 0, sizeof(box))
    cdef Py_buffer view
    cdef double *p
    cdef Py_ssize_t n, i
    cdef int j
    cdef bint found = False
    for member in get_family(mobject):
        points = (<dict>member.__dict__)["points"]
        if not _open(<PyObject *>points, &view, 0):
            raise TypeError(f"the points of {member} are no array of doubles")
        p, n = <double *>view.buf, view.len // 24
        for i in range(n):
            if not found:
                for j in range(3):
                    box[j] = box[3 + j] = p[j]
                box[6] = box[7] = p[1]
                found = True
            box[6], box[7] = min(box[6], p[3 * i + 1]), max(box[7], p[3 * i + 1])
            if (i & 3 == 0 or i & 3 == 3) and i // 4 < n // 4:
                for j in range(3):
                    box[j] = min(box[j], p[3 * i + j])
                    box[3 + j] = max(box[3 + j], p[3 * i + j])
        PyBuffer_Release(&view)
    return (box[0], box[1], box[2], box[3], box[4], box[5], box[6], box[7]) if found else None


def placed(mobject, double scale, double x, double y, double z, dict style):
    """A copy of a mobject, scaled about the origin, then moved, with the attributes in `style`.

    Only what changes in a shape is copied: its arrays, lists and submobjects.
    """
    cdef object new = type(mobject).__new__(type(mobject))
    cdef dict d = new.__dict__
    cdef Py_buffer view
    cdef double *p
    cdef Py_ssize_t i
    d.update(<dict>mobject.__dict__)
    points = d["points"].copy()
    if not _open(<PyObject *>points, &view, PyBUF_WRITABLE):
        raise TypeError(f"the points of {mobject} are no array of doubles")
    p = <double *>view.buf
    for i in range(view.len // 24):
        p[3 * i] = p[3 * i] * scale + x
        p[3 * i + 1] = p[3 * i + 1] * scale + y
        p[3 * i + 2] = p[3 * i + 2] * scale + z
    PyBuffer_Release(&view)
    d["points"] = points
    d["submobjects"] = [placed(sub, scale, x, y, z, style) for sub in <list>d["submobjects"]]
    d["updaters"] = list(d["updaters"])
    d["sheen_direction"] = d["sheen_direction"].copy()
    for name, value in (style or _colours_of(d)).items():
        d[name] = value.copy() if type(value) is _ndarray else value
    return new


cdef dict _colours_of(dict d):
    return {name: d[name] for name in ("fill_rgbas", "stroke_rgbas", "background_stroke_rgbas")}


# --- mixing two mobjects ---

cdef tuple _COLOURS = kinds.COLOURS
cdef object _float64 = np.dtype(np.float64), _empty = np.empty


cdef bint _open(PyObject *array, Py_buffer *view, int flags) except -1:
    """Open an array of doubles that lie one after another; return whether it is one."""
    if type(<object>array) is not _ndarray or (<object>array).dtype is not _float64:
        return False
    try:
        PyObject_GetBuffer(<object>array, view, PyBUF_ND | flags)
    except (ValueError, BufferError):
        return False
    return True


cdef inline bint _same_shape(Py_buffer *x, Py_buffer *y) noexcept:
    return x.ndim == y.ndim and memcmp(x.shape, y.shape, x.ndim * sizeof(Py_ssize_t)) == 0


cdef bint _mix_arrays(dict into, str name, PyObject *a, PyObject *b, double alpha) except -1:
    cdef Py_buffer x, y, z
    cdef PyObject *old
    cdef double *p
    cdef double *q
    cdef double *r
    cdef double rest = 1 - alpha
    cdef Py_ssize_t i, n
    cdef bint fits, done = False
    if not _open(a, &x, 0):
        return False
    if not _open(b, &y, 0):
        PyBuffer_Release(&x)
        return False
    if _same_shape(&x, &y):
        # An array that nobody else holds is written anew in its place.
        old = PyDict_GetItem(into, name)
        fits = old != NULL and Py_REFCNT(old) == 1 and _open(old, &z, PyBUF_WRITABLE)
        if fits and not (_same_shape(&x, &z) and (<object>old).base is None):
            PyBuffer_Release(&z)
            fits = False
        if not fits:
            into[name] = _empty((<object>a).shape)
            old = PyDict_GetItem(into, name)
            _open(old, &z, PyBUF_WRITABLE)
        p, q, r = <double *>x.buf, <double *>y.buf, <double *>z.buf
        n = x.len // 8
        if alpha == 1:
            memcpy(r, q, n * 8)
        else:
            for i in range(n):
                r[i] = rest * p[i] + alpha * q[i]
        PyBuffer_Release(&z)
        done = True
    PyBuffer_Release(&x)
    PyBuffer_Release(&y)
    return done


cdef int _mix(dict into, str name, dict first, dict second, double alpha) except -1:
    """into[name] = (1 - alpha) first[name] + alpha second[name], rounded as numpy rounds it."""
    cdef PyObject *a = PyDict_GetItem(first, name)
    cdef PyObject *b = PyDict_GetItem(second, name)
    if a == NULL or b == NULL:
        raise AttributeError(name)
    if type(<object>a) is float and type(<object>b) is float:
        into[name] = <object>b if alpha == 1 else (1 - alpha) * <double><object>a + alpha * <double><object>b
    elif not _mix_arrays(into, name, a, b, alpha):
        value = <object>b
        if alpha == 1:
            into[name] = value.copy() if isinstance(value, _ndarray) else value
        else:
            into[name] = _straight(<object>a, value, alpha)
    return 0


def interpolate(self, mobject1, mobject2, alpha, path_func=_straight):
    """Mobject.interpolate."""
    cdef dict into, a, b
    if not (_ways(type(self)) & MIXED and isinstance(mobject1, _vmobject) and isinstance(mobject2, _vmobject)):
        return _interpolate(self, mobject1, mobject2, alpha, path_func)
    into, a, b = self.__dict__, mobject1.__dict__, mobject2.__dict__
    if path_func is not _straight or "points" not in a or "points" not in b:
        self.points = path_func(mobject1.points, mobject2.points, alpha)
    else:
        _mix(into, "points", a, b, alpha)
    for name in _COLOURS:
        _mix(into, name, a, b, alpha)
    return self


# --- animations ---

cdef object _get_sub_alpha = Animation.get_sub_alpha, _transform_submobject = Transform.interpolate_submobject


cdef object _transform_families = Transform.get_all_families_zipped


cdef bint _has_usual_members(object mobject) except -1:
    return type(mobject).family_members_with_points is family_members_with_points


cdef list _zipped(object transform):
    """Transform.get_all_families_zipped, or None where that must see to it."""
    cdef object a = transform.mobject, b = transform.starting_mobject, c = transform.target_copy
    if not (_has_usual_members(a) and _has_usual_members(b) and _has_usual_members(c)):
        return None
    cdef list first = _with_points(a), second = _with_points(b), third = _with_points(c)
    if not len(first) == len(second) == len(third):
        return None
    return list(zip(first, second, third))


def interpolate_mobject(self, alpha):
    """Animation.interpolate_mobject."""
    cdef object kind = type(self)
    cdef list families = _zipped(self) if kind.get_all_families_zipped is _transform_families else None
    if families is None:
        families = list(self.get_all_families_zipped())
    cdef Py_ssize_t i, n = len(families)
    cdef bint together = kind.get_sub_alpha is _get_sub_alpha and self.lag_ratio == 0
    cdef bint transform = kind.interpolate_submobject is _transform_submobject
    if n == 0:
        return
    sub_alpha = self.get_sub_alpha(alpha, 0, n)
    path = self.path_func if transform else None
    for i in range(n):
        if i and not together:
            sub_alpha = self.get_sub_alpha(alpha, i, n)
        mobjects = <tuple>families[i]
        if transform and _ways(type(mobjects[0])) & MIXED:
            interpolate(mobjects[0], mobjects[1], mobjects[2], sub_alpha, path)
        else:
            self.interpolate_submobject(*mobjects, sub_alpha)
