"""Text is shown literally, on its baseline, and its digits belong to somebody."""

import numpy as np
import pytest

from soakup.assets.fonts import NotDrawable
from soakup.scenes.formula import Formula
from soakup.scenes.quantity import Quantity
from soakup.scenes.words import Words, line_width

from .conftest import quiet_manim


@pytest.fixture(autouse=True)
def manim(manim_folder):
    with quiet_manim(manim_folder):
        yield


def test_digits_without_a_quantity_are_refused():
    with pytest.raises(ValueError, match="no quantity"):
        Words("Layer 3", 30, "#FFFFFF")
    with pytest.raises(ValueError, match="no quantity"):
        Formula("x_1", 30, "#FFFFFF")


def test_digits_of_a_quantity_are_drawn_once_each():
    three = Quantity("count", "layer[2]", 3, "d")
    assert Words("Layer 3", 30, "#FFFFFF", [three]).quantities == (three,)
    with pytest.raises(ValueError, match="no quantity"):
        Words("Layer 3 of 3", 30, "#FFFFFF", [three])


def test_words_with_and_without_descenders_stand_on_one_baseline():
    plain, deep = (Words(text, 48, "#FFFFFF").stand(0, 1.0) for text in ("on", "pon"))
    assert plain.get_bottom()[1] == pytest.approx(1.0, abs=0.02)
    _, n = deep.submobjects[1:]
    assert n.get_bottom()[1] == pytest.approx(1.0, abs=0.02)
    assert deep.get_bottom()[1] < 0.9


@pytest.mark.parametrize("text", ["<b>bold</b>", "&amp;", "$x$", "#strong[x]", "\\LaTeX", "{{ a : b }}"])
def test_markup_is_shown_as_it_was_typed(text):
    assert len(Words(text, 30, "#FFFFFF").submobjects) == len(text.replace(" ", ""))


@pytest.mark.parametrize("text", ["Привет", "日本", "مرحبا", "🐱", "नमस्ते", "ﬁn", "↵"])
def test_other_scripts_are_really_drawn(text):
    words = Words(text, 30, "#FFFFFF")
    assert words.width > 0.1
    assert all(len(glyph.points) for glyph in words.submobjects[:1])


def test_what_no_face_has_is_refused_by_name():
    with pytest.raises(NotDrawable, match="U\\+"):
        Words("\U000e0041\ue000", 30, "#FFFFFF")


def test_a_line_measures_what_it_draws():
    assert line_width("youngest", 36) == pytest.approx(Words("youngest", 36, "#FFFFFF").width, rel=1e-6)
    assert np.isclose(line_width("youngest", 72), 2 * line_width("youngest", 36))
