"""Manim's own scenes, drawn faster.

    with fast_drawing():
        scene.render()

Inside, Manim's CairoRenderer draws through a Canvas, which remembers the frame before and draws anew only what has
changed, without Python for each curve. What the Canvas does not know (images, point clouds, mobjects and cameras that
draw in a way of their own) is drawn by Manim as always. Outside, Manim is as it was.

A frame like the one before is the same array again, and `changed_rows(renderer)` says where one differs.
"""

import gc
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import numpy as np
from manim import Camera, DecimalNumber, Mobject, MovingCamera, Scene, VMobject
from manim.renderer.cairo_renderer import CairoRenderer
from manim.scene.video_segment_encoder import VideoSegmentEncoder
from manim.utils.color import color_to_int_rgba
from manim.utils.iterables import list_update

from soakup.drawing import colours, decimals, extents, manim_encoder, parts

Area = tuple[int, int, int, int]  # x0, y0, x1, y1 in pixels, x1 and y1 not included

KEPT = 8  # frames kept for use again


def _references(frames: list[Any]) -> list[int]:
    """How many hold each of these, this list and the counting included."""
    return [sys.getrefcount(frame) for frame in frames]


UNUSED = _references([object()])[0]

# What decides how a camera draws: one that has any of these of its own draws by itself.
_CAMERA_METHODS = (
    "capture_mobjects", "get_mobjects_to_display", "display_multiple_vectorized_mobjects", "display_vectorized",
    "display_multiple_non_background_colored_vmobjects", "set_cairo_context_path", "set_cairo_context_color",
    "apply_fill", "apply_stroke", "get_stroke_rgbas", "get_fill_rgbas", "get_cairo_context", "type_or_raise",
    "transform_points_pre_display", "reset", "set_pixel_array", "set_frame_to_background",
)  # fmt: skip


class Painter:
    """Draws for one renderer: what stands still during a play on one Canvas, and what moves, over it, on another."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self.size = camera.pixel_width, camera.pixel_height
        self.ground, self.frame = parts.Canvas(*self.size), parts.Canvas(*self.size)
        self.matrix = self._matrix()
        self.background: np.ndarray | None = None  # the one `ground` was drawn on
        self.behind: np.ndarray | None = None  # the one `frame` was drawn on
        self.under: list[Area] | None = None  # where `behind` has changed since
        self.changed: list[Area] | None = None  # since the last frame that was handed out; None is everywhere
        self.last: np.ndarray | None = None
        self.handed_out: list[np.ndarray] = []
        camera.pixel_array = self.frame.pixels

    @staticmethod
    def knows(camera: Camera) -> bool:
        """Whether this camera draws as every flat camera does."""
        kind, base = type(camera), MovingCamera if isinstance(camera, MovingCamera) else Camera
        return (
            all(getattr(kind, name) is getattr(base, name) for name in _CAMERA_METHODS)
            and camera.n_channels == 4
            and camera.pixel_array_dtype == "uint8"
            and camera.cairo_line_width_multiple == 0.01
        )

    def draw_ground(self, mobjects: list[Mobject]) -> np.ndarray:
        """Draw what stands still; the array is valid until this is called again."""
        under: list[Area] | None = [] if self.camera.background is self.background else None
        self.background = self.camera.background
        assert self.background is not None
        areas = self._draw(self.ground, mobjects, self.background, under)
        if self.behind is self.ground.pixels and self.under is not None:
            self.under += areas
        return self.ground.pixels

    def draw_frame(self, mobjects: Iterable[Mobject], behind: np.ndarray) -> None:
        """Draw what moves over an image: a ground, or the camera's background."""
        if behind is not self.behind:
            self.behind, self.under = behind, None
        areas = self._draw(self.frame, mobjects, behind, self.under)
        self.under = []
        if self.changed is not None:
            self.changed += areas

    def hand_out(self) -> tuple[np.ndarray, list[Area] | None]:
        """The frame, which is the one handed out before if nothing has changed, and where it differs from that."""
        changed, self.changed = self.changed, []
        if self.last is None or changed != []:
            self.last = self._fresh()
            np.copyto(self.last, self.frame.pixels)
        return self.last, changed

    def _fresh(self) -> np.ndarray:
        """An array for a frame: one handed out before that nobody has kept, since new memory takes time to get."""
        for i, count in enumerate(_references(self.handed_out)):
            if count == UNUSED:
                return self.handed_out[i]
        frame = np.empty_like(self.frame.pixels)
        if len(self.handed_out) < KEPT:
            self.handed_out.append(frame)
        return frame

    def _draw(
        self, canvas: Any, mobjects: Iterable[Mobject], behind: np.ndarray, under: list[Area] | None
    ) -> list[Area]:
        display = parts.mobjects.family_members(mobjects, self.camera.use_z_index, only_those_with_points=True)
        matrix = self._matrix() if isinstance(self.camera, MovingCamera) else self.matrix
        areas = canvas.draw(display, behind, matrix, under)
        if areas is not None:
            return areas
        canvas.begin(behind, matrix)
        for known, group in groupby(display, canvas.knows):
            if known:
                for mobject in group:
                    canvas.add(mobject)
            else:
                for kind, same in groupby(group, self.camera.type_or_raise):
                    self.camera.display_funcs[kind](list(same), canvas.pixels)
        return [(0, 0, *self.size)]

    def _matrix(self) -> tuple[float, float, float, float]:
        """From Manim's units to pixels, as Camera.get_cairo_context has it: x scale, y scale, x offset, y offset."""
        camera, (width, height) = self.camera, self.size
        x, y, center = width / camera.frame_width, height / camera.frame_height, camera.frame_center
        return x, -y, width / 2 - center[0] * x, height / 2 + center[1] * y


def _painter(renderer: CairoRenderer) -> Painter | None:
    """The painter of a renderer, or None where Manim must draw."""
    camera = renderer.camera
    painter: Painter | None = vars(renderer).get("_painter")
    if (
        painter is None
        or painter.camera is not camera
        or painter.size != (camera.pixel_width, camera.pixel_height)
        or camera.pixel_array is not painter.frame.pixels
    ):
        painter = Painter(camera) if Painter.knows(camera) else None
        renderer._painter = painter  # type: ignore[attr-defined]
    return painter


def changed_rows(renderer: Any) -> slice | None:
    """The rows beyond which the frame that `renderer` has just handed to its file writer equals the one before.

    None where that is not known.
    """
    areas: list[Area] | None = vars(renderer).get("_changed")
    if areas is None:
        return None
    return slice(min((area[1] for area in areas), default=0), max((area[3] for area in areas), default=0))


# --- what takes the place of methods of CairoRenderer and Camera ---

_update_frame, _get_frame = CairoRenderer.update_frame, CairoRenderer.get_frame
_save_static_frame_data = CairoRenderer.save_static_frame_data


def update_frame(
    self: CairoRenderer,
    scene: Scene,
    mobjects: Iterable[Mobject] | None = None,
    include_submobjects: bool = True,
    ignore_skipping: bool = True,
    **kwargs: Any,
) -> None:
    painter = _painter(self)
    if painter is None or not include_submobjects or kwargs:
        if painter:
            painter.frame.forget()
            painter.changed = None
        return _update_frame(self, scene, mobjects, include_submobjects, ignore_skipping, **kwargs)
    if self.skip_animations and not ignore_skipping:
        return None
    assert self.camera.background is not None
    painter.draw_frame(
        mobjects or list_update(scene.mobjects, scene.foreground_mobjects),
        self.camera.background if self.static_image is None else self.static_image,
    )
    return None


def get_frame(self: CairoRenderer) -> np.ndarray:
    painter = _painter(self)
    if painter is None:
        self._changed = None  # type: ignore[attr-defined]
        return _get_frame(self)
    frame, self._changed = painter.hand_out()  # type: ignore[attr-defined]
    return frame


def render(self: CairoRenderer, scene: Scene, time: float, moving_mobjects: Iterable[Mobject] | None = None) -> None:
    if not self.skip_animations:  # a frame that is not wanted need not be drawn
        self.update_frame(scene, moving_mobjects)
        self.add_frame(self.get_frame())


def save_static_frame_data(self: CairoRenderer, scene: Scene, static_mobjects: Iterable[Mobject]) -> np.ndarray | None:
    painter = _painter(self)
    if painter is None:
        return _save_static_frame_data(self, scene, static_mobjects)
    self.static_image = None
    if static_mobjects and not self.skip_animations:
        self.static_image = painter.draw_ground(list(static_mobjects))
    return self.static_image


_init_background = Camera.init_background


def init_background(self: Camera) -> None:
    """Camera.init_background, which fills the frame a channel at a time."""
    if self.background_image is not None or self.pixel_array_dtype != "uint8" or self.n_channels != 4:
        return _init_background(self)
    pixel = color_to_int_rgba(self.background_color, self.background_opacity).astype(np.uint8)
    self.background = np.empty((self.pixel_height, self.pixel_width, 4), np.uint8)
    self.background.view(np.uint32)[:] = pixel.view(np.uint32)
    return None


def _patches() -> list[tuple[Any, str, Any]]:
    return [
        (CairoRenderer, "update_frame", update_frame),
        (CairoRenderer, "get_frame", get_frame),
        (CairoRenderer, "render", render),
        (CairoRenderer, "save_static_frame_data", save_static_frame_data),
        (VideoSegmentEncoder, "write_frame", manim_encoder.write_frame),
        (Camera, "init_background", init_background),
        (VMobject, "generate_rgbas_array", colours.generate_rgbas_array),
        (VMobject, "update_rgbas_array", colours.update_rgbas_array),
        (VMobject, "get_points_defining_boundary", extents.get_points_defining_boundary),
        (Mobject, "reduce_across_dimension", extents.reduce_across_dimension),
        (DecimalNumber, "set_value", decimals.set_value),
        (DecimalNumber, "_set_submobjects_from_number", decimals.set_submobjects_from_number),
        *parts.mobjects.patches(),
    ]


_lock = threading.Lock()
_saved: list[tuple[Any, str, Any]] = []
_saved_thresholds: list[int] = []
# Mobjects seldom go in circles: looking for some as often as usual takes longer than drawing.
GARBAGE = 50_000, 20, 20
_inside = 0


@contextmanager
def fast_drawing() -> Iterator[None]:
    """Let Manim draw fast inside the block. May be nested."""
    global _inside
    with _lock:
        if _inside == 0:
            for owner, name, new in _patches():
                _saved.append((owner, name, vars(owner)[name]))
                setattr(owner, name, new)
            _saved_thresholds[:] = gc.get_threshold()
            gc.set_threshold(*GARBAGE)
            parts.mobjects.forget_classes()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0 and _saved:
                gc.set_threshold(*_saved_thresholds)
                while _saved:
                    owner, name, old = _saved.pop()
                    setattr(owner, name, old)
                parts.mobjects.forget_classes()
