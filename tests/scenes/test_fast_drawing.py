"""Our own films look the same with our drawing as with Manim's."""

import numpy as np
import pytest
from manim import tempconfig

from soakup.drawing.fast import fast_drawing
from soakup.scenes import SCENES


def frames(name: str, only: tuple[int, int]) -> list[np.ndarray]:
    base = SCENES[name]
    scene = type(base.__name__, (base,), {"__module__": base.__module__, "text": "A fox saw the moon", "only": only})()
    taken: list[np.ndarray] = []
    renderer = scene.renderer  # which draws what is skipped as well, to no end
    renderer.add_frame = lambda frame, num_frames=1: None if renderer.skip_animations else taken.append(frame)
    scene.render()
    return taken


@pytest.mark.usefixtures("drawing_by")
@pytest.mark.parametrize(("name", "only"), [("layer-by-layer", (3, 3)), ("attention-pattern", (2, 3))])
def test_every_frame_is_as_manim_draws_it(name, only, tmp_path):
    small = {"pixel_width": 427, "pixel_height": 240, "frame_rate": 4, "disable_caching": True, "dry_run": True}
    quiet = {"progress_bar": "none", "verbosity": "ERROR", "renderer": "cairo", "media_dir": str(tmp_path)}
    with tempconfig(small | quiet):
        theirs = frames(name, only)
        with fast_drawing():
            ours = frames(name, only)
    assert len(ours) == len(theirs) > 5
    assert max(np.abs(a.astype(np.int16) - b).max() for a, b in zip(theirs, ours, strict=True)) <= 1
