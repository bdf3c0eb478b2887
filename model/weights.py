"""The weights of a model, and those of our own on disk: one `.safetensors` file of float16, the shape in its metadata.

Nothing but safetensors is opened, so a file can hold numbers but never code.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_bytes

from soakup.model.errors import ModelError
from soakup.model.files import fingerprint, write_whole

if TYPE_CHECKING:
    from soakup.model.lstm import LSTM
    from soakup.model.tokenizer import Tokenizer
    from soakup.model.transformer import Transformer

Array = npt.NDArray[np.float32]

SIZES = {"vocabulary", "context", "layers", "heads", "width"}
MATRICES = ("W_Q", "W_K", "W_V", "W_O", "W_up", "W_down")


@dataclass(frozen=True, eq=False, repr=False)
class LayerWeights:
    """One layer's matrices, read-only float32, each (what comes out, what goes in).

    Keys and values that several heads share stand once for each head.
    """

    W_Q: Array  # (H·k, d)  rows h·k to h·k+k belong to head h
    W_K: Array  # (H·k, d)  likewise
    W_V: Array  # (H·k, d)  likewise
    W_O: Array  # (d, H·k)  columns h·k to h·k+k belong to head h
    W_up: Array  # (m, d)
    W_down: Array  # (d, m)
    W_gate: Array | None = None  # (m, d)  what opens and shuts the neurons, in a model with gated ones


class Weights(Protocol):
    """All learned numbers of a model, read-only float32."""

    @property
    def W_E(self) -> Array:
        """(V, d): what each token puts into the residual stream."""

    @property
    def W_U(self) -> Array:
        """(V, d): the directions whose products with the final vector are the tokens' logits.

        Raises ModelError in an encoder, which predicts no token.
        """

    @property
    def position(self) -> Array | None:
        """(context, d): what is added to the embedding, in a model with learned positions."""

    @property
    def layers(self) -> Sequence[LayerWeights]:
        """The matrices of each layer."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the files that the numbers depend on."""

    @property
    def parameters(self) -> int:
        """How many learned numbers there are."""

    def final_norm(self, x: Array) -> Array:
        """The norm that stands before the unembedding (any shape, d last)."""

    def logits(self, final: Array) -> Array:
        """(…, d) → (…, V): the unembedding of what `final_norm` returns."""


@dataclass(frozen=True)
class Norm:
    """A norm over the last axis: by root mean square (Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467), or
    `centred`, layer norm (Ba et al. 2016, https://arxiv.org/abs/1607.06450), each with a gain and a bias if learned."""

    epsilon: float = 1e-6
    centred: bool = False
    gain: Array | None = None  # (d,)
    bias: Array | None = None  # (d,)

    def __call__(self, x: Array) -> Array:
        """Any shape, d last."""
        if self.centred:
            x = x - x.mean(axis=-1, keepdims=True)
        normed = x * self.scale(x)
        return (normed if self.bias is None else normed + self.bias).astype(np.float32)

    def scale(self, x: Array) -> Array:
        """What each entry of `x` (of mean 0, where the norm is centred) is multiplied by: the shape of x, or 1 last."""
        size = 1 / np.sqrt(np.mean(np.square(x), axis=-1, keepdims=True) + np.float32(self.epsilon))
        return size if self.gain is None else size * self.gain


rms_norm = Norm()  # as our own transformer has it, with nothing learned


@dataclass(frozen=True, eq=False, repr=False)
class OwnWeights:
    """All learned numbers of a model of our own, see Weights."""

    W_E: Array  # (V, d)
    W_U: Array  # (V, d)  the same table
    position: Array | None  # (context, d)
    layers: tuple[LayerWeights, ...]
    config: dict  # the arguments of transformer.Config
    fingerprint: str  # SHA-256 of the file
    parameters: int

    def final_norm(self, x: Array) -> Array:
        return rms_norm(x)

    def logits(self, final: Array) -> Array:
        return final @ self.W_U.T


def read_only(array: npt.ArrayLike) -> Array:
    """The same numbers as a contiguous float32 array that nobody can write to."""
    array = np.asarray(array, dtype=np.float32, order="C")
    array.flags.writeable = False
    return array


def save(model: "Transformer | LSTM", tokenizer: "Tokenizer", path: Path) -> Path:
    """Write weights (float16) to `path` and the tokenizer beside it, each whole or not at all."""
    tensors = {name: p.detach().cpu().numpy().astype(np.float16) for name, p in model.state_dict().items()}
    write_whole(path, to_bytes(tensors, metadata={"config": json.dumps(model.config.as_dict(), sort_keys=True)}))
    tokenizer.save(path.with_name("tokenizer.json"))
    return path


def open_weights(path: Path) -> OwnWeights:
    """The weights in `path`.

    Raises ModelError, in one sentence, where the file is missing, damaged, of another format or another model's, or
    holds a value that is not a finite number.
    """
    if not path.is_file():
        raise ModelError(f"there are no weights at {path}")
    try:
        with safe_open(path, framework="np") as file:
            config = json.loads((file.metadata() or {}).get("config", "{}"))
            tensors = {name: read_only(file.get_tensor(name)) for name in file.keys()}  # noqa: SIM118 - it is no dictionary
        _check_shapes(config, tensors)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{path} is not a whole safetensors file of this model's weights ({first_line(error)})"
        ) from None
    for name, tensor in tensors.items():
        if not np.isfinite(tensor).all():
            raise ModelError(f"{path}: the weights {name!r} hold a value that is not a finite number")
    return OwnWeights(
        W_E=tensors["table"],
        W_U=tensors["table"],
        position=tensors.get("position"),
        layers=tuple(
            LayerWeights(*(tensors[f"layers.{layer}.{matrix}.weight"] for matrix in MATRICES))
            for layer in range(config["layers"])
        ),
        config=config,
        fingerprint=fingerprint(path),
        parameters=sum(tensor.size for tensor in tensors.values()),
    )


def as_transformer(weights: OwnWeights) -> "Transformer":
    """The model that can be run, in PyTorch."""
    import torch

    from soakup.model.transformer import Config, Transformer

    tensors = {"table": weights.W_U} | ({} if weights.position is None else {"position": weights.position})
    for number, layer in enumerate(weights.layers):
        tensors |= {f"layers.{number}.{matrix}.weight": getattr(layer, matrix) for matrix in MATRICES}
    model = Transformer(Config(**weights.config))
    model.load_state_dict({name: torch.tensor(array) for name, array in tensors.items()})
    return model.eval().requires_grad_(False)


def first_line(error: Exception) -> str:
    """What an error of another library says, short enough to stand inside a sentence."""
    return str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__


def _shapes(config: dict) -> Iterator[tuple[str, tuple[int, ...]]]:
    V, T, d = config["vocabulary"], config["context"], config["width"]
    yield "table", (V, d)
    if config["positions"] == "learned":
        yield "position", (T, d)
    for layer in range(config["layers"]):
        for matrix in MATRICES:
            yield f"layers.{layer}.{matrix}.weight", {"W_up": (4 * d, d), "W_down": (d, 4 * d)}.get(matrix, (d, d))


def _check_shapes(config: dict, tensors: dict[str, Array]) -> None:
    if config.keys() != SIZES | {"positions"} or not all(type(config[s]) is int and config[s] > 0 for s in SIZES):
        raise ValueError("it does not say the shape of its model")
    if config["width"] % (2 * config["heads"]):
        raise ValueError(f"a width of {config['width']} cannot be shared by {config['heads']} heads")
    known = set()
    for name, shape in _shapes(config):
        if name not in tensors:
            raise ValueError(f"{name!r} is missing")
        if tensors[name].shape != shape:
            raise ValueError(f"{name!r} is {tensors[name].shape}, not {shape}")
        known.add(name)
    if extra := sorted(tensors.keys() - known):
        raise ValueError(f"{extra[0]!r} does not belong to it")
