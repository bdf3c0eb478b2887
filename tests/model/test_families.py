"""Other people's models say here what they say in the Hugging Face library, and their parts add up."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import soakup.model
from soakup.model import derived
from soakup.model.errors import ModelError
from soakup.model.pretrained import Pretrained
from soakup.model.trace import Trace

pytest.importorskip("transformers", reason="run the tests with --all, which installs it")

TEXT = "the old king saw the cat, and the cat saw the king"


def close(a: np.ndarray, b: np.ndarray, relative: float = 1e-4) -> bool:
    """Whether two arrays agree to a part of the largest number in them."""
    return a.shape == b.shape and np.abs(a - b).max() <= relative * np.abs(b).max()


@pytest.fixture(scope="session")
def decoder(decoder_folder: Path) -> Pretrained:
    return soakup.model.open(str(decoder_folder))


@pytest.fixture(scope="session")
def decoded(decoder: Pretrained) -> Trace:
    return decoder.trace(TEXT)


def said_by_the_library(folder: Path, trace: Trace, encoder: bool = False) -> Any:
    """What the library itself gives for the same tokens, all hidden states and attentions with it."""
    import torch
    from transformers import AutoModel, AutoModelForCausalLM

    of_kind = AutoModel if encoder else AutoModelForCausalLM
    model = of_kind.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    ids = torch.tensor([[token.id for token in trace.tokens]])
    with torch.no_grad():
        return model.eval()(ids, output_attentions=True, output_hidden_states=True)


def test_patterns_residuals_and_logits_are_the_librarys(decoder_folder: Path, decoded: Trace) -> None:
    library = said_by_the_library(decoder_folder, decoded)
    L = decoded.model.layers
    assert len(library.attentions) == L and len(library.hidden_states) == L + 1
    assert close(decoded.embedding, library.hidden_states[0][0].numpy())
    for layer, pattern in zip(decoded.layers, library.attentions, strict=True):
        assert close(layer.pattern, pattern[0].numpy())
    for layer, stream in zip(decoded.layers[:-1], library.hidden_states[1:-1], strict=True):
        assert close(layer.residual, stream[0].numpy())
    assert close(decoded.final, library.hidden_states[-1][0].numpy())
    assert close(decoded.logits(L), library.logits[0].numpy())


def test_the_embedding_and_every_part_make_the_last_hidden_state(decoder: Pretrained, decoded: Trace) -> None:
    """The library gives its last hidden state after the final norm only, so that is what the sum is put through."""
    total = decoded.embedding.copy()
    for layer in decoded.layers:
        total = total + layer.head_updates.sum(0) + layer.attention_bias + layer.mlp_update
    assert close(total, decoded.layers[-1].residual, 1e-5)
    assert close(decoder.weights.final_norm(total), decoded.final)


def test_heads_and_bias_make_the_attention_update(decoded: Trace) -> None:
    for layer in decoded.layers:
        assert close(layer.head_updates.sum(0) + layer.attention_bias, layer.attention_update, 1e-5)
        assert layer.head_updates.any(axis=(1, 2)).all()


def test_patterns_are_the_softmax_of_the_scores_a_token_may_see(decoder: Pretrained, decoded: Trace) -> None:
    T = len(decoded.tokens)
    cap = decoder.weights.settings.get("attn_logit_softcapping", default=None)
    seen = []
    for layer in decoded.layers:
        scores = layer.scores.astype(float)
        raised = np.exp(np.tanh(scores / cap) * cap if cap else scores)
        allowed = np.tri(T) if (layer.pattern[0] > 0).sum() == np.tri(T).sum() else np.tri(T) - np.tri(T, k=-4)
        seen.append(allowed.sum())
        raised *= allowed
        assert close(layer.pattern, raised / raised.sum(-1, keepdims=True))
        assert np.abs(layer.pattern.sum(-1) - 1).max() < 1e-5
        assert close(layer.queries @ layer.keys.transpose(0, 2, 1) * layer.score_scale, layer.scores, 1e-5)
    assert (min(seen) < np.tri(T).sum()) == (decoded.model.window is not None)


def test_the_weights_read_from_the_files_are_those_that_computed_it(decoder: Pretrained, decoded: Trace) -> None:
    H, k = decoder.heads, decoder.head_width
    assert decoder.weights.W_E.shape == decoder.weights.W_U.shape == (decoder.vocabulary, decoder.width)
    assert len(decoder.weights.layers) == decoder.layers
    for layer, weights in zip(decoded.layers, decoder.weights.layers, strict=True):
        for matrix, result in (("W_Q", "projected_queries"), ("W_K", "projected_keys"), ("W_V", "values")):
            product = (layer.attention_input @ getattr(weights, matrix).T).reshape(-1, H, k).transpose(1, 0, 2)
            bias = (getattr(layer, result) - product)[:, :1]  # of each head, the same for all tokens
            assert close(product + bias, getattr(layer, result))
            assert result != "values" or np.abs(bias).max() < 1e-4 * np.abs(product).max()
        for array, size in ((weights.W_up, "mlp_input"), (weights.W_down, "neurons")):
            assert array.shape[1] == getattr(layer, size).shape[1]
        assert weights.W_gate is None or weights.W_gate.shape == weights.W_up.shape
    parameters = sum(p.numel() for p in decoder.library_model.parameters())
    assert decoder.parameters == parameters


def test_contributions_add_up_to_what_attention_adds(decoded: Trace) -> None:
    for number, layer in enumerate(decoded.layers):
        transformed = derived._transformed(decoded, number)
        assert close(transformed.sum(axis=1) + layer.attention_bias, layer.attention_update)
        assert close(derived.contribution(decoded, number), np.linalg.norm(transformed, axis=-1))
        one = derived._carried(decoded, number)[1, 2] * layer.attention_scale[5] * layer.pattern[1, 5, 2]
        assert np.isclose(derived.head_contribution(decoded, number)[1, 5, 2], np.linalg.norm(one), rtol=1e-4)
    ink = derived.word_ink(decoded, decoded.model.layers)
    assert np.abs(ink.sum(-1) - 1).max() < 1e-5


def test_a_saved_trace_comes_back_with_its_weights(decoded: Trace, tmp_path: Path) -> None:
    loaded = Trace.load(decoded.save(tmp_path / "t.safetensors"))
    assert loaded.model == decoded.model and loaded.weights.fingerprint == decoded.model.fingerprint
    for (name, a), (_, b) in zip(loaded.arrays(), decoded.arrays(), strict=True):
        assert (a == b).all(), name
    assert (loaded.logits(2) == decoded.logits(2)).all()


# --- encoders ---


@pytest.fixture(scope="session")
def encoded(encoder_folder: Path) -> Trace:
    return soakup.model.open(str(encoder_folder)).trace(TEXT)


def test_an_encoder_shows_what_is_true_of_it(encoder_folder: Path, encoded: Trace) -> None:
    library = said_by_the_library(encoder_folder, encoded, encoder=True)
    assert encoded.model.kind == "encoder"
    for layer, pattern, stream in zip(encoded.layers, library.attentions, library.hidden_states[1:], strict=True):
        assert close(layer.pattern, pattern[0].numpy()) and np.triu(layer.pattern, 1).any()
        assert close(layer.residual, stream[0].numpy())
        assert close(layer.head_updates.sum(0) + layer.attention_bias, layer.attention_update, 1e-5)
    assert (encoded.final == encoded.layers[-1].residual).all()
    assert derived.contribution(encoded, 1).shape == (len(encoded.tokens),) * 2


def test_an_encoder_refuses_what_needs_a_sum(encoded: Trace) -> None:
    for ask in (
        lambda: encoded.logits(1),
        lambda: derived.middle(encoded, 0),
        lambda: derived.word_ink(encoded, 2),
        lambda: encoded.value("probability(3)[0,0]"),
    ):
        with pytest.raises(ModelError, match="it is an encoder"):
            ask()
