"""What the visual grammar forbids and boxes round texts can tell."""

from manim import config

from soakup.drawing.numbers import Number
from soakup.scenes import style
from soakup.scenes.words import Words


def visible(mobject) -> bool:
    return len(mobject.points) > 0 and max(mobject.get_fill_opacity(), mobject.get_stroke_opacity()) > 0.02


def texts(scene):
    """Every piece of text on the screen: what it says, and its box as (left, bottom, right, top)."""
    for mobject in scene.mobjects:
        for member in mobject.get_family():
            if isinstance(member, Number):
                if visible(member):
                    yield member.text, box_of(member)
            elif isinstance(member, Words) and any(visible(glyph) for glyph in member):
                yield member.text, box_of(member)


def box_of(mobject):
    points = mobject.get_all_points()
    return (*points[:, :2].min(axis=0), *points[:, :2].max(axis=0))


def overlap(a, b) -> bool:
    margin = 0.01
    return a[0] < b[2] - margin and b[0] < a[2] - margin and a[1] < b[3] - margin and b[1] < a[3] - margin


def faults(scene, beat):
    """What the grammar forbids and boxes can tell."""
    shown = list(texts(scene))
    half_width, half_height = config.frame_width / 2 - style.MARGIN, config.frame_height / 2 - style.MARGIN
    at_home = abs(scene.camera.frame_width - config.frame_width) < 0.05  # what the camera leans in on is larger
    for i, (text, box) in enumerate(shown):
        if at_home and (
            box[0] < -half_width - 0.02
            or box[2] > half_width + 0.02
            or box[1] < -half_height - 0.2
            or box[3] > half_height
        ):
            yield f"{beat}: {text!r} leaves the frame's margins"
        for other, other_box in shown[i + 1 :]:
            if overlap(box, other_box):
                yield f"{beat}: {text!r} lies on {other!r}"
