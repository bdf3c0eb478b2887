"""The target `handout`: the beats of a film on paper, each as it stands at its end, as outlines on white.

As a PDF, three to a page of A4; or as an SVG (`-o FILE.svg`), one below another, for a text of one's own.
"""

import html
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cairo

from soakup.lectures.clip import Clip
from soakup.lectures.replay import MadeOtherwise, replay

ENDINGS = (".pdf", ".svg")
A4 = (595.276, 841.89)  # width and height, in points
MARGIN = 51  # 18 mm
GAP = 28
A_PAGE = 3  # pictures, of a wide film
FRAME = 0.75  # points: the line round a picture


def outputs(output: Path) -> list[Path]:
    """What must not stand there yet."""
    return [output]


def files(clip: Clip, output: Path) -> dict[Path, bytes]:
    """The PDF or SVG. The scene is played once more, in the light theme and with its captions in the picture.

    Raises MadeOtherwise where it is not the same story any more.
    """
    buffer = io.BytesIO()
    if output.suffix.lower() == ".svg":
        width, height = _picture(clip)
        step = height + GAP
        size = (width + 2 * FRAME, len(clip.beats) * step - GAP + 2 * FRAME)
        surface: cairo.Surface = cairo.SVGSurface(buffer, *size)
        _draw(clip, surface, (width, height), lambda number: (FRAME, FRAME + number * step))
        surface.finish()
        return {output: _titled(buffer.getvalue(), clip)}
    surface = cairo.PDFSurface(buffer, *A4)
    surface.set_metadata(cairo.PDFMetadata.TITLE, clip.title)
    surface.set_metadata(cairo.PDFMetadata.SUBJECT, clip.alt)
    width, height = _picture(clip)

    def place(number: int) -> tuple[float, float]:
        on_page = number % _a_page(clip)
        if number and not on_page:
            surface.show_page()
        return (A4[0] - width) / 2, MARGIN + on_page * (height + GAP)

    _draw(clip, surface, (width, height), place)
    surface.finish()
    return {output: buffer.getvalue()}


def _a_page(clip: Clip) -> int:
    return A_PAGE if clip.size[0] > clip.size[1] else 1


def _picture(clip: Clip) -> tuple[float, float]:
    """Width and height of one picture, in points."""
    room = (A4[1] - 2 * MARGIN - (_a_page(clip) - 1) * GAP) / _a_page(clip)
    height = min(room, (A4[0] - 2 * MARGIN) * clip.size[1] / clip.size[0])
    return height * clip.size[0] / clip.size[1], height


def _draw(
    clip: Clip, surface: cairo.Surface, size: tuple[float, float], place: Callable[[int], tuple[float, float]]
) -> None:
    """Draw the end of every beat, the n-th (from 0) with its left upper corner at `place(n)`."""
    from soakup.drawing.vector import draw  # imports Manim
    from soakup.passing import on_screen

    context = cairo.Context(surface)
    ends = {round(beat.end * clip.fps) for beat in clip.beats}
    drawn: set[int] = set()

    def look(scene: Any, frames: int) -> None:
        if frames not in ends or frames in drawn:
            return
        box = (*place(len(drawn)), *size)
        drawn.add(frames)
        draw(on_screen(scene), scene.camera, context, box)
        context.set_source_rgb(0.7, 0.7, 0.7)
        context.set_line_width(FRAME)
        context.rectangle(*box)
        context.stroke()

    replay(clip, look, theme="light", captions="burned", background=None)
    if drawn != ends:
        raise MadeOtherwise(f"{clip.path} was made by another soakup than this one: render it again")


def _titled(svg: bytes, clip: Clip) -> bytes:
    """The SVG with its name and a text for whoever does not see it, which cairo has no words for."""
    head, tag, rest = svg.partition(b"<svg")
    opening, end, content = rest.partition(b">")
    said = f"<title>{html.escape(clip.title)}</title><desc>{html.escape(clip.alt)}</desc>"
    return head + tag + opening + b' role="img"' + end + said.encode() + content
