"""The picture of how far a vector has turned turns as far as it says."""

import numpy as np
import pytest
from manim import ManimColor

from soakup.scenes import style
from soakup.scenes.quantity import Quantity
from soakup.scenes.turn import Turn


@pytest.mark.parametrize("degrees", [0.0, 37.0, 93.0, 180.0])
def test_the_arrow_swings_by_the_angle_that_is_written(degrees):
    colors = ManimColor("#5CD0B3"), ManimColor("#FFFF00")
    turn = Turn(Quantity("derived", "angle(0,4)[3]", degrees, ".0f"), 1.2, colors, style.DARK, under=False)
    turn.shift((2, 1, 0))
    step = turn.turning()
    for alpha in (0.3, 1.0):  # in steps as in one
        step(alpha)
    way = turn.after.get_end() - turn.after.get_start()
    assert np.degrees(np.arctan2(way[1], way[0])) == pytest.approx(degrees, abs=1e-3)
    assert np.allclose(turn.after.get_start(), turn.before.get_start())
    assert turn.note.text == f"turned by {degrees:.0f}°"
