"""Trace: everything one forward pass computed, in numpy; saved to one file, and loaded without PyTorch.

The file's layout is in docs/trace.md, so that other programs can write one.

The axes: T tokens, d model width, H heads, k head width, m feed-forward width, V vocabulary, L layers.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_bytes

from soakup.model import derived, paths
from soakup.model.errors import ModelError
from soakup.model.files import write_whole
from soakup.model.tokenizer import Token
from soakup.model.weights import Array, Weights, first_line, read_only
from soakup.model.words import Word, words

if TYPE_CHECKING:
    from soakup.model.model import Model

FORMAT = 1  # of the file; counted up when an old one could be misread


@dataclass(frozen=True)
class ModelCard:
    """Which model computed a trace, and its shape.

    In a "decoder" a token looks back only, and the norms stand before the blocks, so that the embedding and all updates
    add up to the last residual. In an "encoder" every token looks at all, and a norm follows each block: nothing adds
    up beyond the block, and there is no unembedding. What needs the sum (`middle`, logits, ink) refuses an encoder.
    """

    name: str
    fingerprint: str  # SHA-256 of the weights file, or of all files the numbers depend on
    layers: int
    heads: int
    width: int
    head_width: int
    mlp_width: int
    vocabulary: int
    context: int  # the most tokens it reads at once, BOS among them
    parameters: int
    kind: str = "decoder"  # or "encoder"
    window: int | None = None  # in some layers a token looks back at no more than so many, itself among them


@dataclass(frozen=True, eq=False, repr=False)
class LayerTrace:
    """What one layer computed, every array read-only float32. Rows of `scores` and `pattern` are queries."""

    attention_input: Array  # (T, d)  the residual stream after the norm
    projected_queries: Array  # (H, T, k)  W_Q x, and the bias where there is one
    projected_keys: Array  # (H, T, k)  W_K x, likewise
    queries: Array  # (H, T, k)  after any norm, turned by position where the model does that
    keys: Array  # (H, T, k)  likewise
    values: Array  # (H, T, k)  W_V x, without bias
    score_scale: Array  # ()  1/√k where the model is the textbook one
    scores: Array  # (H, T, T)  q·k × scale, before the mask
    pattern: Array  # (H, T, T)  after mask and softmax; rows sum to 1
    attention_bias: Array  # (d,)  what the biases of values and output add; zero in a model without
    attention_scale: Array  # (T, d)  what a norm after attention multiplies each update by; ones where there is none
    attention_update: Array  # (T, d)  what attention adds to the stream: Σ head_updates + attention_bias
    mlp_input: Array  # (T, d)  the stream after attention and the second norm
    neurons: Array  # (T, m)  feed-forward activations, after the non-linearity
    mlp_update: Array  # (T, d)  what the feed-forward block adds
    residual: Array  # (T, d)  the stream when the layer is done
    compute_head_updates: Callable[[], np.ndarray]

    @cached_property
    def head_updates(self) -> Array:
        """(H, T, d): each head's own ΔE, after the output projection."""
        return read_only(self.compute_head_updates())


LAYER_ARRAYS = tuple(field.name for field in fields(LayerTrace) if field.name != "compute_head_updates")


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """An immutable record of one forward pass over a text. Layers and heads count from 0 here, tokens too."""

    text: str
    tokens: tuple[Token, ...]
    model: ModelCard
    versions: dict[str, str]  # of soakup and of the libraries that computed it
    embedding: Array  # (T, d)  what enters the first layer
    layers: tuple[LayerTrace, ...]
    final: Array  # (T, d)  the last residual after the norm
    find_model: Callable[[], "Model"]

    def __repr__(self) -> str:
        return f"<Trace of {self.text!r} by {self.model.name}: {len(self.tokens)} tokens>"

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words of the text, BOS in front; every token belongs to exactly one."""
        return words(self.text, self.tokens)

    @cached_property
    def opened_model(self) -> "Model":
        """The model that computed this, found by its fingerprint. Raises ModelError where it is not here."""
        return self.find_model()

    @cached_property
    def has_weights(self) -> bool:
        """Whether the model that computed this is here."""
        try:
            return self.opened_model is not None
        except ModelError:
            return False

    @property
    def weights(self) -> Weights:
        """The model's matrices. Raises ModelError where that model is not here."""
        return self.opened_model.weights

    @cached_property
    def derived_arrays(self) -> dict[tuple, Array]:
        """Arrays that `soakup.model.derived` has computed from this trace."""
        return {}

    def logits(self, passed: int) -> Array:
        """(T, V): the unembedding applied to the stream after `passed` layers, 0…L (logit lens)."""
        return derived.logits(self, passed)

    def value(self, path: str) -> float | str:
        """The number or text at a path such as "layers.2.pattern[5,3,1]"; see `soakup.model.paths` for all there are.

        Raises ModelError, in one sentence, where there is nothing at it.
        """
        return paths.value(self, path)

    def arrays(self) -> Iterator[tuple[str, Array]]:
        """Every array under the name it has in a path and in a file, `layers.0.pattern` for one."""
        yield "embedding", self.embedding
        for number, layer in enumerate(self.layers):
            for name in (*LAYER_ARRAYS, "head_updates"):
                yield f"layers.{number}.{name}", getattr(layer, name)
        yield "final", self.final

    def save(self, path: Path | str) -> Path:
        """Write everything but the weights to one `.safetensors` file. Raises ModelError where that cannot be."""
        path = Path(path)
        if path.suffix != ".safetensors":
            raise ModelError(f"a trace is saved as .safetensors, and {path} is not named so")
        about = {
            "format": FORMAT,
            "text": self.text,
            "tokens": [asdict(token) for token in self.tokens],
            "model": asdict(self.model),
            "versions": self.versions,
        }
        write_whole(path, to_bytes(dict(self.arrays()), metadata={"trace": json.dumps(about)}))
        return path

    @classmethod
    def load(cls, path: Path | str) -> "Trace":
        """Open a saved trace. Raises ModelError, in one sentence, where the file is not a whole one."""
        path = Path(path)
        if not path.is_file():
            raise ModelError(f"there is no trace at {path}")
        try:
            with safe_open(path, framework="np") as file:
                about = json.loads((file.metadata() or {}).get("trace", "{}"))
                if about.get("format") != FORMAT:
                    raise ValueError(f"it is not marked as a trace of format {FORMAT}")
                tokens = tuple(Token(**token) for token in about["tokens"])
                model = ModelCard(**about["model"])
                arrays = {name: read_only(file.get_tensor(name)) for name in file.keys()}  # noqa: SIM118 - it is no dictionary
            for number in range(model.layers):  # traces saved before there were models with such a norm
                ones = read_only(np.ones((len(tokens), model.width)))
                arrays.setdefault(f"layers.{number}.attention_scale", ones)
            _check_shapes(arrays, tokens, model)
            return cls(
                text=about["text"],
                tokens=tokens,
                model=model,
                versions=about["versions"],
                embedding=arrays["embedding"],
                layers=tuple(_layer(arrays, f"layers.{number}.") for number in range(model.layers)),
                final=arrays["final"],
                find_model=lambda: _find(model),
            )
        except (SafetensorError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{path} is not a whole trace ({first_line(error)})") from None


def _layer(arrays: dict[str, Array], prefix: str) -> LayerTrace:
    return LayerTrace(
        **{name: arrays[prefix + name] for name in LAYER_ARRAYS},
        compute_head_updates=lambda: arrays[prefix + "head_updates"],
    )


def _check_shapes(arrays: dict[str, Array], tokens: tuple[Token, ...], model: ModelCard) -> None:
    H, T, d, k, m = model.heads, len(tokens), model.width, model.head_width, model.mlp_width
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(LAYER_ARRAYS, (T, d)) | {
        "score_scale": (),
        "attention_bias": (d,),
        "neurons": (T, m),
        "head_updates": (H, T, d),
        "scores": (H, T, T),
        "pattern": (H, T, T),
    }
    shapes |= dict.fromkeys(("projected_queries", "projected_keys", "queries", "keys", "values"), (H, T, k))
    expected: dict[str, tuple[int, ...]] = {"embedding": (T, d), "final": (T, d)}
    for number in range(model.layers):
        expected |= {f"layers.{number}.{name}": shape for name, shape in shapes.items()}
    for name, shape in expected.items():
        if name not in arrays:
            raise ValueError(f"{name!r} is missing")
        if arrays[name].shape != shape:
            raise ValueError(f"{name!r} is {arrays[name].shape}, not {shape}")
        if not np.isfinite(arrays[name]).all():
            raise ValueError(f"{name!r} holds a value that is not a finite number")
    if extra := sorted(arrays.keys() - expected):
        raise ValueError(f"{extra[0]!r} does not belong to it")


def _find(card: ModelCard) -> "Model":
    from soakup.model import catalogue  # which opens models, and they make traces

    return catalogue.find(card)
