"""Every scene there is, and any that will be, shows the model's own numbers and nothing that only looks like data."""

import copy
import dataclasses
import math
import random
import re
from itertools import zip_longest
from types import SimpleNamespace

import numpy as np
import pytest
from manim import Mobject, Square, VMobject

from soakup.check.snapshot import WRITTEN
from soakup.drawing.numbers import Number
from soakup.model.model import Model
from soakup.model.trace import Trace
from soakup.model.weights import as_transformer
from soakup.scenes import SCENES
from soakup.scenes.quantity import Quantity, write
from soakup.scenes.words import Words

from .conftest import quiet_manim

TEXT = "The old king gave his 2 daughters a small golden key"
ALIKE = 1e-6  # what the same numbers may differ by when they are drawn
SLIGHTLY = 1e-3  # how much the other model's weights differ from the model's


def owners(mobject: Mobject, above: tuple = ()):
    """The family of a mobject, each with all it is part of, itself first."""
    line = (mobject, *above)
    yield line
    for part in mobject.submobjects:
        yield from owners(part, line)


def quantities(line) -> list:
    return [quantity for mobject in line for quantity in getattr(mobject, "quantities", ())]


@pytest.fixture(scope="module", params=SCENES, ids=str)
def scene_class(request):
    return SCENES[request.param]


@pytest.fixture(scope="module")
def beats(scene_class, play_through):
    """The scene, played, and what stood on the screen at every beat's end: the last hold of each."""

    def look(scene, beat):
        written[beat] = list(unaccounted(scene))
        drawn[beat] = list(graphics(scene))

    written: dict[str, list] = {}
    drawn: dict[str, list] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trace, "__deepcopy__", never_copied, raising=False)
        scene = play_through(scene_class, look, text=TEXT)
    return scene, written, drawn


def never_copied(trace: Trace, memo: dict) -> None:
    """Manim copies a mobject with all it holds, in nearly every play: a trace among that takes longer than the rest."""
    raise AssertionError("a mobject holds the trace, which is copied with it")


def unaccounted(scene):
    """The texts on the screen with digits that are not those of their quantities."""
    for mobject in scene.mobjects:
        for line in owners(mobject):
            text = getattr(line[0], "text", None) or getattr(line[0], "source", None)
            if not isinstance(line[0], WRITTEN) or any(isinstance(m, WRITTEN) for m in line[1:]):
                continue
            left = text if isinstance(text, str) else "0"  # what does not tell its text may hold digits
            for quantity in sorted(quantities(line), key=lambda quantity: -len(quantity.text)):
                if quantity.text and (left == quantity.text or not isinstance(line[0], Number)):
                    left = left.replace(quantity.text, "", 1)
            if re.search(r"\d", left):
                yield f"{type(line[0]).__name__} {text!r}"


def graphics(scene):
    """What everything but texts looks like, of which the first test sees."""
    for mobject in scene.mobjects:
        yield from (looks(line) for line in owners(mobject) if not any(isinstance(m, WRITTEN) for m in line))


def looks(line):
    """What a mobject looks like wherever it stands: its class, its shape and colours; and whether it has quantities."""
    mobject = line[0]
    name = " of ".join(type(m).__name__ for m in line[:3])
    if not isinstance(mobject, VMobject) or not len(mobject.points):
        return name, None, bool(quantities(line))
    middle = (mobject.points.max(axis=0) + mobject.points.min(axis=0)) / 2
    look = [mobject.points - middle, mobject.fill_rgbas, mobject.stroke_rgbas, np.array([mobject.stroke_width])]
    return name, [np.array(part, dtype=float) for part in look], bool(quantities(line))


def test_every_digit_is_a_quantity_s(beats):
    scene, written, _ = beats
    assert list(written) == scene.beat_names
    assert {beat: texts for beat, texts in written.items() if texts} == {}
    for beat in scene.beats:
        left = beat.caption
        for quantity in sorted(beat.quantities, key=lambda quantity: -len(quantity.text)):
            left = left.replace(quantity.text, "", 1) if quantity.text else left
        assert not re.search(r"\d", left), beat.caption


def test_what_is_shown_is_what_the_model_computes(beats):
    """200 random quantities, computed anew."""
    scene, _, _ = beats
    shown = [quantity for beat in scene.beats for quantity in beat.quantities]
    assert len(shown) > 200
    for quantity in random.Random(0).sample(shown, 200):
        found = scene.trace.value(quantity.path)
        if isinstance(found, str):
            assert found == quantity.value
        else:
            assert math.isclose(found, quantity.value, rel_tol=1e-6, abs_tol=1e-9), quantity
            assert write(found, quantity.format) == quantity.text


@pytest.fixture(scope="module")
def other_model(model: Model) -> Model:
    """The same model with weights that differ a little."""
    import torch

    transformer = copy.deepcopy(as_transformer(model.weights))
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in transformer.parameters():
            parameter.mul_(1 + SLIGHTLY * torch.randn(parameter.shape, generator=generator))
    other = dataclasses.replace(model)
    other.__dict__["transformer"] = transformer
    return other


def test_what_changes_with_the_numbers_is_a_quantity_s(beats, scene_class, other_model, play_through):
    """The same scene is told of a model whose numbers are a little different. What is then of another size, shape or
    colour depends on data, so it has to have a quantity: itself, or what it is part of."""
    scene, _, drawn = beats
    compared, untold, skipped = 0, set(), []

    def look(scene, beat):
        nonlocal compared
        found = list(graphics(scene))
        if [name for name, _, _ in found] != [name for name, _, _ in drawn[beat]]:
            skipped.append(beat)
            return  # another word came to be shown
        compared += 1
        for (name, one, told), (_, other, _) in zip_longest(found, drawn[beat]):
            if one is not None and not alike(one, other) and not told:
                untold.add(f"{beat}: {name}")

    other = play_through(scene_class, look, trace=other_model.trace(TEXT, bos=True))
    assert compared >= 0.8 * len(drawn), skipped
    old, new = ({q.path: q.value for beat in s.beats for q in beat.quantities} for s in (scene, other))
    assert sum(new[path] != value for path, value in old.items() if path in new) >= 5  # or it was told of the same
    assert sorted(untold) == []


def alike(one, other) -> bool:
    return all(a.shape == b.shape and np.abs(a - b).max(initial=0) <= ALIKE for a, b in zip(one, other, strict=True))


def test_the_tests_above_find_what_is_untrue(manim_folder):
    """A scene with a digit, and one with a size, that is nobody's."""
    with quiet_manim(manim_folder):
        digit, square = Words("7", 30, "#FFFFFF", [Quantity("count", "layer[6]", 7, "d")]), Square(1)
        digit.quantities = ()
        assert list(unaccounted(SimpleNamespace(mobjects=[digit, square]))) == ["Words '7'"]
        before = looks((square,))
        assert alike(before[1], looks((square.shift((1, 2, 0)),))[1])
        assert not alike(before[1], looks((square.scale(1.001),))[1])
        assert not before[2]
