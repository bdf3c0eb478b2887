"""A Number shows what it is told, where it stands now, however it was moved."""

import numpy as np
import pytest
from manim import PI, RED, RIGHT, UP, Circle, Square, Transform, tempconfig

from soakup.drawing.numbers import Number, Numbers, digit_height, text_width


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


# --- many at once ---


def written(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


def grid(values) -> Numbers:
    places = [[(1.5 * j, -i) for j in range(len(values[0]))] for i in range(len(values))]
    return Numbers(np.array(values), np.array(places), 24, written)


def test_many_numbers_stand_where_single_ones_would():
    numbers = grid([[1.5, -2], [30, 0.04]])
    numbers.shift(UP).entries[0, 1].scale(2).rotate(PI / 3)
    values = [7, 8, -9.5, 100]
    expected = [entry.copy().set_text(written(v)) for entry, v in zip(numbers.entries.flat, values, strict=True)]
    numbers.set_values(np.reshape(values, (2, 2)))
    for entry, alone in zip(numbers.entries.flat, expected, strict=True):
        assert entry.text == alone.text
        np.testing.assert_allclose(entry.points, alone.points, atol=1e-12)


def test_many_numbers_count_and_end_on_the_values_to_the_digit():
    numbers = grid([[1, 2, 3]])
    step = numbers.counting([[2, -2, 0.1 + 0.2]])
    step(0.5)
    assert [e.text for e in numbers.entries.flat] == ["+1.5", "+0.0", "+1.6"]
    step(1)
    assert [e.text for e in numbers.entries.flat] == ["+2.0", "−2.0", "+0.3"]
    assert (numbers.values == [[2, -2, 0.1 + 0.2]]).all()


def test_one_of_many_keeps_its_shape_when_another_changes():
    numbers = grid([[1, 2]])
    untouched = numbers.entries[0, 1].points
    numbers.set_values([[5, 2]])
    assert numbers.entries[0, 1].points is untouched


def test_colour_and_opacity_are_each_entrys_own():
    numbers = grid([[1, 2], [3, 4]])
    numbers.tint(np.array([[[1, 0, 0], [0, 1, 0]], [[0, 0, 1], [1, 1, 0]]])).set_opacities([[1, 0.5], [0.25, 0]])
    assert numbers.entries[1, 0].fill_rgbas.tolist() == [[0, 0, 1, 0.25]]
    assert numbers.tint(RED.to_rgb()).entries[0, 1].fill_rgbas.tolist() == [[*RED.to_rgb(), 0.5]]


def test_the_box_of_an_entry_holds_its_digits_and_nothing_else():
    numbers = grid([[1.5, -2]])
    left, bottom, right, top = numbers.boxes()[0, 1]
    assert right - left == pytest.approx(text_width("−2.0", 24), rel=0.02)
    assert top - bottom == pytest.approx(digit_height(24), rel=0.05)
    assert left > numbers.boxes()[0, 0][2]


def test_an_entry_becomes_another_mobject_and_a_copy_counts_by_itself():
    numbers = grid([[1, 2]])
    change = Transform(numbers.entries[0, 0], Square())
    change.begin()
    change.finish()
    assert numbers.entries[0, 0].width == pytest.approx(2)
    other = grid([[1, 2]])
    twin = other.copy()
    assert twin.entries[0, 1] is twin.submobjects[1]
    twin.set_values([[8, 9]])
    assert [e.text for e in other.entries.flat] == ["+1.0", "+2.0"]


def test_a_single_counter_and_no_number_at_all():
    assert Numbers(np.array(3.0), np.array([1, 1]), 24, written).set_values(4).entries.item().text == "+4.0"
    assert len(Numbers(np.zeros((0, 2)), np.zeros((0, 2, 2)), 24, written).set_values(np.ones((0, 2)))) == 0
