"""A Trace is what the model computed: its parts add up, nothing looks ahead, and nobody can change it."""

import numpy as np
import pytest

from soakup.model.errors import ModelError
from soakup.model.model import Model
from soakup.model.trace import Trace


def close(a: np.ndarray, b: np.ndarray, relative: float = 1e-5) -> bool:
    """Whether two arrays agree to a part of the largest number in them."""
    return a.shape == b.shape and np.abs(a - b).max() <= relative * np.abs(b).max()


def test_tokens_spell_the_text_with_bos_in_front(any_trace: Trace) -> None:
    assert any_trace.tokens[0].special
    assert "".join(token.text for token in any_trace.tokens[1:]) == any_trace.text


def test_pattern_rows_sum_to_one_and_see_nothing_ahead(any_trace: Trace) -> None:
    for layer in any_trace.layers:
        assert np.abs(layer.pattern.sum(-1) - 1).max() < 1e-5
        assert (np.triu(layer.pattern, 1) == 0).all()
        assert (layer.pattern >= 0).all()


def test_pattern_is_the_softmax_of_the_masked_scores(any_trace: Trace) -> None:
    for layer in any_trace.layers:
        raised = np.tril(np.exp(layer.scores.astype(float) - layer.scores.max()))
        assert close(layer.pattern, raised / raised.sum(-1, keepdims=True), 1e-4)


def test_embedding_is_the_tokens_rows_of_the_table(any_trace: Trace) -> None:
    rows = any_trace.weights.W_E[[token.id for token in any_trace.tokens]]
    assert close(any_trace.embedding, rows)


def test_embedding_and_all_updates_make_the_last_residual(any_trace: Trace) -> None:
    total = any_trace.embedding + sum(layer.attention_update + layer.mlp_update for layer in any_trace.layers)
    assert close(total, any_trace.layers[-1].residual)


def test_heads_and_bias_make_the_attention_update(any_trace: Trace) -> None:
    for layer in any_trace.layers:
        assert close(layer.head_updates.sum(0) + layer.attention_bias, layer.attention_update)


def test_scores_are_queries_times_keys_times_scale(any_trace: Trace) -> None:
    for layer in any_trace.layers:
        assert close(layer.queries @ layer.keys.transpose(0, 2, 1) * layer.score_scale, layer.scores)
        assert np.isclose(layer.score_scale, any_trace.model.head_width**-0.5)


def test_queries_keys_and_values_are_the_weights_times_the_input(any_trace: Trace) -> None:
    H, k = any_trace.model.heads, any_trace.model.head_width
    for layer, weights in zip(any_trace.layers, any_trace.weights.layers, strict=True):
        for matrix, result in (("W_Q", "projected_queries"), ("W_K", "projected_keys"), ("W_V", "values")):
            product = layer.attention_input @ getattr(weights, matrix).T  # (T, d)
            assert close(product.reshape(-1, H, k).transpose(1, 0, 2), getattr(layer, result))


def test_feed_forward_is_the_weights_times_its_input(any_trace: Trace) -> None:
    for layer, weights in zip(any_trace.layers, any_trace.weights.layers, strict=True):
        up = layer.mlp_input @ weights.W_up.T
        assert (layer.neurons[up > 0] > 0).all() and (layer.neurons[up < 0] <= 0).all()
        assert close(layer.neurons @ weights.W_down.T, layer.mlp_update)


@pytest.mark.parametrize("projected, turned", [("projected_queries", "queries"), ("projected_keys", "keys")])
def test_queries_and_keys_are_turned_by_their_position(any_trace: Trace, projected: str, turned: str) -> None:
    """As complex numbers, coordinate pairs i and i + k/2 of token t are multiplied by e^(i·t·10000^(-2i/k))."""
    T, k = len(any_trace.tokens), any_trace.model.head_width
    angle = np.arange(T)[:, None] * 10_000.0 ** (-np.arange(0, k, 2) / k)  # (T, k/2)
    for layer in any_trace.layers:
        before, after = (getattr(layer, name).astype(np.complex128) for name in (projected, turned))
        half = k // 2
        expected = (before[..., :half] + 1j * before[..., half:]) * np.exp(1j * angle)
        assert np.abs(expected - (after[..., :half] + 1j * after[..., half:])).max() < 1e-4 * np.abs(before).max()


def test_rotary_scores_depend_only_on_how_far_apart_tokens_are(untrained: Model) -> None:
    """In the first layer a vector knows only its token, so the same two tokens at the same distance score the same."""
    trace = untrained.trace("the old king saw the old king saw the old king")
    ids = [token.id for token in trace.tokens]
    scores = trace.layers[0].scores
    pairs = [
        ((i, j), (i + shift, j + shift))
        for i in range(1, len(ids))
        for j in range(1, i)
        for shift in range(1, len(ids) - i)
        if (ids[i], ids[j]) == (ids[i + shift], ids[j + shift])
    ]
    assert len(pairs) > 10
    for (i, j), (later_i, later_j) in pairs:
        assert np.allclose(scores[:, i, j], scores[:, later_i, later_j], atol=1e-4 * np.abs(scores).max())
    assert not np.allclose(scores[:, 5, 1], scores[:, 9, 1], atol=1e-2), "but distance does matter"


def test_logits_are_those_of_the_model_in_pytorch(any_model: Model, any_trace: Trace) -> None:
    import torch

    with torch.no_grad():
        logits = any_model.transformer(torch.tensor([[token.id for token in any_trace.tokens]])).logits[0].numpy()
    assert np.allclose(any_trace.logits(len(any_trace.layers)), logits, rtol=1e-4, atol=1e-4)
    assert any_trace.logits(0).shape == logits.shape


def test_a_later_token_changes_nothing_before_it(any_model: Model) -> None:
    one, other = (any_model.trace(f"the old king saw the {word}") for word in ("cat", "dog"))
    same = next(i for i, pair in enumerate(zip(one.tokens, other.tokens, strict=False)) if pair[0] != pair[1])
    assert same >= 5
    for (name, a), (_, b) in zip(one.arrays(), other.arrays(), strict=True):
        kind = name.rpartition(".")[2]
        if kind in ("score_scale", "attention_bias"):
            continue
        tokens_axes = {"scores": (1, 2), "pattern": (1, 2)}.get(kind, (a.ndim - 2,))
        before = tuple(slice(same) if axis in tokens_axes else slice(None) for axis in range(a.ndim))
        assert np.allclose(a[before], b[before], rtol=1e-5, atol=1e-5), name
    assert not np.allclose(one.final[same], other.final[same], atol=1e-2)


def test_the_same_text_gives_the_same_numbers(any_model: Model) -> None:
    one, other = any_model.trace("the cat saw"), any_model.trace("the cat saw")
    assert all((a == b).all() for (_, a), (_, b) in zip(one.arrays(), other.arrays(), strict=True))


def test_one_token_is_a_trace_too(any_model: Model) -> None:
    trace = any_model.trace("a")
    assert len(trace.tokens) == 2
    assert trace.layers[0].pattern.shape == (trace.model.heads, 2, 2)


def test_a_text_may_fill_the_context_and_no_more(any_model: Model) -> None:
    full = "a" + " a" * (any_model.context - 2)
    while len(any_model.tokenizer.encode(full)) > any_model.context:  # a tokenizer may need two tokens for " a"
        full = full[:-2]
    assert any_model.trace(full).layers[0].residual.shape[0] <= any_model.context
    with pytest.raises(ModelError, match=f"reads at most {any_model.context - 1}: shorten it"):
        any_model.trace("a" + " a" * any_model.context)


def test_nobody_can_change_a_trace(any_trace: Trace) -> None:
    for name, array in any_trace.arrays():
        assert array.dtype == np.float32, name
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(ValueError, match="read-only"):
        any_trace.weights.W_E[0, 0] = 0
    with pytest.raises(AttributeError):
        any_trace.text = "another"  # type: ignore[misc]
