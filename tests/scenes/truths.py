"""What holds of every quantity a played scene has put down."""

import random
import re

import pytest

from soakup.scenes.quantity import write


def captions_owe_their_digits_to_quantities(scene) -> None:
    for beat in scene.beats:
        left = beat.caption
        for quantity in sorted(beat.quantities, key=lambda quantity: -len(quantity.text)):
            left = left.replace(quantity.text, "", 1) if quantity.text else left
        assert not re.search(r"\d", left)


def quantities_are_the_models_own(scene, more_than: int, sample: int) -> None:
    """More than so many were shown, and of a sample each is what the trace has at its path, written as it says."""
    quantities = [quantity for beat in scene.beats for quantity in beat.quantities]
    assert len(quantities) > more_than
    for quantity in random.Random(0).sample(quantities, sample):
        found = scene.trace.value(quantity.path)
        if isinstance(found, str):
            assert found == quantity.value
        else:
            assert quantity.value == pytest.approx(found, rel=1e-6, abs=1e-9)
            assert write(found, quantity.format) == quantity.text
