"""Manim's Text, read faster: what Pango has written is parsed for what can be in it, not as any SVG there may be.

Most of the time that Manim takes over a line of text goes into a general parser of SVG. Pango writes one kind only:
each glyph once, as moves, lines, curves and closings, and then where each is used. The outlines are the same.
"""

import re
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from manim import RIGHT, Text, VMobject, config

GLYPH = re.compile(r'<symbol overflow="visible" id="([\w-]+)">\s*<path style="stroke:none;" d="([^"]*)"/>\s*</symbol>')
USE = re.compile(r'<use xlink:href="#([\w-]+)" x="([-\d.e]+)" y="([-\d.e]+)"/>')
COMMAND = re.compile(r"([A-Za-z])([^A-Za-z]*)")
ELEMENT = re.compile(r"<(\w+)")
KNOWN = {"svg", "defs", "g", "symbol", "path", "use"}
ENDLESS = 1_000_000  # pixels: wider than any line
ENDS_MEET = 1e-4  # a closing shorter than this is not drawn, as Manim has it


class QuickText(Text):
    """A Text with the same outlines, sooner; what it does not know it leaves to Manim.

    A line stays one line: Manim has Pango break it where it is wider, at the size it is set in, than the film is in
    pixels, so that a draft would be broken where the final is not.
    """

    def _text2svg(self, color: Any) -> str:
        folder, usual = config.get_dir("text_dir"), (config.text_dir, config.pixel_width)
        line = folder / f"line-{self._text2hash(color)}.svg"
        if not line.exists():
            folder.mkdir(parents=True, exist_ok=True)
            # Made apart, since another process that draws may look for the same line meanwhile.
            with TemporaryDirectory(dir=folder) as apart:
                config.text_dir, config.pixel_width = apart, ENDLESS
                try:
                    Path(super()._text2svg(color)).replace(line)
                finally:
                    config.text_dir, config.pixel_width = usual
        return str(line)

    def generate_mobject(self) -> "QuickText":
        written = Path(self.get_file_path()).read_text(encoding="utf-8")
        glyphs = dict(GLYPH.findall(written))
        uses = USE.findall(written)
        elements = ELEMENT.findall(written)
        known = (
            set(elements) <= KNOWN
            and elements.count("use") == len(uses)
            and elements.count("symbol") == elements.count("path") == len(glyphs)
            and all(name in glyphs for name, _, _ in uses)
        )
        outlines = [outline(glyphs[name]) for name, _, _ in uses] if known else [None]
        if any(points is None for points in outlines):
            return super().generate_mobject()
        for points, (_, x, y) in zip(outlines, uses, strict=True):
            if points is not None and len(points):
                glyph = VMobject()
                glyph.points = points + np.array([float(x), float(y), 0.0])
                self.add(glyph)
        self.flip(RIGHT)  # y runs down in an SVG
        return self


@lru_cache(maxsize=4000)
def outline(path: str) -> np.ndarray | None:
    """The cubic curves (4n, 3) of a path that Pango has written; None where there is something else in it."""
    curves: list[np.ndarray] = []
    pen = start = np.zeros(2)

    def line(end: np.ndarray) -> None:
        curves.extend([pen, (pen + pen + end) / 3, (pen + end + end) / 3, end])

    for command, numbers in COMMAND.findall(path):
        values = numbers.split()
        if len(values) % 2:
            return None
        points = np.array(values, dtype=float).reshape(-1, 2)
        if command == "M" and len(points) == 1:
            pen = start = points[0]
        elif command == "L" and len(points) == 1:
            line(points[0])
            pen = points[0]
        elif command == "C" and len(points) == 3:
            curves.extend([pen, *points])
            pen = points[2]
        elif command == "Z" and len(points) == 0:
            if np.linalg.norm(pen - start) > ENDS_MEET:
                line(start)
            pen = start
        else:
            return None
    flat = np.array(curves).reshape(-1, 2)
    return np.hstack([flat, np.zeros((len(flat), 1))])
