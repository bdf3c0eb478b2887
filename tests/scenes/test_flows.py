"""Flows are as wide as what arrives, leave their word's edge and land where its piece of ink lies."""

import numpy as np
import pytest
from manim import ManimColor

from soakup.scenes import LayerByLayer
from soakup.scenes.flows import Flow, starts
from soakup.scenes.quantity import Quantity


def test_bands_leave_side_by_side_about_the_middle_of_the_edge():
    assert starts([0.2, 0.4], (0.0, 2.0)) == [pytest.approx((0.7, 0.9)), pytest.approx((0.9, 1.3))]


def test_bands_that_do_not_fit_an_edge_leave_it_narrower():
    spans = starts([2.0, 6.0], (-1.0, 1.0))
    assert spans == [pytest.approx((-1.0, -0.5)), pytest.approx((-0.5, 1.0))]


def test_a_word_that_gives_nothing_has_no_bands():
    assert starts([], (0.0, 1.0)) == []


def test_a_flow_reaches_from_its_source_as_far_as_it_is_told():
    flow = Flow((0, 1), (4, 5), (2.0, -2.0), ManimColor("#FFFFFF"), Quantity("derived", "word_ink(1)[1,1]", 1.0))
    assert (flow.points[:, 1].max(), flow.points[:, 1].min()) == (2.0, -2.0)
    assert set(flow.points[flow.points[:, 1] == -2.0][:, 0].round(3)) >= {4.0, 5.0}
    flow.reach(0.0)
    assert np.ptp(flow.points[:, 1]) < 0.1


def test_at_the_end_every_drawn_share_of_ink_has_its_band_of_that_width(play_through):
    seen = {}

    def look(scene, beat):
        if beat == "all words, before and after":
            seen["bands"] = [m for mobject in scene.mobjects for m in mobject.get_family() if isinstance(m, Flow)]

    scene = play_through(LayerByLayer, look, text="The old king gave his daughter a key")
    assert len(seen["bands"]) > 10
    for band in seen["bands"]:
        (quantity,) = band.quantities
        landing = band.edges[1][-1][0] - band.edges[0][-1][0]
        assert landing == pytest.approx(quantity.value * scene.sentence.panel_width, rel=1e-5)
        assert scene.trace.value(quantity.path) == pytest.approx(quantity.value, rel=1e-6)
