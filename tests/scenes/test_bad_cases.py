"""What is hard on every scene is either told truthfully or refused in one sentence."""

from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import soakup.model
from soakup.check import check
from soakup.model.errors import ModelError
from soakup.scenes import SCENES, AttentionPattern, AttentionStory, MultiHead
from soakup.scenes.cards import Card
from soakup.scenes.errors import SceneError
from soakup.scenes.head_scene import HeadScene

from ..conftest import random_model
from ..model.conftest import ENCODER, write_model

HEAD_SCENES = [name for name, scene in SCENES.items() if issubclass(scene, HeadScene)]


@pytest.mark.parametrize("text", ["?", "the the the the"])
@pytest.mark.parametrize("scene", SCENES)
def test_one_token_and_tokens_that_are_all_equal_have_nothing_wrong_with_them(scene, text):
    assert [str(fault) for fault in check(scene, {"text": text}).faults] == []


@pytest.fixture(scope="module")
def narcissist(model):
    """A trace in which every token of every head gives all its attention to itself."""
    trace = model.trace("The old king", bos=True)
    heads, T, k = trace.layers[0].queries.shape
    layers = []
    for layer in trace.layers:
        own = np.zeros((heads, T, k), dtype=np.float32)
        own[:, range(T), range(T)] = np.sqrt(40 / layer.score_scale)
        scores = np.broadcast_to(40 * np.eye(T, dtype=np.float32), (heads, T, T))
        raised = np.tril(np.exp(scores - 40))
        pattern = (raised / raised.sum(axis=-1, keepdims=True)).astype(np.float32)
        made = {"queries": own, "keys": own, "projected_queries": own, "projected_keys": own}
        layers.append(replace(layer, scores=scores, pattern=pattern, **made))
    return replace(trace, layers=tuple(layers))


@pytest.mark.parametrize("scene", HEAD_SCENES)
def test_a_head_that_attends_only_to_itself_is_said_to(play_through, narcissist, scene):
    played = play_through(SCENES[scene], trace=narcissist)
    assert (played.look.source, played.j) == (None, played.i)
    for caption in (beat.caption for beat in played.beats):
        assert "0%" not in caption.replace("100%", "")
        if "of its attention" in caption or "with itself" in caption:
            said = caption.removeprefix("A column of dots for each word. ")
            assert said == "In this head “king” looks at no other word: 100% stays with itself"


def test_a_word_that_has_only_itself_is_not_said_to_have_a_choice(play_through):
    captions = [beat.caption for beat in play_through(AttentionPattern, text="cats", only=(1, 12)).beats]
    assert not any("looks at no other word" in caption for caption in captions)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize(("settings", "range_"), [({"layer": 5}, "layers 1 to 4"), ({"head": 0}, "heads 1 to 8")])
def test_a_layer_or_head_out_of_range_is_refused_with_the_range(play_through, scene, settings, range_):
    with pytest.raises(SceneError, match=range_) as caught:
        play_through(SCENES[scene], text="The old king", **settings)
    assert "\n" not in str(caught.value)


def test_weights_that_are_not_numbers_are_refused_by_name(play_through, untrained_folder, tmp_path):
    from safetensors import safe_open

    file = untrained_folder / "weights.safetensors"
    tensors = load_file(file)
    tensors["layers.1.W_K.weight"][0, 0] = np.nan
    with safe_open(file, framework="np") as opened:
        save_file(tensors, tmp_path / "weights.safetensors", metadata=opened.metadata())
    with pytest.raises(ModelError, match=r"layers\.1\.W_K\.weight") as caught:
        play_through(AttentionStory, text="the old king", model=str(tmp_path))
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def many_headed(tmp_path_factory):
    """A model of one layer with sixteen heads, all of its weights random."""
    return str(random_model(tmp_path_factory.mktemp("many-headed"), layers=1, heads=16, width=64))


def test_of_many_heads_a_dozen_have_a_card_and_it_is_said_which(play_through, many_headed):
    cards = []

    def look(scene, beat):
        if beat == "side by side":
            family = [m for mobject in scene.mobjects for m in mobject.get_family() if isinstance(m, Card)]
            cards.extend(int(card[-1].quantities[0].path.split("[")[1].split(",")[0]) for card in family)

    played = play_through(MultiHead, look, text="the old king saw the cat", model=many_headed)
    assert soakup.model.open(many_headed).heads == 16
    assert len(set(cards)) == 12
    assert played.look.head in cards
    left = set(range(16)) - set(cards)
    assert max(map(played.worth, left)) <= min(played.worth(h) for h in cards if h != played.look.head)
    (said,) = [beat.caption for beat in played.beats if beat.name == "all heads"]
    assert said == "Layer 1 has 16 heads: here the dozen that stand out most; 4 more are not shown"


def test_strips_of_many_heads_have_nothing_wrong_with_them(many_headed):
    found = check("multi-head", {"text": "the old king saw the cat", "model": many_headed}).faults
    assert [str(fault) for fault in found] == []


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    """A model that reads both ways and norms after adding, all of its weights random."""
    pytest.importorskip("transformers", reason="run the tests with --all, which installs it")
    return str(write_model(tmp_path_factory.mktemp("bert"), "Bert", ENCODER))


@pytest.mark.parametrize("scene", SCENES)
def test_a_model_that_reads_both_ways_is_told_truthfully_or_refused(play_through, scene, encoder):
    settings = {"text": "The old king saw the dog", "model": encoder}
    if scene in ("layer-by-layer", "values", "attention"):  # which add updates up
        with pytest.raises(ModelError, match="an encoder, whose vectors are not the sum of their updates") as caught:
            check(scene, settings)
        assert "\n" not in str(caught.value)
    else:
        assert [str(fault) for fault in check(scene, settings).faults] == []
        captions = [beat.caption for beat in play_through(SCENES[scene], **settings).beats]
        assert not any("later words" in caption or "look ahead" in caption for caption in captions)
