"""Small models of every family that the Hugging Face library has and soakup reads, with random weights, in folders as
the library writes them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SIZES: dict[str, Any] = {
    "vocab_size": 300,
    "hidden_size": 32,
    "intermediate_size": 40,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
    "pad_token_id": None,
    "bos_token_id": 0,
    "eos_token_id": 0,
}
SHARED_KEYS = {"num_key_value_heads": 2}
WIDE_HEADS = {"head_dim": 12}
HALF_TURNED = {"rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0, "partial_rotary_factor": 0.5}}

# Each family once or twice, so that everything it may or may not have is there: the library's class and its settings.
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "gpt2": (
        "GPT2",
        {"vocab_size": 300, "n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 64, "bos_token_id": 0},
    ),
    "llama": ("Llama", SIZES | SHARED_KEYS),
    "llama-tied-biased": ("Llama", SIZES | {"tie_word_embeddings": True, "attention_bias": True, "mlp_bias": True}),
    "mistral": ("Mistral", SIZES | SHARED_KEYS | {"sliding_window": 4}),
    "qwen2": ("Qwen2", SIZES | SHARED_KEYS),
    "qwen3": ("Qwen3", SIZES | SHARED_KEYS | WIDE_HEADS),
    "gpt-neox": ("GPTNeoX", SIZES | HALF_TURNED | {"use_parallel_residual": True}),
    "gpt-neox-serial": ("GPTNeoX", SIZES | {"use_parallel_residual": False, "attention_bias": False}),
    "gemma": ("Gemma", SIZES | WIDE_HEADS | {"num_key_value_heads": 1}),
    "gemma2": (
        "Gemma2",
        SIZES
        | SHARED_KEYS
        | WIDE_HEADS
        | {"sliding_window": 4, "query_pre_attn_scalar": 13, "attn_logit_softcapping": 2.0},
    ),
    "gemma3": ("Gemma3", SIZES | SHARED_KEYS | WIDE_HEADS | {"sliding_window": 4}),
    "phi": ("Phi", SIZES | SHARED_KEYS | HALF_TURNED),
    "phi-normed": ("Phi", SIZES | {"qk_layernorm": True}),
    "phi3": ("Phi3", SIZES | SHARED_KEYS | {"sliding_window": 4}),
}
ENCODER = SIZES | {"bos_token_id": None, "eos_token_id": None}


def tokenizer_in(folder: Path, bos: str | None = "<s>", add: bool = False) -> None:
    """A small tokenizer as the library writes it; with `add` it puts BOS in front of its own accord."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    fast = Tokenizer(models.BPE())
    fast.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    fast.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=["<s>"], initial_alphabet=alphabet, show_progress=False
    )
    fast.train_from_iterator(["the cat saw the cat and the dog saw the old king"] * 4, trainer)
    steps = [processors.ByteLevel(trim_offsets=True)]
    if add:
        steps.append(processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)]))
    fast.post_processor = processors.Sequence(steps)
    fast.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"bos_token": bos}))


def write_model(folder: Path, name: str, settings: dict[str, Any]) -> Path:
    """A model of the library's class with weights none of which is zero or one by chance."""
    import torch
    import transformers

    config = getattr(transformers, f"{name}{'Text' if name == 'Gemma3' else ''}Config")
    head = {"GPT2": "LMHeadModel", "Bert": "Model"}.get(name, "ForCausalLM")
    model = getattr(transformers, name + head)(config(**settings))
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0, 0.3, generator=generator)
    model.save_pretrained(folder)
    tokenizer_in(folder)
    return folder


@pytest.fixture(scope="session", params=list(FAMILIES))
def decoder_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp(request.param), *FAMILIES[request.param])


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("bert"), "Bert", ENCODER)


@pytest.fixture
def write_tokenizer() -> Callable[..., None]:
    return tokenizer_in


@pytest.fixture
def llama_folder(tmp_path: Path) -> Path:
    """One that a test may damage."""
    return write_model(tmp_path / "llama", *FAMILIES["llama"])
