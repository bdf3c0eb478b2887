"""Every shipped face is really drawn with, and every text gets a face or one clear sentence."""

import os
import subprocess
import sys
import time
import unicodedata
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import Text, tempconfig

from soakup.assets import fonts

FACES = fonts._faces()


@pytest.fixture(scope="module", autouse=True)
def registered(tmp_path_factory):
    fonts.register()
    with tempconfig({"text_dir": str(tmp_path_factory.mktemp("texts"))}):
        yield


def draw(text: str) -> Text:
    return Text(text, font=fonts.face_for(text), warn_missing_font=False)


def proportions(text: Text) -> float:
    """Width by height of what is drawn, along the curves themselves: Manim measures to their handles."""
    ends_and_handles = text.get_all_points()[:, :2].reshape(-1, 4, 2)
    t = np.linspace(0, 1, 33)[:, None, None]
    along = sum(c * (1 - t) ** (3 - i) * t**i * ends_and_handles[:, i] for i, c in enumerate((1, 3, 3, 1)))
    width, height = np.ptp(along, axis=(0, 1))
    return width / height


def shape(text: Text) -> list[tuple[int, float]]:
    """What tells one drawing from another: for each outline its number of points and its proportions."""
    return [(len(part.points), round(part.width / part.height, 3)) for part in text.family_members_with_points()]


def samples(face: fonts.Face, count: int = 3) -> list[str]:
    """A few characters for which this face is chosen, spread over what it covers."""
    covered = [c for a, b in zip(face.edges[::2], face.edges[1::2], strict=True) for c in range(a, b)]
    letters = [c for c in covered if unicodedata.category(chr(c)) in ("Lu", "Ll", "Lo", "So", "Sm")]
    chosen = [chr(c) for c in letters if fonts.face_for(chr(c)) == face.family]
    return chosen[:: len(chosen) // count + 1]


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.family)
def test_every_face_is_drawn_with_its_own_outlines(face):
    font = TTFont(fonts.FONTS / face.file)
    assert samples(face)
    for character in samples(face):
        pen = BoundsPen(font.getGlyphSet())
        font.getGlyphSet()[font.getBestCmap()[ord(character)]].draw(pen)
        left, bottom, right, top = pen.bounds
        # Manim draws nothing where a text begins right to left: a mark from left to right goes before it.
        drawn = draw("\u200e" + character)
        assert proportions(drawn) == pytest.approx((right - left) / (top - bottom), rel=0.02), character


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.family)
def test_the_table_says_what_each_font_file_covers(face):
    covered = {c for c in TTFont(fonts.FONTS / face.file).getBestCmap() if c >= 32}
    assert covered == {c for a, b in zip(face.edges[::2], face.edges[1::2], strict=True) for c in range(a, b)}


def test_the_table_names_every_shipped_file():
    shipped = {path.name for path in fonts.FONTS.iterdir() if path.suffix in (".ttf", ".otf")}
    assert shipped == {face.file for face in FACES} | {"cmunbx.ttf", "cmunti.ttf"}


def test_the_fonts_stay_small():
    assert sum(path.stat().st_size for path in fonts.FONTS.iterdir()) < 25e6


@pytest.mark.parametrize("style", [{}, {"weight": "BOLD"}, {"slant": "ITALIC"}])
def test_cmu_serif_has_three_styles(style):
    plain = Text("Hamburg", font=fonts.SERIF)
    assert shape(plain) == shape(draw("Hamburg"))
    assert (shape(Text("Hamburg", font=fonts.SERIF, **style)) == shape(plain)) == (not style)


@pytest.mark.parametrize(
    "text, family",
    [
        ("A fluffy blue creature, 3 “naïve” cafés", "CMU Serif"),
        ("Tiếng Việt", "CMU Serif"),
        ("Привет, Ελληνικά", "CMU Serif"),
        ("नमस्ते", "soakup Noto Serif Devanagari"),
        ("שלום", "soakup Noto Serif Hebrew"),
        ("مرحبا", "soakup Noto Naskh Arabic"),
        ("สวัสดี", "soakup Noto Serif Thai"),
        ("世界", "soakup Noto Serif CJK SC"),
        ("日本語 です", "soakup Noto Serif CJK JP"),
        ("한국어", "soakup Noto Serif CJK KR"),
        (unicodedata.normalize("NFD", "한국어"), "soakup Noto Serif CJK KR"),
        ("👨‍👩‍👧", "soakup Noto Emoji"),
        ("❤️", "soakup Noto Emoji"),
        ("1️⃣", "soakup Noto Emoji"),
        ("hello 👋", "CMU Serif,soakup Noto Emoji"),
        ("iPhone手机", "CMU Serif,soakup Noto Serif CJK SC"),
        ("", "CMU Serif"),
        (" ", "CMU Serif"),
    ],
)
def test_the_face_is_chosen_by_what_it_covers(text, family):
    assert fonts.face_for(text) == family


def test_a_text_of_several_scripts_comes_in_runs():
    assert fonts.runs("the 日本語とEnglish ≤ x") == [
        ("CMU Serif", "the "),
        ("soakup Noto Serif CJK JP", "日本語と"),
        ("CMU Serif", "English "),
        ("soakup Noto Sans Math", "≤ "),
        ("CMU Serif", "x"),
    ]


@settings(deadline=None)
@given(st.text(st.one_of(st.sampled_from("a é1️⃣👨‍👩🏽\u200d\u0301\u202eषनि日語んק🇩🇪ﷺ�"), st.characters(codec="utf-8"))))
def test_any_text_comes_in_runs_that_join_to_it_or_is_refused(text):
    try:
        pieces = fonts.runs(text)
    except fonts.NotDrawable:
        return
    assert "".join(piece for _, piece in pieces) == text
    assert all(a != b for (a, _), (b, _) in pairwise(pieces))


@pytest.mark.parametrize(
    "text, bare",
    [
        ("e\u200d", "e"),
        ("e\ufe0e", "e"),
        ("e\u200f", "e"),
        ("e\u034f", "e"),
        ("e\u2060", "e"),
        ("ﷺ\u200c", "ﷺ"),
    ],
)
def test_what_is_invisible_needs_no_face(text, bare):
    assert fonts.face_for(text) == fonts.face_for(bare)
    assert shape(draw(text)) == shape(draw(bare))


def test_a_mark_no_face_has_leaves_its_base_drawable():
    mark = "\U0001e2ec"  # WANCHO TONE TUP: no face for Latin letters has it
    assert not FACES[0].has(mark)
    assert fonts.face_for("e" + mark).startswith("CMU Serif")


def test_where_no_face_has_both_a_letter_and_what_is_joined_to_it_each_has_its_own():
    assert fonts.runs("x🏽") == [("CMU Serif", "x"), ("soakup Noto Emoji", "🏽")]


@pytest.mark.parametrize(
    "text, named",
    [
        ("a 𒀀 b", "CUNEIFORM SIGN A (U+12000)"),
        ("\ud83d", "half a surrogate pair (U+D83D)"),
        ("\U000f0000", "a private-use character (U+F0000)"),
        ("\u0378", "an unassigned code point (U+0378)"),
        ("\x07", "a control character (U+0007)"),
    ],
)
def test_what_no_face_has_is_refused_by_name(text, named):
    with pytest.raises(fonts.NotDrawable) as error:
        fonts.face_for(text)
    assert named in str(error.value)
    str(error.value).encode()  # can be printed, whatever the character is


@pytest.mark.parametrize("text", ["世界", "नमस्ते", "x שלום", "😀", "∑", "hello 👋 世界"])
def test_nothing_is_drawn_as_the_box_of_a_missing_glyph(text):
    missing = {part for code in ("\U0010fffe", "\u0378") for part in shape(Text(code, font=fonts.SERIF))}
    assert missing and not missing & set(shape(draw(text)))


def test_a_script_is_drawn_the_same_whatever_the_system_has(tmp_path):
    """Neither the coloured emoji most desktops have nor other copies of our faces take their place."""
    colour_font(tmp_path / ".fonts" / "emoji.ttf", "Noto Color Emoji", 0x1F600)
    colour_font(tmp_path / ".fonts" / "georgian.ttf", "Noto Serif Georgian", ord("ა"))
    texts = ["😀", "😀\ufe0f", "ა"]
    code = (
        "import sys; from manim import Text, config; from soakup.assets import fonts\n"
        "fonts.register(); config.text_dir = 'texts'\n"
        "for text in sys.argv[1:]: print(len(Text(text, font=fonts.face_for(text))[0].points))"
    )
    env = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", code, *texts]
    run = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert run.stdout.split() == [str(len(draw(text)[0].points)) for text in texts]


def colour_font(path: Path, family: str, code: int) -> None:
    """A font with one character: a square of one colour."""
    pen = TTGlyphPen(None)
    for move, point in zip([pen.moveTo] + [pen.lineTo] * 3, [(0, 0), (0, 900), (900, 900), (900, 0)], strict=True):
        move(point)
    pen.closePath()
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({code: "square"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "square": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "square": (1000, 0)})
    builder.setupHorizontalHeader(ascent=900, descent=0)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.setupCOLR({"square": [("square", 0)]})
    builder.setupCPAL([[(1, 0, 0, 1)]])
    path.parent.mkdir(exist_ok=True)
    builder.save(path)


def test_registering_again_is_cheap_and_mends_what_manim_forgot():
    import manimpango

    manimpango.unregister_font(str(fonts.FONTS / "cmunrm.ttf"))  # in Pango's case: forgets every font of the process
    assert FACES[1].family not in manimpango.list_fonts()
    fonts.register()
    assert FACES[1].family in manimpango.list_fonts()
    before = list(manimpango.registered_fonts)
    fonts.register()
    assert list(manimpango.registered_fonts) == before


@pytest.mark.parametrize(
    "before",
    ["Text('up')", "Text('up'); thread = Thread(target=fonts.register); thread.start(); thread.join()"],
    ids=["here", "in another thread"],
)
def test_faces_registered_after_the_first_text_are_drawn_with(before, tmp_path):
    """A scene of somebody's own may have set a text of Manim's before one of ours."""
    code = (
        "import sys; from threading import Thread; from manim import Text, config; from soakup.assets import fonts\n"
        "config.text_dir = sys.argv[2]; exec(sys.argv[1])\n"
        "fonts.register(); print(Text('golden key', font=fonts.SERIF).width)"
    )
    widths = [
        subprocess.run([sys.executable, "-c", code, *run], cwd=tmp_path, capture_output=True, text=True, check=True)
        for run in (("", "usual"), (before, "after"))
    ]
    assert widths[0].stdout == widths[1].stdout != ""


def test_a_font_that_is_installed_meanwhile_takes_no_face_away(tmp_path):
    """A preview is open for hours, and fontconfig looks now and then whether there are other fonts, by itself."""
    code = (
        "import ctypes, sys, time; from pathlib import Path; import manimpango; from soakup.assets import fonts\n"
        "ctypes.CDLL('libfontconfig.so.1').FcConfigSetRescanInterval(None, 1)\n"
        "fonts.register(); time.sleep(1.1)\n"
        "Path('.fonts').mkdir(); Path('.fonts/new.ttf').write_bytes((fonts.FONTS / 'cmunrm.ttf').read_bytes())\n"
        "time.sleep(1.1); manimpango.list_fonts(); print(sys.argv[1] in manimpango.list_fonts())"
    )
    env = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", code, FACES[1].family]
    run = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert run.stdout == "True\n"


def test_choosing_a_face_opens_no_font():
    code = "import sys; from soakup.assets import fonts; fonts.face_for('नमस्ते 世界'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"manimpango", "fontTools", "manim", "numpy"} & set(loaded)
    fonts._faces.cache_clear()
    start = time.perf_counter()
    fonts.face_for("x")
    assert time.perf_counter() - start < 0.2  # 2 ms when nothing else runs
