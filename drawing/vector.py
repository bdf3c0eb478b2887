"""A scene as it stands, drawn as outlines and not as pixels: for print."""

from itertools import chain
from typing import Any

import cairo
import numpy as np
from manim import Camera, ManimColor, Mobject, VMobject
from manim.utils.family import extract_mobject_family_members


class _OnPaper(Camera):
    """Manim's camera; its own draws red as blue, as the pixels it draws on are the other way round."""

    def set_cairo_context_color(self, ctx: Any, rgbas: Any, vmobject: VMobject) -> "_OnPaper":
        if len(rgbas) == 1:
            ctx.set_source_rgba(*rgbas[0])
            return self
        points = self.transform_points_pre_display(vmobject, np.array(vmobject.get_gradient_start_and_end_points()))
        gradient = cairo.LinearGradient(*chain.from_iterable(point[:2] for point in points))
        for rgba, offset in zip(rgbas, np.linspace(0, 1, len(rgbas)), strict=True):
            gradient.add_color_stop_rgba(offset, *rgba)
        ctx.set_source(gradient)
        return self


def draw(
    mobjects: list[Mobject], camera: Camera, context: cairo.Context, box: tuple[float, float, float, float]
) -> None:
    """Draw `mobjects`, as `camera` sees them, into `box` (left, top, width, height) of a cairo context, ground and all.

    What is not an outline, such as a photograph, is left out.
    """
    left, top, width, height = box
    centre = camera.frame_center
    scale = width / camera.frame_width
    paper = _OnPaper(frame_width=camera.frame_width, frame_height=camera.frame_height)
    context.save()
    context.rectangle(left, top, width, height)
    context.clip()
    context.set_source_rgb(*ManimColor(camera.background_color).to_rgb())
    context.paint()
    context.transform(
        cairo.Matrix(scale, 0, 0, -scale, left + width / 2 - centre[0] * scale, top + height / 2 + centre[1] * scale)
    )
    for member in extract_mobject_family_members(mobjects, use_z_index=True, only_those_with_points=True):
        if isinstance(member, VMobject):
            paper.display_vectorized(member, context)
            context.new_path()
    context.restore()
