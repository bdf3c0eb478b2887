"""The target `handout`: the beats of a film on paper, each as it stands at its end, as outlines on white."""

import io
from pathlib import Path
from typing import Any

import cairo

from soakup.lectures.clip import Clip
from soakup.lectures.replay import MadeOtherwise, replay

A4 = (595.276, 841.89)  # width and height, in points
MARGIN = 51  # 18 mm
GAP = 28
A_PAGE = 3  # pictures, of a wide film
FRAME = 0.75  # points: the line round a picture


def outputs(output: Path) -> list[Path]:
    """What must not stand there yet."""
    return [output]


def files(clip: Clip, output: Path) -> dict[Path, bytes]:
    """The PDF. The scene is played once more, in the light theme and with its captions in the picture.

    Raises MadeOtherwise where it is not the same story any more.
    """
    from soakup.drawing.vector import draw  # imports Manim
    from soakup.passing import on_screen

    buffer = io.BytesIO()
    surface = cairo.PDFSurface(buffer, *A4)
    surface.set_metadata(cairo.PDFMetadata.TITLE, clip.title)
    surface.set_metadata(cairo.PDFMetadata.SUBJECT, clip.alt)
    context = cairo.Context(surface)
    a_page = A_PAGE if clip.size[0] > clip.size[1] else 1
    room = (A4[1] - 2 * MARGIN - (a_page - 1) * GAP) / a_page
    height = min(room, (A4[0] - 2 * MARGIN) * clip.size[1] / clip.size[0])
    width = height * clip.size[0] / clip.size[1]
    ends = {round(beat.end * clip.fps) for beat in clip.beats}
    drawn: set[int] = set()

    def look(scene: Any, frames: int) -> None:
        if frames not in ends or frames in drawn:
            return
        place = len(drawn) % a_page
        if drawn and not place:
            surface.show_page()
        drawn.add(frames)
        left, top = (A4[0] - width) / 2, MARGIN + place * (height + GAP)
        draw(on_screen(scene), scene.camera, context, (left, top, width, height))
        context.set_source_rgb(0.7, 0.7, 0.7)
        context.set_line_width(FRAME)
        context.rectangle(left, top, width, height)
        context.stroke()

    replay(clip, look, theme="light", captions="burned", background=None)
    if drawn != ends:
        raise MadeOtherwise(f"{clip.path} was made by another soakup than this one: render it again")
    surface.finish()
    return {output: buffer.getvalue()}
