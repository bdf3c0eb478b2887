"""Scenes played to the end without drawing a frame, so that what is on the screen can be looked at."""

from collections.abc import Callable
from contextlib import contextmanager

import pytest
from manim import tempconfig

from soakup.scenes import TraceScene


@contextmanager
def quiet_manim(folder, **settings):
    wanted = {"media_dir": str(folder), "verbosity": "ERROR", "progress_bar": "none", "dry_run": True}
    size = {"pixel_width": 854, "pixel_height": 480, "frame_rate": 15}
    with tempconfig(wanted | size | settings):
        yield


@pytest.fixture(scope="session")
def manim_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("manim")


@pytest.fixture(scope="session")
def play_through(manim_folder) -> Callable[..., TraceScene]:
    """play_through(scene_class, at_hold, **settings): play a scene, calling `at_hold(scene, beat name)` whenever it
    holds still; nothing is drawn."""

    def play(scene_class, at_hold=lambda scene, beat: None, **settings):
        class Watched(scene_class):
            def hold(self, *args, **kwargs):
                super().hold(*args, **kwargs)
                at_hold(self, self.beat)

        for name, value in settings.items():
            setattr(Watched, name, value)
        with quiet_manim(manim_folder):
            scene = Watched()
            scene.renderer._original_skipping_status = True
            scene.render()
        return scene

    return play
