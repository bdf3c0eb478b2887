"""Flat mobjects in a space, seen in perspective."""

import numpy as np
import pytest
from manim import PI, Dot, Line, Square, VGroup

from soakup.drawing.space import Space


def square(z: float = 0.0) -> Square:
    return Square(2).shift([0, 0, z])


def test_at_the_distance_of_the_origin_lengths_are_as_they_are():
    a = square()
    Space(a)
    assert a.width == pytest.approx(2)


def test_what_is_nearer_is_larger_in_proportion_to_its_distance():
    near, far = square(10), square(-20)
    Space(near, far, distance=20)
    assert near.width == pytest.approx(4)
    assert far.width == pytest.approx(1)


def test_a_quarter_turn_shows_a_square_from_its_edge():
    a = square()
    Space(a).look(PI / 2, 0)
    assert a.width == pytest.approx(0, abs=1e-9)


def test_tilting_moves_the_near_side_down():
    near = Dot([0, 0, 5])
    Space(near).look(0, 0.3)
    assert near.get_center()[1] < 0


def test_turning_moves_the_near_side_to_the_right():
    near = Dot([0, 0, 5])
    Space(near).look(0.3, 0)
    assert near.get_center()[0] > 0


def test_a_whole_turn_ends_where_it_began():
    a = VGroup(square(), Line([0, 0, 0], [1, 2, 3]))
    space = Space(a)
    before = [m.points.copy() for m in a]
    space.look(1, 0.5).look(2 * PI, 0)
    for old, m in zip(before, a, strict=True):
        np.testing.assert_allclose(m.points, old, atol=1e-9)


def test_labels_face_the_viewer_and_go_with_their_place():
    label, mark = square().shift([3, 0, 0]), Dot([3, 0, 0])
    space = Space(mark, facing=[label])
    space.look(PI / 2, 0)  # the place is now on the far side, straight ahead
    assert label.width == pytest.approx(2 * 20 / 23)
    assert label.get_center() == pytest.approx(mark.get_center())


def test_what_is_farther_is_drawn_first_from_either_side():
    front, back = square(2), square(-2)
    space = Space(front, back)
    assert front.z_index > back.z_index
    space.look(PI, 0)
    assert front.z_index < back.z_index
    assert 0 <= front.z_index < 1  # in front of nothing that was in front of the space


def test_a_mobject_moves_within_the_space():
    a, b = Dot(), Dot()
    space = Space(a, b)
    space.look(PI / 2, 0)
    space.shift_in(a, [0, 0, 4])
    assert a.get_center()[0] == pytest.approx(4, abs=1e-3)
    assert b.get_center()[0] == pytest.approx(0)


def test_what_is_behind_the_camera_stays_finite():
    a = square(30)
    Space(a, distance=20)
    assert np.isfinite(a.points).all()


def test_a_space_may_be_empty():
    assert len(Space().look(1, 1)) == 0
