"""What settled frames look like, beside references that a person has looked at.

Where a scene is meant to look different, renew them, and look at them before they are committed:

    SOAKUP_RENEW_FRAMES=1 ./soakup test tests/scenes/test_frames.py
"""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from soakup.scenes import SCENES

FRAMES = Path(__file__).parent / "frames"
TEXT = "The old king gave his daughter a golden key"
BEATS = {  # whose ends are looked at, counted from 1
    "layer-by-layer": (1, 2),
    "attention-pattern": (1, 2),
    "queries-and-keys": (1, 2),
    "multi-head": (2, 3, 5),
    "attention-formula": (4, 7),
    "attention": (1, 14),
}
SIZE = (427, 240)
TOLERANCE = 12  # of 255: the mean difference of the worst of 12 x 12 fields, far above what another machine's edges do


@pytest.mark.parametrize("name", BEATS)
def test_settled_frames_look_as_they_did(play_through, name):
    drawn = {}

    def draw(scene, beat):
        number = scene.beat_names.index(beat) + 1
        if number in BEATS[name]:
            scene.camera.reset()
            scene.camera.capture_mobjects(scene.mobjects)
            drawn[number] = Image.fromarray(scene.camera.pixel_array).convert("RGB").resize(SIZE)

    play_through(SCENES[name], draw, text=TEXT, only=(1, max(BEATS[name])))
    assert tuple(drawn) == BEATS[name]
    for number, frame in drawn.items():
        path = FRAMES / f"{name}-{number}.png"
        if os.environ.get("SOAKUP_RENEW_FRAMES"):
            FRAMES.mkdir(exist_ok=True)
            frame.save(path, optimize=True)
        assert difference(frame, Image.open(path).convert("RGB")) < TOLERANCE, path.name


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference in the field of 12 x 12 that differs most, from 0 to 255."""
    apart = np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).mean(axis=2)
    fields = [field for rows in np.array_split(apart, 12) for field in np.array_split(rows, 12, axis=1)]
    return max(float(field.mean()) for field in fields)


def test_a_missing_word_is_a_difference():
    frame = Image.new("RGB", SIZE)
    word = frame.copy()
    word.paste((255, 255, 255), (100, 100, 125, 110))
    assert difference(frame, frame) == 0
    assert difference(frame, word) > TOLERANCE
