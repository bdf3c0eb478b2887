"""Text that is read faster has the outlines that Manim reads."""

import numpy as np
import pytest
from manim import Text, tempconfig

from soakup.assets import fonts
from soakup.drawing.lettering import QuickText, outline

LINES = [
    "x12% of what “carried” takes in comes from “fox”",
    "xfi fl ffi Ω ½ é ǎ ü — … −1.5",
    "xשלום עולם",
    "xالسلام عليكم",
    "xनमस्ते दुनिया",
    "x世界こんにちは",
    "x🦊 ☂",
    "x  two  spaces ",
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("weight", ["NORMAL", "BOLD"])
def test_its_outlines_are_those_of_manim(line, weight, tmp_path):
    fonts.register()
    how = {"font": fonts.face_for(line), "font_size": 48, "weight": weight, "warn_missing_font": False}
    with tempconfig({"text_dir": str(tmp_path)}):
        quick, slow = QuickText(line, **how), Text(line, **how)
    assert len(quick.submobjects) == len(slow.submobjects)
    for a, b in zip(quick.submobjects, slow.submobjects, strict=True):
        assert a.points.shape == b.points.shape
        assert np.abs(a.points - b.points).max(initial=0) < 1e-9


def test_a_long_line_is_one_line_however_small_the_picture(tmp_path):
    fonts.register()
    words = " ".join(["hippopotamus"] * 30)
    lines = []
    for width in (1920, 128):
        with tempconfig({"text_dir": str(tmp_path / str(width)), "pixel_width": width}):
            lines.append(QuickText(words, font=fonts.face_for(words), font_size=48, warn_missing_font=False))
    assert lines[0].width > 30 * lines[0].height
    for a, b in zip(*[line.submobjects for line in lines], strict=True):
        assert (a.points == b.points).all()


def test_what_pango_never_writes_is_left_to_manim():
    assert outline("M 0 0 A 1 1 0 0 1 2 2 Z") is None
    assert outline("m 0 0 l 1 1") is None
    assert len(outline("M 0 0 L 1 0 L 1 1 Z")) == 12
