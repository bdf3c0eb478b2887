"""What a segment will look like, as a number, without drawing it.

A play's frames are determined by what is on the screen when it begins, the animations, and the code that runs in the
meantime. All of that is walked through, object by object: arrays by their bytes, the user's functions and classes by
their code and by the globals their code names, Manim's and ours by name (the versions and sources of both go in by
`context`). What is not understood, such as an open file, gives no key, and such a segment is drawn each time.
"""

import enum
import hashlib
import platform
import random
import sys
import sysconfig
from collections.abc import Set
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path, PurePath
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any

import numpy as np
from manim import Camera, ManimColor, Mobject, Scene

from soakup.model.trace import Trace
from soakup.passing import Passing, on_screen

LIBRARIES = ("av", "manim", "manimpango", "numpy", "pycairo", "pillow")
PLAIN = frozenset((bool, int, float, complex, str, bytes, type(None)))
# What a scene and a camera have for their own use; none of it is seen.
OF_SCENE = {"renderer", "manager", "time_progression", "session_spec", "output_plan", "file_writer_settings", "queue"}
OF_SCENE |= {"moving_mobjects", "static_mobjects", "animations", "_log_file_path", "beats"}
OF_CAMERA = {"pixel_array", "pixel_array_to_cairo_context"}


ADDRESS = "original_id"  # which Manim gives a copy: where in memory the original was
PURE = 32  # bytes of an object that has nothing but its `__dict__`
DESCRIPTORS = (MemberDescriptorType, GetSetDescriptorType, WrapperDescriptorType, MethodDescriptorType)
NOTHING: Set[str] = frozenset()


class Unknown(Exception):
    """Something of which it cannot be told whether it is the same."""


class Fingerprint:
    """Of one segment: `add` its plays, in order; then `key` stands for it, or is None."""

    def __init__(self, about: tuple, folder: Path) -> None:
        """`about` is what all segments of a film have in common; `folder` where this render works, a name without
        meaning that is left out."""
        self.folder = str(folder)
        self.known = True
        self._hash = hashlib.blake2b(repr((context(), about)).encode(), digest_size=20)
        self._forget()

    def _forget(self) -> None:
        self._said: list[str] = []
        self._arrays: list[bytes] = []
        self._seen: dict[int, int] = {}
        self._kept: list[object] = []  # or their addresses might be given to others

    def key(self) -> str | None:
        return self._hash.hexdigest() if self.known else None

    def add(self, passing: Passing) -> None:
        """Take in a play that is about to begin."""
        if not self.known:
            return
        scene = passing.scene
        try:
            self._walk(type(scene.camera))
            self._walk(vars(scene.camera), OF_CAMERA)
            self._walk([on_screen(scene), passing.animations, scene.duration])
            if not passing.still and not passing.leaps():
                # What runs from frame to frame may look at anything.
                self._walk(scene)
                self._walk([scene.time, random.getstate(), np.random.get_state()])
        except (Unknown, RecursionError):
            self.known = False
        self._hash.update("".join(self._said).replace(self.folder, "").encode(errors="surrogatepass"))
        self._hash.update(b"".join(self._arrays))
        self._forget()

    def _say(self, text: str) -> None:
        self._said.append(text)

    def _walk_array(self, array: np.ndarray) -> None:
        self._said.append(f"{array.dtype.str}{array.shape};")
        self._arrays.append(array.tobytes())

    def _walk(self, thing: Any, without: Set[str] = NOTHING) -> None:
        kind = type(thing)
        if kind in PLAIN:
            self._said.append(f"{kind.__name__} {thing!r};")
            return
        if kind is np.ndarray and not thing.dtype.hasobject:
            self._walk_array(thing)
            return
        place = self._seen.setdefault(id(thing), len(self._seen))
        if place != len(self._seen) - 1:
            self._said.append(f"again {place};")
            return
        self._kept.append(thing)
        if isinstance(thing, Mobject):
            self._walk_object(thing)
        elif kind is ManimColor:
            self._walk_array(thing.to_rgba())
        elif kind is dict:
            self._walk_dict(thing, without)
        elif kind in (list, tuple):
            self._say(f"{kind.__name__} {len(thing)};")
            for item in thing:
                self._walk(item)
        elif kind is np.ndarray:
            self._walk(thing.tolist())
        elif isinstance(thing, set | frozenset):
            self._walk_set(thing)
        elif isinstance(thing, FunctionType):
            self._walk_function(thing)
        elif isinstance(thing, MethodType):
            self._walk([thing.__self__, thing.__func__])
        elif isinstance(thing, partial):
            self._walk([thing.func, thing.args, thing.keywords])
        elif isinstance(thing, BuiltinFunctionType):
            self._say(f"builtin {thing.__module__} {thing.__qualname__};")
            if not isinstance(thing.__self__, ModuleType | None):
                self._walk(thing.__self__)
        elif isinstance(thing, property):
            self._walk([thing.fget, thing.fset, thing.fdel])
        elif isinstance(thing, DESCRIPTORS):
            self._say(f"{thing!r};")
        elif isinstance(thing, type):
            self._walk_class(thing)
        elif isinstance(thing, ModuleType):
            self._say(f"module {thing.__name__};")
            if _of_user(thing.__name__):
                self._say(_digest(Path(getattr(thing, "__file__", None) or "")))
        elif isinstance(thing, enum.Enum):
            self._say(f"{kind.__module__} {kind.__qualname__} {thing.name};")
        elif isinstance(thing, PurePath | np.generic | np.dtype | np.ufunc):
            self._say(f"{kind.__name__} {thing!r};")
        elif isinstance(thing, Trace):
            self._say(f"trace {thing.text!r} {thing.model.fingerprint};")
        else:
            self._walk_object(thing)

    def _walk_dict(self, thing: dict, without: Set[str] = NOTHING) -> None:
        """A dictionary; plain values in it, of which there are most, at one go."""
        if ADDRESS in thing or without:
            thing = {key: value for key, value in thing.items() if key != ADDRESS and key not in without}
        if any(type(key) not in PLAIN for key in thing):
            self._walk([*thing.items()])
            return
        plain = [value if type(value) in PLAIN else ... for value in thing.values()]
        self._said.append(f"dict {[*thing]!r} {plain!r};")
        for value in thing.values():
            kind = type(value)
            if kind in PLAIN:
                continue
            if kind is np.ndarray and not value.dtype.hasobject:
                self._walk_array(value)
            else:
                self._walk(value)

    def _walk_set(self, thing: Set) -> None:
        """A set, whose order means nothing: of plain values, or of things that were come upon before."""
        items = []
        for item in thing:
            if type(item) not in PLAIN and id(item) not in self._seen:
                raise Unknown(thing)
            items.append(repr(item) if type(item) in PLAIN else f"again {self._seen[id(item)]:09}")
        self._say(f"set {sorted(items)};")

    def _walk_object(self, thing: Any) -> None:
        kind = type(thing)
        state = getattr(thing, "__dict__", None)
        if state is None or kind.__basicsize__ > PURE:
            # What it is made of lies in slots, or hidden in C; `copy` and `pickle` know how to get at it.
            try:
                parts = thing.__reduce_ex__(4)
            except Exception as error:
                raise Unknown(thing) from error
            self._walk([*parts[:3], *(list(items) for items in parts[3:5] if items)] if type(parts) is tuple else parts)
            return
        self._walk(kind)
        without = OF_SCENE if isinstance(thing, Scene) else OF_CAMERA if isinstance(thing, Camera) else NOTHING
        self._walk_dict(state, without)

    def _walk_class(self, kind: type) -> None:
        self._say(f"class {kind.__module__} {kind.__qualname__};")
        if _of_user(kind.__module__):
            for name, value in vars(kind).items():
                if name not in ("__dict__", "__weakref__", "__doc__", "__module__"):
                    self._say(name)
                    self._walk(value.__func__ if isinstance(value, classmethod | staticmethod) else value)
            self._walk(kind.__bases__)

    def _walk_function(self, function: FunctionType) -> None:
        self._say(f"function {function.__module__} {function.__qualname__};")
        if _of_user(function.__module__):
            self._walk_code(function.__code__, function.__globals__)
        else:
            self._say(f"line {function.__code__.co_firstlineno};")  # which of the lambdas of one name
        self._walk([function.__defaults__, function.__kwdefaults__])
        for cell in function.__closure__ or ():
            try:
                self._walk(cell.cell_contents)
            except ValueError:
                self._say("empty cell;")

    def _walk_code(self, code: CodeType, names: dict[str, Any]) -> None:
        self._say(f"{code.co_code!r};")
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self._walk_code(constant, names)
            else:
                self._say(f"{constant!r};")
        for name in code.co_names:
            self._say(name)
            if name in names:
                self._walk(names[name])


def _of_user(module: str | None) -> bool:
    """Whether code is the user's own, rather than installed, whose version says enough."""
    if module == "__main__":
        return True
    return not _installed((module or "").split(".")[0])


@cache
def _installed(package: str) -> bool:
    if package in sys.stdlib_module_names or package in ("manim", "soakup", "builtins", ""):
        return True
    file = getattr(sys.modules.get(package), "__file__", None)
    places = (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    return bool(file) and any(Path(str(file)).is_relative_to(place) for place in places)


@cache
def context() -> tuple:
    """Versions and sources: what every segment depends on."""
    import cairo

    house = [sys.modules[name] for name in ("soakup", "soakup.model", "soakup.scenes", "soakup.drawing")]
    sources = [
        _digest(path)
        for package in house
        for path in sorted(Path(str(package.__file__)).parent.glob("*"))
        if path.suffix in (".py", ".so", ".pyd")
    ]
    versions = {name: version(name) for name in LIBRARIES}
    return platform.python_version(), platform.machine(), versions, cairo.cairo_version_string(), sources


def _digest(path: Path) -> str:
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=20).hexdigest()
    except OSError:
        raise Unknown(path) from None
