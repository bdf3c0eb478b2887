"""The formula's symbols stand for what happens in the grid under it."""

import numpy as np
import pytest

from soakup.check import check
from soakup.scenes import AttentionFormula, style
from soakup.scenes.attention_formula import FRACTION, LINE, ROOT, SOFTMAX, K, Q, T, V
from soakup.scenes.errors import SceneError
from soakup.scenes.marks import Dot, Patch
from soakup.scenes.overlap import overlap
from soakup.scenes.scales import ScoreBar

from .truths import captions_owe_their_digits_to_quantities, quantities_are_the_models_own

TEXT = "The old king gave his 2 daughters a small golden key"


@pytest.fixture(scope="module")
def played(play_through):
    """The scene, and at the end of every beat its patches, its dots, the ends of its scale, and the line's symbols."""
    patches, dots, scales, seen = {}, {}, {}, {}

    def look(scene, beat):
        shown = {id(m) for mobject in scene.mobjects for m in mobject.get_family()}
        seen[beat] = {k for k, glyph in enumerate(scene.line) if id(glyph) in shown and glyph.get_fill_opacity() > 0.5}
        for member in (m for mobject in scene.mobjects for m in mobject.get_family()):
            if isinstance(member, ScoreBar):
                scales[beat] = [q.value for q in member.quantities]
            if getattr(member, "level", 1.0) > 0.1 and isinstance(member, (Patch, Dot)):
                kind = patches if isinstance(member, Patch) else dots
                kind.setdefault(beat, []).append((member.quantities[0], member.width))

    return play_through(AttentionFormula, look, text=TEXT), patches, dots, scales, seen


def test_every_number_is_the_model_s(played):
    captions_owe_their_digits_to_quantities(played[0])
    quantities_are_the_models_own(played[0], more_than=300, sample=200)


def test_the_line_grows_symbol_by_symbol_to_the_whole(played):
    scene, *_, seen = played
    assert len(scene.line) == len({*SOFTMAX, *Q, *K, *T, *ROOT, *FRACTION, *V}), LINE
    assert seen["queries and keys"] == set()
    assert seen["Q and K"] == {*Q, *K}
    assert seen["the root of d"] == {*Q, *K, *T, *ROOT, *FRACTION}
    assert seen["the whole line"] == set(range(len(scene.line)))


def test_the_grid_shows_products_then_scores_then_weights(played):
    scene, patches, dots, scales, _ = played
    n, l, h = len(scene.trace.tokens), scene.look.layer, scene.look.head
    for beat, path in (("all products", f"dot_product({l})"), ("the root of d", f"layers.{l}.scores")):
        assert sum(q.path.startswith(path) for q, _ in patches[beat]) == n * n
        values = [q.value for q, _ in patches[beat]]
        assert scales[beat] == [min(values), max(values)]
    assert "softmax of all" not in patches
    sizes = [(q.value, width) for q, width in dots["softmax of all"] if q.value > 0.02]
    assert all(q.path.startswith(f"layers.{l}.pattern[{h},") for q, _ in dots["softmax of all"])
    assert len(dots["softmax of all"]) == n * (n + 1) // 2
    for weight, width in sizes:
        assert width / 2 == pytest.approx(scene.layout.largest_dot * np.sqrt(weight), abs=1e-3)


def test_captions_can_be_read(played):
    scene = played[0]
    for beat in scene.beats:
        assert beat.caption
        assert beat.end - beat.start >= style.READING * len(beat.caption.split()) - 1e-6


def test_a_model_with_another_scale_is_refused_in_one_sentence(play_through, trace):
    from dataclasses import replace

    layers = tuple(replace(layer, score_scale=2 * layer.score_scale, scores=2 * layer.scores) for layer in trace.layers)
    other = replace(trace, layers=layers)
    with pytest.raises(SceneError, match="attention-formula"):
        play_through(AttentionFormula, trace=other)


@pytest.mark.parametrize(("text", "size"), [("king", "16:9"), ("The old king slept well", "9:16"), (TEXT, "1:1")])
def test_what_the_dots_mean_stands_clear_of_the_line(play_through, text, size):
    met = []

    def look(scene, beat):
        if beat == "softmax of all":
            met.append(overlap(scene.dot_scale(), scene.line))

    play_through(AttentionFormula, look, text=text, size=size)
    assert met == [False]


@pytest.mark.parametrize("size", ["9:16", "1:1"])
def test_the_scale_of_scores_lies_on_no_name(play_through, size):
    def look(scene, beat):
        if beat in ("all products", "the root of d"):
            met.extend(name for name in scene.names.values() for part in scene.scale_shown if overlap(part, name))
            seen.append(beat)

    met, seen = [], []
    play_through(AttentionFormula, look, text="ملك قديم", size=size)
    assert not met
    assert len(seen) == 2


def test_what_flies_into_the_line_crosses_no_word():
    assert not check("attention-formula", {"text": "ملك قديم", "size": "9:16"}).faults
