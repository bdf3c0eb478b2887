"""Where things are in the models of the Hugging Face library: one table, a row for each family of architectures.

A row names modules by their paths. The name of a weight in a file is the path of its module and ".weight", so the same
row serves to read a file with numpy and to watch the modules while the library runs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from soakup.model.weights import Array

Split = Callable[[Array, int, int, int], tuple[Array, Array, Array]]


def blocks(rows: Array, heads: int, key_heads: int, k: int) -> tuple[Array, Array, Array]:
    """Rows of queries, then of keys, then of values: (H·k, …), (key heads · k, …) twice."""
    keys, values = heads * k, (heads + key_heads) * k
    return rows[:keys], rows[keys:values], rows[values:]


def by_head(rows: Array, heads: int, key_heads: int, k: int) -> tuple[Array, Array, Array]:
    """For each head its queries, keys and values, as GPT-NeoX has them: (H·k, …) three times."""
    parts = rows.reshape(heads, 3, k, *rows.shape[1:])
    queries, keys, values = (parts[:, i].reshape(heads * k, *rows.shape[1:]) for i in range(3))
    return queries, keys, values


@dataclass(frozen=True)
class Family:
    """Where the parts of an architecture are. What has to do with one layer is a path inside `layer`."""

    about: str  # the models people know it by
    layer: str  # the path of a layer, {} standing for its number from 0
    embedding: str
    final_norm: str | None
    projections: tuple[str, ...]  # of queries, keys and values; one module where they are fused
    output: str  # what mixes the heads
    up: str
    down: str
    position: str | None = None  # a table of learned positions, added to the embedding
    gate: str | None = None
    split: Split = blocks  # how fused projections are parted
    fused_gate: bool = False  # `up` holds the rows of the gate, then those of the up-projection
    attention_norm: str | None = None  # a norm of what attention adds, before it is added
    mlp_norm: str | None = None  # likewise of what the feed-forward block adds
    unembedding: str | None = "lm_head"  # tied to the embedding where a file has none
    transposed: bool = False  # matrices are (in, out), not (out, in)
    centred: bool = False  # layer norm instead of RMS norm
    gain_from_one: bool = False  # a norm's gain is 1 + what is stored
    windowed: bool = False  # some layers may look back over a window only
    kind: str = "decoder"


LLAMA = Family(
    about="Llama, SmolLM",
    layer="model.layers.{}",
    embedding="model.embed_tokens",
    final_norm="model.norm",
    projections=("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    output="self_attn.o_proj",
    gate="mlp.gate_proj",
    up="mlp.up_proj",
    down="mlp.down_proj",
)


def like_llama(about: str, **other: Any) -> Family:
    return Family(**(vars(LLAMA) | {"about": about} | other))


POST_NORMS = {"attention_norm": "post_attention_layernorm", "mlp_norm": "post_feedforward_layernorm"}

# By what `config.json` calls "model_type".
FAMILIES = {
    "gpt2": Family(
        about="GPT-2",
        layer="transformer.h.{}",
        embedding="transformer.wte",
        position="transformer.wpe",
        final_norm="transformer.ln_f",
        projections=("attn.c_attn",),
        output="attn.c_proj",
        up="mlp.c_fc",
        down="mlp.c_proj",
        transposed=True,
        centred=True,
    ),
    "llama": LLAMA,
    "mistral": like_llama("Mistral", windowed=True),
    "qwen2": like_llama("Qwen 2 and 2.5", windowed=True),
    "qwen3": like_llama("Qwen 3", windowed=True),
    "gpt_neox": Family(
        about="Pythia, GPT-NeoX",
        layer="gpt_neox.layers.{}",
        embedding="gpt_neox.embed_in",
        final_norm="gpt_neox.final_layer_norm",
        projections=("attention.query_key_value",),
        split=by_head,
        output="attention.dense",
        up="mlp.dense_h_to_4h",
        down="mlp.dense_4h_to_h",
        unembedding="embed_out",
        centred=True,
    ),
    "gemma": like_llama("Gemma", gain_from_one=True),
    "gemma2": like_llama("Gemma 2", gain_from_one=True, windowed=True, **POST_NORMS),
    "gemma3_text": like_llama("Gemma 3 (text)", gain_from_one=True, windowed=True, **POST_NORMS),
    "phi": Family(
        about="Phi 1, 1.5 and 2",
        layer="model.layers.{}",
        embedding="model.embed_tokens",
        final_norm="model.final_layernorm",
        projections=("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
        output="self_attn.dense",
        up="mlp.fc1",
        down="mlp.fc2",
        centred=True,
    ),
    "phi3": like_llama(
        "Phi 3 and 4",
        projections=("self_attn.qkv_proj",),
        gate=None,
        up="mlp.gate_up_proj",
        fused_gate=True,
        windowed=True,
    ),
    "bert": Family(
        about="BERT, MiniLM (encoders)",
        layer="encoder.layer.{}",
        embedding="embeddings.word_embeddings",
        position="embeddings.position_embeddings",
        final_norm=None,
        projections=("attention.self.query", "attention.self.key", "attention.self.value"),
        output="attention.output.dense",
        up="intermediate.dense",
        down="output.dense",
        unembedding=None,
        kind="encoder",
    ),
}


def expand(rows: Array, heads: int, k: int) -> Array:
    """Rows of (key heads · k, …) for every head: (H·k, …); heads next to each other share theirs."""
    groups = rows.reshape(-1, k, *rows.shape[1:])
    return np.repeat(groups, heads // len(groups), axis=0).reshape(heads * k, *rows.shape[1:])
