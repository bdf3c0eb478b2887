"""SmolLM2 and MiniLM, where their packages are installed (`soakup models add smollm2`): what holds for small models of
their families holds for their real weights."""

import numpy as np
import pytest

import soakup.model
from soakup.model import derived
from soakup.model.model import Model
from soakup.model.packages import PACKAGES
from soakup.model.trace import Trace

TEXT = "A fluffy blue creature roamed the verdant forest"


def opened(name: str) -> Model:
    if PACKAGES[name].path is None:
        pytest.skip(f"soakup models add {name}")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SOAKUP_CACHE")  # it takes long to unpack
        return soakup.model.open(name)


@pytest.fixture(scope="module")
def smollm2() -> Model:
    return opened("smollm2")


@pytest.fixture(scope="module")
def read(smollm2: Model) -> Trace:
    return smollm2.trace(TEXT)


def close(a: np.ndarray, b: np.ndarray, relative: float = 1e-4) -> bool:
    """Whether two arrays agree to a part of the largest number in them."""
    return a.shape == b.shape and np.abs(a - b).max() <= relative * np.abs(b).max()


def test_smollm2_says_what_it_says_in_the_library(smollm2: Model, read: Trace) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    folder = smollm2.weights.folder
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    with torch.no_grad():
        ids = torch.tensor([[token.id for token in read.tokens]])
        library = model.eval()(ids, output_attentions=True, output_hidden_states=True)
    assert close(read.embedding, library.hidden_states[0][0].numpy())
    for layer, pattern in zip(read.layers, library.attentions, strict=True):
        assert close(layer.pattern, pattern[0].numpy())
    for layer, stream in zip(read.layers[:-1], library.hidden_states[1:-1], strict=True):
        assert close(layer.residual, stream[0].numpy())
    assert close(read.logits(30), library.logits[0].numpy())


def test_the_parts_of_smollm2_make_its_last_hidden_state(smollm2: Model, read: Trace) -> None:
    total = read.embedding.astype(np.float64)
    for layer in read.layers:
        assert close(layer.head_updates.sum(0) + layer.attention_bias, layer.attention_update)
        total = total + layer.head_updates.sum(0) + layer.mlp_update
    assert close(total, read.layers[-1].residual)
    assert close(smollm2.weights.final_norm(total), read.final)


def test_smollm2_is_as_described(smollm2: Model, read: Trace) -> None:
    assert (smollm2.layers, smollm2.heads, smollm2.width, smollm2.vocabulary) == (30, 9, 576, 49152)
    assert [token.text for token in read.tokens][-4:] == [" ver", "d", "ant", " forest"]
    assert smollm2.trace(TEXT, bos=True).tokens[0].text == "<|im_start|>"
    assert read.value("layers.13.pattern[1,3,2]") == pytest.approx(0.45, abs=0.01)  # creature to blue
    rest = np.mean([layer.pattern[:, :, 0] for layer in read.layers])
    assert rest > 0.6
    assert np.linalg.norm(derived.stream(read, 15)[0]) > 50 * np.linalg.norm(derived.stream(read, 15)[3])


def test_minilm_reads_both_ways() -> None:
    trace = opened("minilm").trace("One mole of carbon dioxide")
    assert (trace.tokens[0].text, trace.tokens[-1].text) == ("[CLS]", "[SEP]")
    assert [word.text for word in trace.words[1:-1]] == ["One", "mole", "of", "carbon", "dioxide"]
    assert np.triu(trace.layers[0].pattern, 1).any()
    total = trace.layers[2].head_updates.sum(0) + trace.layers[2].attention_bias
    assert close(total, trace.layers[2].attention_update)
