"""Derived arrays are what their docstrings say: each is computed a second time here, by the formula, in plain loops."""

import numpy as np
import pytest

from soakup.model import derived
from soakup.model.errors import ModelError
from soakup.model.trace import Trace


def carried(trace: Trace, layer: int, head: int, target: int, source: int) -> np.ndarray:
    """(d,): what one head carries from one source into one target: weight · value · the head's part of W_O."""
    k = trace.model.head_width
    part = trace.weights.layers[layer].W_O[:, head * k : (head + 1) * k].astype(np.float64)  # (d, k)
    record = trace.layers[layer]
    return record.pattern[head, target, source] * (part @ record.values[head, source])


def test_contributions_are_lengths_of_what_is_carried(untrained) -> None:
    trace = untrained.trace("the cat saw")
    T, H = len(trace.tokens), trace.model.heads
    for layer in range(trace.model.layers):
        for i in range(T):
            vectors = np.array([[carried(trace, layer, h, i, j) for j in range(T)] for h in range(H)])  # (H, T, d)
            assert np.allclose(
                derived.head_contribution(trace, layer)[:, i], np.linalg.norm(vectors, axis=-1), atol=1e-5
            )
            assert np.allclose(
                derived.contribution(trace, layer)[i], np.linalg.norm(vectors.sum(0), axis=-1), atol=1e-5
            )
            words = [np.linalg.norm(vectors.sum(0)[list(word.tokens)].sum(0)) for word in trace.words]
            assert np.allclose(derived.word_contribution(trace, layer)[i], words, atol=1e-5)
            assert np.allclose(vectors.sum((0, 1)), trace.layers[layer].attention_update[i], atol=1e-5)


def test_layer_mixture_is_alti(untrained) -> None:
    trace = untrained.trace("the cat saw")
    T, H = len(trace.tokens), trace.model.heads
    for layer in range(trace.model.layers):
        stream = trace.layers[layer - 1].residual if layer else trace.embedding
        for i in range(T):
            parts = [sum(carried(trace, layer, h, i, j) for h in range(H)) + (i == j) * stream[i] for j in range(T)]
            total = sum(parts)
            near = np.array([max(0.0, np.abs(total).sum() - np.abs(total - part).sum()) for part in parts])
            assert np.allclose(derived.layer_mixture(trace, layer)[i], near / near.sum(), atol=1e-5)


def test_mixtures_are_shares_of_what_came_before(any_trace: Trace) -> None:
    mixtures = [derived.layer_mixture(any_trace, layer) for layer in range(any_trace.model.layers)]
    inks = [derived.ink(any_trace, passed) for passed in range(any_trace.model.layers + 1)]
    for array in (*mixtures, *inks):
        assert np.abs(array.sum(-1) - 1).max() < 1e-5
        assert (array >= 0).all()
        assert (np.triu(array, 1) == 0).all()
    for word_ink in (derived.word_ink(any_trace, passed) for passed in range(any_trace.model.layers + 1)):
        assert np.abs(word_ink.sum(-1) - 1).max() < 1e-5


def test_ink_starts_pure_and_is_rolled_out_layer_by_layer(any_trace: Trace) -> None:
    assert (derived.ink(any_trace, 0) == np.eye(len(any_trace.tokens))).all()
    rolled = np.eye(len(any_trace.tokens))
    for layer in range(any_trace.model.layers):
        rolled = derived.layer_mixture(any_trace, layer) @ rolled
        assert np.allclose(derived.ink(any_trace, layer + 1), rolled, atol=1e-5)
    assert not np.allclose(rolled, np.eye(len(rolled)), atol=0.05), "something was soaked up"


def test_ink_of_a_word_is_the_sum_over_its_tokens(model) -> None:
    trace = model.trace("A fluffy blue creature")
    pieces = next(w for w, word in enumerate(trace.words) if len(word.tokens) > 1)
    tokens = list(trace.words[pieces].tokens)
    assert np.allclose(derived.word_ink(trace, 3)[:, pieces], derived.ink(trace, 3)[:, tokens].sum(1))
    assert np.allclose(derived.word_attention(trace, 2)[..., pieces], trace.layers[2].pattern[..., tokens].sum(-1))
    assert derived.word_ink(trace, 3).shape == (len(trace.tokens), len(trace.words))


def test_a_layer_that_adds_nothing_leaves_every_token_itself(model, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = model.trace("the old king")
    nothing = np.zeros((trace.model.heads, len(trace.tokens), trace.model.width), np.float32)
    monkeypatch.setattr(derived, "_carried", lambda trace, layer: nothing)
    assert np.allclose(derived.layer_mixture(trace, 0), np.eye(len(trace.tokens)))


def test_probability_is_the_softmax_of_the_logits(any_trace: Trace) -> None:
    for passed in range(any_trace.model.layers + 1):
        raised = np.exp(any_trace.logits(passed).astype(np.float64))
        expected = raised / raised.sum(-1, keepdims=True)
        assert np.allclose(derived.probability(any_trace, passed), expected, rtol=1e-3, atol=1e-7)
        assert np.abs(derived.probability(any_trace, passed).sum(-1) - 1).max() < 1e-5


def test_logits_after_a_layer_read_the_stream_there(any_trace: Trace) -> None:
    stream = any_trace.layers[0].residual.astype(np.float64)
    normed = stream / np.sqrt(np.square(stream).mean(-1, keepdims=True))
    assert np.allclose(any_trace.logits(1), normed @ any_trace.weights.W_U.T, rtol=1e-3, atol=1e-3)


def test_stream_cosine_and_update_norm(any_trace: Trace) -> None:
    L = any_trace.model.layers
    assert (derived.stream(any_trace, 0) == any_trace.embedding).all()
    assert (derived.stream(any_trace, L) == any_trace.layers[-1].residual).all()
    assert np.allclose(derived.cosine(any_trace, 2, 2), 1)
    a, b = any_trace.embedding[3].astype(np.float64), any_trace.layers[-1].residual[3]
    assert np.isclose(derived.cosine(any_trace, 0, L)[3], a @ b / np.sqrt((a @ a) * (b @ b)), atol=1e-5)
    assert np.isclose(
        np.cos(np.radians(derived.angle(any_trace, 0, L)[3])), derived.cosine(any_trace, 0, L)[3], atol=1e-5
    )
    update = any_trace.layers[1].attention_update[2].astype(np.float64)
    assert np.isclose(derived.update_norm(any_trace, 1)[2], np.sqrt(update @ update), rtol=1e-5)


def test_shares_of_attention_to_the_previous_and_the_first_token(any_trace: Trace) -> None:
    T = len(any_trace.tokens)
    pattern = any_trace.layers[1].pattern
    before = [pattern[0, t, t - 1] for t in range(2, T)]  # token 1 has only BOS before it
    assert np.isclose(derived.previous_share(any_trace, 1)[0], np.mean(before))
    assert np.isclose(derived.rest_share(any_trace, 1)[0], np.mean([pattern[0, t, 0] for t in range(1, T)]))


def test_shares_of_a_text_too_short_to_have_them_are_zero(any_model) -> None:
    assert (derived.previous_share(any_model.trace("a"), 0) == 0).all()


def test_what_is_left_beyond_the_largest_shares_of_ink(any_trace: Trace) -> None:
    L = any_trace.model.layers
    shares = derived.word_ink(any_trace, L)[-1]
    assert np.isclose(derived.ink_beyond(any_trace, L, 2)[-1], 1 - sum(sorted(shares)[-2:]), atol=1e-5)
    assert np.allclose(derived.ink_beyond(any_trace, L, len(shares)), 0)


def test_what_is_left_beyond_the_likeliest_pieces(any_trace: Trace) -> None:
    L, V = any_trace.model.layers, any_trace.model.vocabulary
    chances = derived.probability(any_trace, L)[-1]
    assert np.isclose(derived.probability_beyond(any_trace, L, 3)[-1], 1 - sum(sorted(chances)[-3:]), atol=1e-5)
    assert np.allclose(derived.probability_beyond(any_trace, L, V), 0)


def test_what_words_bring_is_the_sum_of_their_pieces(any_trace: Trace) -> None:
    share, by_word = derived.update_share(any_trace, 1), derived.word_update_share(any_trace, 1)
    assert np.allclose(by_word.sum(-1), 1, atol=1e-5)
    for w, word in enumerate(any_trace.words):
        assert np.allclose(by_word[:, w], share[:, list(word.tokens)].sum(-1), atol=1e-6)


def test_the_parts_of_an_update_make_the_whole(any_trace: Trace) -> None:
    for layer in range(any_trace.model.layers):
        parts, bias = derived.update_part(any_trace, layer), derived.bias_part(any_trace, layer)
        assert np.allclose(parts.sum(axis=0) + bias, 1, atol=1e-4)


def test_what_a_run_has_is_the_sum_of_its_tokens(any_trace: Trace) -> None:
    run, pattern = [1, 2, 3], any_trace.layers[1].pattern
    assert np.allclose(derived.attention_within(any_trace, 1, 1, 3), pattern[..., run].sum(-1), atol=1e-6)
    for below_largest in (0, 1):
        powers = derived.exponential(any_trace, 1, below_largest)[..., run]
        assert np.allclose(derived.exponential_within(any_trace, 1, below_largest, 1, 3), powers.sum(-1), rtol=1e-5)
    whole = derived.exponential_within(any_trace, 1, 0, 0, len(any_trace.tokens) - 1)
    assert np.allclose(whole, derived.exponential_sum(any_trace, 1, 0), rtol=1e-5)


def test_arrays_are_kept_and_cannot_be_changed(any_trace: Trace) -> None:
    assert derived.ink(any_trace, 2) is derived.ink(any_trace, 2)
    with pytest.raises(ValueError, match="read-only"):
        derived.ink(any_trace, 2)[0, 0] = 1


@pytest.mark.parametrize("name", ["stream", "logits", "probability", "ink", "word_ink"])
def test_there_is_one_more_stream_than_layers(any_trace: Trace, name: str) -> None:
    function, L = derived.FUNCTIONS[name], any_trace.model.layers
    assert len(function(any_trace, L)) == len(any_trace.tokens)
    for outside in (L + 1, -1):
        with pytest.raises(ModelError):
            function(any_trace, outside)


def test_every_function_has_its_shape_in_its_docstring() -> None:
    for name, function in derived.FUNCTIONS.items():
        assert function.__doc__ and function.__doc__.startswith("("), name


def test_parts_in_an_update_are_contributions_in_proportion(any_trace):
    for layer in range(any_trace.model.layers):
        lengths, parts = derived.contribution(any_trace, layer), derived.update_share(any_trace, layer)
        assert np.allclose(parts.sum(axis=-1), 1, atol=1e-5)
        assert np.allclose(parts * lengths.sum(axis=-1, keepdims=True), lengths, atol=1e-4)
        assert not np.triu(parts, 1).any()


def test_scores_are_scaled_dot_products(any_trace: Trace) -> None:
    for number, layer in enumerate(any_trace.layers):
        dots = derived.dot_product(any_trace, number)
        assert dots[0, 2, 1] == pytest.approx(float(layer.queries[0, 2] @ layer.keys[0, 1]), rel=1e-5)
        assert np.allclose(dots * layer.score_scale, layer.scores, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("below_largest", [0, 1])
def test_exponentials_over_their_sum_are_the_weights(any_trace: Trace, below_largest: int) -> None:
    for number, layer in enumerate(any_trace.layers):
        raised = derived.exponential(any_trace, number, below_largest)
        total = derived.exponential_sum(any_trace, number, below_largest)
        assert (np.triu(raised, 1) == 0).all()
        assert np.allclose(raised / total[..., None], layer.pattern, atol=1e-5)
        largest = layer.scores[0, 2, :3].max() if below_largest else 0.0
        assert raised[0, 2, 1] == pytest.approx(np.exp(float(layer.scores[0, 2, 1] - largest)), rel=1e-4)
        assert np.allclose(derived.attention_sum(any_trace, number), 1, atol=1e-5)


def test_every_position_turns_a_query_by_its_own_angle(any_trace: Trace) -> None:
    angles = derived.position_turn(any_trace, 0)  # the fastest pair turns by one radian a token
    assert np.allclose(np.exp(1j * angles), np.exp(1j * np.arange(len(any_trace.tokens))), atol=1e-3)


def test_weighted_values_add_up_to_what_a_head_gathers(any_trace: Trace) -> None:
    k = any_trace.model.head_width
    for number, layer in enumerate(any_trace.layers):
        weighted, gathered = derived.weighted_value(any_trace, number), derived.gathered_value(any_trace, number)
        assert np.allclose(weighted[0, 2, 1], layer.pattern[0, 2, 1] * layer.values[0, 1], atol=1e-6)
        assert np.allclose(weighted.sum(axis=2), gathered, atol=1e-4)
        for head in range(any_trace.model.heads):
            part = any_trace.weights.layers[number].W_O[:, head * k : (head + 1) * k]
            assert np.allclose(gathered[head] @ part.T, layer.head_updates[head], atol=1e-3)


def test_what_is_folded_is_the_rest_of_the_whole(any_trace: Trace) -> None:
    layer, head, target, most = 1, 1, 6, 3
    weights = any_trace.layers[layer].pattern[head, target]
    others = [j for j in range(len(weights)) if j != target]
    largest = [target, *sorted(others, key=lambda j: -weights[j])][:most]  # a token always counts as one of its own
    weighted = derived.weighted_value(any_trace, layer)[head, target]
    assert derived.lesser_weight(any_trace, layer, head, target, most)[0] == pytest.approx(
        1 - weights[largest].sum(), abs=1e-5
    )
    assert np.allclose(
        derived.lesser_value(any_trace, layer, head, target, most) + weighted[largest].sum(axis=0),
        derived.gathered_value(any_trace, layer)[head, target],
        atol=1e-5,
    )
    others = sum(any_trace.layers[layer].head_updates[h] for h in range(any_trace.model.heads) if h != head)
    assert np.allclose(derived.other_heads(any_trace, layer, head), others, atol=1e-4)


def test_shares_of_what_a_head_carries_sum_to_one(any_trace: Trace) -> None:
    for layer in range(any_trace.model.layers):
        lengths = derived.head_contribution(any_trace, layer)
        shares = derived.head_share(any_trace, layer)
        assert np.allclose(shares[1, 5], lengths[1, 5] / lengths[1, 5].sum(), atol=1e-6)
        assert np.allclose(derived.word_head_share(any_trace, layer).sum(-1), 1, atol=1e-5)
        assert np.allclose(derived.rest_contribution(any_trace, layer), shares[:, 1:, 0].mean(-1), atol=1e-6)


def test_shares_to_places_and_to_what_came_before(any_model) -> None:
    """“the cat saw the cat saw the dog”, word by word: which earlier places hold the same token, and what followed."""
    trace = any_model.trace("the cat saw the cat saw the dog")
    ids = [token.id for token in trace.tokens]
    for layer in range(trace.model.layers):
        pattern, T = trace.layers[layer].pattern, len(ids)
        for head in range(trace.model.heads):
            back = [pattern[head, i, i - 2] for i in range(3, T)]
            assert np.isclose(derived.back_share(trace, layer, 2)[head], np.mean(back), atol=1e-6)
            same = {i: [j for j in range(1, i) if ids[j] == ids[i]] for i in range(T)}
            duplicate = [sum(pattern[head, i, j] for j in same[i]) for i in range(T) if same[i]]
            assert np.isclose(derived.duplicate_share(trace, layer)[head], np.mean(duplicate), atol=1e-6)
            followers = {i: [j + 1 for j in same[i] if j + 1 < i] for i in range(T)}
            induction = [sum(pattern[head, i, j] for j in followers[i]) for i in range(T) if followers[i]]
            assert np.isclose(derived.induction_share(trace, layer)[head], np.mean(induction), atol=1e-6)
    assert any(same.values()) and any(followers.values())


def test_where_no_token_comes_twice_there_is_no_share(any_model) -> None:
    trace = any_model.trace("a")
    assert not derived.duplicate_share(trace, 0).any() and not derived.induction_share(trace, 0).any()
    assert not derived.back_share(trace, 0, 7).any()


def test_similarity_is_the_cosine_from_the_mean_of_the_text(any_trace: Trace) -> None:
    for passed in (0, any_trace.model.layers):
        vectors = derived.stream(any_trace, passed)[1:].astype(np.float64)
        apart = vectors - vectors.mean(0)
        cosine = apart[2] @ apart[4] / np.linalg.norm(apart[2]) / np.linalg.norm(apart[4])
        found = derived.similarity(any_trace, passed)
        assert np.isclose(found[3, 5], cosine, atol=1e-5) and np.isclose(found[4, 4], 1, atol=1e-5)
        assert not found[0].any()
