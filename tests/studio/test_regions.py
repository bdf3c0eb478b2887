"""Where every quantity of a frame stands is where it is drawn, and it is what the manifest says."""

from itertools import pairwise

import numpy as np
import pytest
from manim import DOWN, RIGHT, FadeOut, Scene, tempconfig

from soakup.drawing.fast import fast_drawing
from soakup.passing import picture
from soakup.regions import Region, regions
from soakup.scenes import LayerByLayer
from soakup.scenes.quantity import Quantity
from soakup.scenes.style import DARK
from soakup.scenes.vectors import Column
from soakup.scenes.words import Words

BEATS = ("layer 1, words look", "layer 1, attention", "all words, before and after")


@pytest.fixture(scope="module")
def stood() -> dict[str, tuple[list[Region], np.ndarray, list[Quantity]]]:
    """At the ends of some beats of the flagship: its regions, the picture, and what the manifest records."""
    seen = {}

    class Watched(LayerByLayer):
        text = "A small fox saw the moon"

        def hold(self, *args):
            super().hold(*args)
            if self.beat in BEATS:
                seen[self.beat] = regions(self), picture(self).copy(), list(self._shown.values())

    with tempconfig({"quality": "low_quality", "dry_run": True, "progress_bar": "none"}), fast_drawing():
        Watched().render()
    return seen


@pytest.mark.parametrize("beat", BEATS)
def test_all_that_is_pointed_at_is_in_the_manifest(stood, beat):
    found, _, recorded = stood[beat]
    assert found
    assert {r.quantity.path for r in found} <= {quantity.path for quantity in recorded}


@pytest.mark.parametrize("beat", BEATS)
def test_a_region_of_digits_holds_something_drawn(stood, beat):
    found, pixels, _ = stood[beat]
    height, width = pixels.shape[:2]
    for region in found:
        if region.quantity.text:
            x0, y0, x1, y1 = np.array(region.box) * [width, height, width, height]
            inside = pixels[int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1)), :3]
            assert inside.max() > 25, region


def test_regions_lie_within_the_frame(stood):
    for found, *_ in stood.values():
        for region in found:
            x0, y0, x1, y1 = region.box
            assert 0 <= x0 <= x1 <= 1 and 0 <= y0 <= y1 <= 1


def test_an_arc_is_found_along_its_line_and_not_by_its_box(stood):
    found, pixels, _ = stood["layer 1, words look"]
    arcs = [region for region in found if region.quantity.shown == "arc" and region.line]
    assert arcs and all(region.quantity.path.startswith("update_share(0)[") for region in arcs)
    height, width = pixels.shape[:2]
    for region in arcs:
        at = [(int(y * height), int(x * width)) for x, y in region.line[2:-2]]
        lit = [pixels[y - 1 : y + 2, x - 1 : x + 2, :3].max() > 8 for y, x in at]  # a thin arc may pass between
        assert np.mean(lit) > 0.9  # the ground is black, and arcs are dimmed by now


@pytest.fixture
def still_scene():
    with tempconfig({"quality": "low_quality", "dry_run": True}):
        yield Scene()


def quantity(value: float, path: str, format: str = "+.1f") -> Quantity:
    return Quantity("element", path, value, format)


def test_the_entries_of_a_column_are_told_apart(still_scene):
    entries = [quantity(k + 0.5, f"embedding[0,{k}]") for k in range(4)]
    still_scene.add(Column(entries, (0, 2), 1.0, 24, 4.0, DARK))
    found = regions(still_scene)
    assert [region.quantity.path for region in found] == [f"embedding[0,{k}]" for k in range(4)]
    middles = [(region.box[1] + region.box[3]) / 2 for region in found]
    assert middles == sorted(middles)
    assert all(above.box[3] < below.box[1] for above, below in pairwise(found))


def test_two_numbers_in_one_line_are_told_apart(still_scene):
    line = Words.of(["from ", quantity(1.5, "a[0]"), " to ", quantity(1.5, "b[0]")], 36, "#FFFFFF")
    still_scene.add(line)
    first, second = regions(still_scene)
    assert (first.quantity.path, second.quantity.path) == ("a[0]", "b[0]")
    assert first.box[2] < second.box[0]


def test_what_cannot_be_seen_has_no_region(still_scene):
    gone, outside = (Words.of([quantity(2.5, path)], 36, "#FFFFFF") for path in ("gone[0]", "outside[0]"))
    still_scene.add(gone.set_opacity(0), outside.shift(20 * RIGHT + DOWN))
    assert regions(still_scene) == []
    still_scene.add(seen := Words.of([quantity(2.5, "seen[0]")], 36, "#FFFFFF"))
    assert [region.quantity.path for region in regions(still_scene)] == ["seen[0]"]
    still_scene.play(FadeOut(seen))
    assert regions(still_scene) == []
