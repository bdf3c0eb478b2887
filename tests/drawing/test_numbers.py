"""A Number shows what it is told, where it stands now, however it was moved."""

import numpy as np
import pytest
from manim import PI, RIGHT, UP, Circle, tempconfig

from soakup.drawing.numbers import Number, digit_height, text_width


@pytest.fixture(autouse=True)
def manim_folder(tmp_path):
    with tempconfig({"media_dir": str(tmp_path), "verbosity": "ERROR"}):
        yield


def test_another_number_stands_where_the_first_was_moved_to():
    number = Number("+1.5", 24, (1, 2, 0)).shift(3 * RIGHT).scale(2).rotate(PI / 6)
    told = number.copy().set_text("−22.75")
    drawn = Number("−22.75", 24, (1, 2, 0))
    foot, head = number.points[0], number.points[3]
    drawn.scale(2, about_point=drawn.points[0]).rotate(PI / 6, about_point=drawn.points[0])
    drawn.shift(foot - drawn.points[0])
    assert np.allclose(told.points, drawn.points, atol=1e-9)
    assert np.allclose(told.points[[0, 3]], [foot, head])


def test_decimal_points_stand_under_each_other():
    def right_of_point(text):
        number = Number(text, 48)
        return number.get_right()[0]

    assert right_of_point("+1.5") == pytest.approx(right_of_point("−100.5"), abs=1e-9)


def test_what_is_shown_comes_back_after_counting_through_others():
    number = Number("+0.1", 24, (0, 0, 0))
    before = number.points.copy()
    for text in ("−3.7", "+12.0", "∞", "99%", "+0.1"):
        number.set_text(text)
    assert np.allclose(number.points, before)


def test_a_digit_is_as_high_as_said_and_readable_at_the_smallest_size():
    one = Number("1", 24)
    assert one.height == pytest.approx(digit_height(24), rel=0.01)
    pixels_a_unit = 1080 / 8
    assert digit_height(22) * pixels_a_unit >= 20


def test_wider_numbers_measure_wider_and_digits_alike():
    assert text_width("+1.5", 24) < text_width("+11.5", 24)
    assert text_width("0000", 24) == pytest.approx(text_width("8888", 24), rel=0.02)


def test_a_number_can_become_an_ordinary_shape_and_be_faded():
    number = Number("42", 24).set_opacity(0.5)
    number.become(Circle())
    assert number.get_fill_opacity() == Circle().get_fill_opacity()
    assert np.allclose(Number("42", 24).shift(UP).get_center(), Number("42", 24).get_center() + UP)
