"""Every number on the screen has a path, and a path that leads nowhere is refused in one sentence."""

import inspect

import pytest

from soakup.model import derived
from soakup.model.errors import ModelError
from soakup.model.trace import Trace


def test_elements_of_every_array(any_trace: Trace) -> None:
    for name, array in any_trace.arrays():
        last = tuple(size - 1 for size in array.shape)
        path = f"{name}[{','.join(map(str, last))}]" if last else name
        assert any_trace.value(path) == array[last]


def test_elements_of_the_weights(any_trace: Trace) -> None:
    weights = any_trace.weights
    assert any_trace.value("weights.W_E[17,3]") == weights.W_E[17, 3]
    assert any_trace.value("weights.W_U[0,0]") == weights.W_U[0, 0]
    for matrix in ("W_Q", "W_K", "W_V", "W_O", "W_up", "W_down"):
        assert any_trace.value(f"weights.layers.1.{matrix}[1,2]") == getattr(weights.layers[1], matrix)[1, 2]


def test_elements_of_every_derived_array(any_trace: Trace) -> None:
    for name, function in derived.FUNCTIONS.items():
        taken = len(inspect.signature(function).parameters) - 1
        numbers = (1,) if taken == 1 else (0, 1, 1, 1)[:taken]
        array = function(any_trace, *numbers)
        indices = tuple(min(2, size - 1) for size in array.shape)
        path = f"{name}({','.join(map(str, numbers))})[{','.join(map(str, indices))}]"
        assert any_trace.value(path) == array[indices]
        assert isinstance(any_trace.value(path), float)


def test_counts_and_numbers_people_use(trace: Trace) -> None:
    card = trace.model
    for name in "layers heads width head_width mlp_width vocabulary context parameters".split():
        assert trace.value(f"count.{name}") == getattr(card, name)
    assert trace.value("count.words") == 11
    assert trace.value("count.tokens") == len(trace.tokens) - 1
    assert (card.layers, card.heads, card.width, card.head_width) == (4, 8, 256, 32)
    assert card.parameters == card.vocabulary * 256 + 4 * 12 * 256 * 256
    assert trace.value("layer[2]") == 3
    assert trace.value("head[0]") == 1


def test_texts(trace: Trace) -> None:
    assert trace.value("text[4:7]") == "old"
    assert trace.value("text[0:0]") == ""
    assert trace.value("token[3]") == " king"
    assert trace.value("token[0]") == "<bos>"
    assert trace.value(f"vocabulary[{trace.tokens[3].id}]") == " king"
    assert trace.value("model") == "tiny"


NOWHERE = [
    "x",
    "layers",
    "layers.0",
    "layers.0.pattern",
    "layers.0.pattern[]",
    "layers.0.pattern[0]",
    "layers.0.pattern[0,0,0,0]",
    "layers.4.pattern[0,0,0]",
    "layers.0.pattern[8,0,0]",
    "layers.0.pattern[0,12,0]",
    "layers.0.pattern[-1,0,0]",
    "layers.00.pattern[0,0,0]",
    "layers.0.pattern[0, 0,0]",
    "layers.0.pattern[0,0,0]x",
    "layers.0.pattern[٣,0,0]",
    "layers.0.pattern[0,0,0x1]",
    "layers.0.pattern[1e0,0,0]",
    "layers.0.pattern[99999999999999999999,0,0]",
    "layers.0.compute_head_updates[0]",
    "layers.0.__class__[0]",
    "layers.0.head_updates.T[0,0,0]",
    "embedding",
    "embedding[0]",
    "embedding[12,0]",
    "final[0,256]",
    "embedding.T[0,0]",
    "layers.0.score_scale[0]",
    "weights",
    "weights.W_E",
    "weights.W_E[8192,0]",
    "weights.config[0]",
    "weights.fingerprint",
    "weights.layers.9.W_Q[0,0]",
    "weights.layers.0.W_X[0,0]",
    "weights.layers.0.pattern[0,0,0]",
    "layers.0.W_Q[0,0]",
    "ink",
    "ink[0,0]",
    "ink()[0,0]",
    "ink(5)[0,0]",
    "ink(-1)[0,0]",
    "ink(1,2)[0,0]",
    "ink(1)[0]",
    "ink(1)[12,0]",
    "ink(1)",
    "ink(1)(1)[0,0]",
    "cosine(1)[0]",
    "cosine(0,5)[0]",
    "contribution(4)[0,0]",
    "sum(1)[0]",
    "derived(1)[0]",
    "__import__(1)[0]",
    "count",
    "count.x",
    "count.layers[0]",
    "count.name",
    "count.layers(1)",
    "layer",
    "layer[4]",
    "head[8]",
    "layer[0,0]",
    "head[]",
    "text",
    "text[0]",
    "text[0:999]",
    "text[5:3]",
    "text[:3]",
    "text[0:3:1]",
    "token",
    "token[12]",
    "vocabulary[8192]",
    "vocabulary",
    "vocabulary[0,0]",
]


@pytest.mark.parametrize("path", NOWHERE)
def test_paths_that_lead_nowhere(trace: Trace, path: str) -> None:
    with pytest.raises(ModelError) as caught:
        trace.value(path)
    message = str(caught.value)
    assert repr(path) in message and "\n" not in message and len(message) < 400


@pytest.mark.parametrize("path", ["", " ", "embedding[0,0]\n", " embedding[0,0]", "embedding[0,0] "])
def test_white_space_is_not_a_path(trace: Trace, path: str) -> None:
    with pytest.raises(ModelError):
        trace.value(path)
