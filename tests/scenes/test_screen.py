"""A scene knows its frame, at every size."""

import pytest
from manim import config

from soakup.scenes import SCENES, LayerByLayer
from soakup.scenes.errors import SceneError
from soakup.scenes.scene import caption_lines
from soakup.scenes.screen import SIZES, set_size
from soakup.scenes.words import line_width

from .conftest import quiet_manim


@pytest.mark.parametrize(("size", "pixels"), [("16:9", (854, 480)), ("1:1", (480, 480)), ("9:16", (480, 854))])
def test_the_short_side_is_8_units_and_keeps_its_pixels(manim_folder, size, pixels):
    with quiet_manim(manim_folder):
        scene = type("Sized", (LayerByLayer,), {"size": size})()
        assert (config.pixel_width, config.pixel_height) == pixels
        assert (scene.camera.pixel_width, scene.camera.pixel_height) == pixels
        assert min(scene.screen.width, scene.screen.height) == 8
        across, down = SIZES[size]
        assert scene.screen.width / scene.screen.height == pytest.approx(across / down)
        again = type("Wide", (LayerByLayer,), {})()  # a scene after it has its own frame
        assert again.screen.width == pytest.approx(8 * 16 / 9)


def test_a_size_there_is_not_is_refused_in_one_sentence(manim_folder):
    with quiet_manim(manim_folder), pytest.raises(SceneError, match="no size '4:3': choose 16:9, 1:1 or 9:16"):
        set_size("4:3")


def test_every_scene_has_a_size():
    assert all(scene.size == "16:9" for scene in SCENES.values())


@pytest.mark.parametrize("width", [4.0, 7.2, 12.6])
@pytest.mark.parametrize("tall", [True, False])
def test_captions_break_into_few_lines_that_fit(width, tall):
    words = "half of what daughter takes in comes from gave, and from king"
    lines, size = caption_lines([words], width, tall)
    assert all(line_width(text, size) <= width for text, _ in lines)
    assert " ".join(text for text, _ in lines) == words
    assert len(lines) == 1 or line_width(words, size) > width
