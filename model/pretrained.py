"""Other people's models: a folder in the Hugging Face layout, read by the Hugging Face library.

Nothing but safetensors is opened, and no code that comes with a model is run. The folder's card and matrices are read
with numpy alone; the library and PyTorch are imported when the first text is read.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from safetensors import SafetensorError, safe_open

from soakup.model.cache import known_fingerprint
from soakup.model.errors import ModelError
from soakup.model.families import FAMILIES, Family, expand
from soakup.model.model import Computed, Model
from soakup.model.tokenizer import Token, Tokenizer
from soakup.model.weights import Array, LayerWeights, Norm, first_line, read_only

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CONFIG, TOKENIZER, TOKENIZER_CONFIG = "config.json", "tokenizer.json", "tokenizer_config.json"
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
HEADROOM = 1.2  # of the memory that weights and traces are known to need


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Pretrained(Model):
    """A model that the Hugging Face library runs. Attention is its "eager" one, in float32."""

    weights: "PretrainedWeights"

    LIBRARIES: ClassVar[tuple[str, ...]] = (*Model.LIBRARIES, "transformers")

    @cached_property
    def library_model(self) -> "PreTrainedModel":
        from soakup.model import recording

        check_library()
        self._check_memory(0)
        return recording.load(self.name, self.weights.folder, self.weights.family)

    def compute(self, tokens: Sequence[Token]) -> Computed:
        from soakup.model import recording

        model = self.library_model
        self._check_memory(len(tokens))
        try:
            computed = recording.record(model, self, [token.id for token in tokens])
        except MemoryError:
            raise self._too_large(len(tokens)) from None
        for number, layer in enumerate(computed.layers):
            for name, array in layer.items():
                if not np.isfinite(array).all():
                    raise ModelError(
                        f"{self.name} computes a {name} in layer {number + 1} that is not a finite number: its weights "
                        "do not suit single precision"
                    )
        return computed

    def _check_memory(self, tokens: int) -> None:
        import psutil

        if self._needs(tokens) > psutil.virtual_memory().available:
            raise self._too_large(tokens)

    def _needs(self, tokens: int) -> float:
        """Bytes: the weights before they are loaded, or the trace of so many tokens."""
        if not tokens:
            return 4 * self.parameters * HEADROOM
        T, d, H, k = tokens, self.width, self.heads, self.head_width
        layer = 3 * H * T * T + 6 * H * T * k + H * T * d + 7 * T * d + T * self.mlp_width
        return 4 * self.layers * layer * HEADROOM

    def _too_large(self, tokens: int) -> ModelError:
        what = f"the trace of {tokens:,} tokens" if tokens else "the model"
        return ModelError(
            f"there is not enough memory for {what}: {self.name} needs {self._needs(tokens) / 1e9:.1f} GB free"
        )


@dataclass(frozen=True, eq=False, repr=False)
class PretrainedWeights:
    """The learned numbers of a model in a folder, see Weights; each is read when it is first asked for."""

    folder: Path
    files: tuple[Path, ...]
    family: Family
    settings: "Settings"

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint_of(self.folder)

    @cached_property
    def _places(self) -> dict[str, tuple[Path, tuple[int, ...]]]:
        """Of every tensor its file and its shape."""
        places = {}
        for path in self.files:
            try:
                with safe_open(path, framework="np") as file:
                    for name in file.keys():  # noqa: SIM118 - it is no dictionary
                        places[name] = (path, tuple(file.get_slice(name).get_shape()))
            except (SafetensorError, OSError) as error:
                raise ModelError(f"{path} is not a whole safetensors file ({first_line(error)})") from None
        return places

    def _name(self, module: str, kind: str = "weight") -> str | None:
        """The name of a tensor in the files: some leave out what the library puts in front, or have more there."""
        full = f"{module}.{kind}"
        for name in (full, full.partition(".")[2], f"bert.{full}", f"model.{full}"):
            if name in self._places:
                return name
        return None

    def _shape(self, module: str) -> tuple[int, ...]:
        name = self._name(module)
        if name is None:
            raise ModelError(f"the weights in {self.folder} have no {module!r}: they do not belong to its {CONFIG}")
        shape = self._places[name][1]
        return (
            shape[::-1] if self.family.transposed and len(shape) == 2 and module.startswith("transformer.h") else shape
        )

    def read(self, module: str, kind: str = "weight") -> Array:
        """A tensor as float32, matrices as (out, in)."""
        name = self._name(module, kind)
        if name is None:
            self._shape(module)
        assert name
        path = self._places[name][0]
        try:
            with safe_open(path, framework="np") as file:
                array = file.get_tensor(name)
        except TypeError:  # bfloat16, which numpy does not know
            with safe_open(path, framework="pt") as file:
                array = file.get_tensor(name).float().numpy()
        in_layer = self.family.transposed and module.startswith("transformer.h")
        return read_only(array.T if in_layer and array.ndim == 2 else array)

    def read_if_there(self, module: str, kind: str = "weight") -> Array | None:
        return self.read(module, kind) if self._name(module, kind) else None

    @property
    def parameters(self) -> int:
        tied = self._unembedding() is None
        counted = {name: shape for name, (_, shape) in self._places.items() if np.prod(shape) > 0}
        if tied:  # some files hold the one table twice
            for module in (self.family.unembedding, "lm_head"):
                counted.pop(f"{module}.weight", None)
        return sum(int(np.prod(shape)) for shape in counted.values())

    @cached_property
    def W_E(self) -> Array:
        return self.read(self.family.embedding)

    def _unembedding(self) -> str | None:
        """The module of an unembedding that is not the embedding."""
        if self.family.unembedding is None or self.settings.get("tie_word_embeddings", default=None) is True:
            return None
        return next((module for module in (self.family.unembedding, "lm_head") if self._name(module)), None)

    @cached_property
    def W_U(self) -> Array:
        if self.family.unembedding is None:
            raise ModelError(f"the model in {self.folder} is an encoder, which predicts no token: it has no W_U")
        module = self._unembedding()
        return self.read(module) if module else self.W_E

    @cached_property
    def _logit_bias(self) -> Array | None:
        module = self._unembedding()
        return self.read_if_there(module, "bias") if module else None

    @cached_property
    def position(self) -> Array | None:
        return self.read(self.family.position) if self.family.position else None

    @cached_property
    def final_norm(self) -> Norm:
        assert self.family.final_norm
        gain, bias = self.read(self.family.final_norm), self.read_if_there(self.family.final_norm, "bias")
        return Norm(self.epsilon, self.family.centred, read_only(gain + 1) if self.family.gain_from_one else gain, bias)

    @property
    def epsilon(self) -> float:
        """What a norm adds to the mean square."""
        return float(self.settings.get("rms_norm_eps", "layer_norm_eps", "layer_norm_epsilon"))

    def logits(self, final: Array) -> Array:
        logits = final @ self.W_U.T
        if self._logit_bias is not None:
            logits = logits + self._logit_bias
        cap = self.settings.get("final_logit_softcapping", default=None)
        return np.tanh(logits / cap) * cap if cap else logits

    @cached_property
    def layers(self) -> Sequence[LayerWeights]:
        return _Layers(self)

    @property
    def heads(self) -> int:
        return int(self.settings.get("num_attention_heads", "n_head"))

    @property
    def key_heads(self) -> int:
        """How many different keys and values there are; heads share them where these are fewer."""
        return int(self.settings.get("num_key_value_heads", default=None) or self.heads)

    @property
    def head_width(self) -> int:
        width = self.settings.get("head_dim", default=None)
        return int(width or self._shape(self.family.embedding)[1] // self.heads)

    @property
    def mlp_width(self) -> int:
        return self._shape(f"{self.family.layer.format(0)}.{self.family.down}")[1]

    @cached_property
    def layer_count(self) -> int:
        return int(self.settings.get("num_hidden_layers", "n_layer"))

    def layer(self, number: int) -> LayerWeights:
        """The matrices of a layer, read anew."""
        family, (H, k) = self.family, (self.heads, self.head_width)
        inside = family.layer.format(number) + "."
        parts = [self.read(inside + module) for module in family.projections]
        queries, keys, values = parts if len(parts) == 3 else family.split(parts[0], H, self.key_heads, k)
        up = self.read(inside + family.up)
        gate = self.read(inside + family.gate) if family.gate else None
        if family.fused_gate:
            gate, up = up[: len(up) // 2], up[len(up) // 2 :]
        return LayerWeights(
            W_Q=read_only(queries),
            W_K=read_only(expand(keys, H, k)),
            W_V=read_only(expand(values, H, k)),
            W_O=self.read(inside + family.output),
            W_up=read_only(up),
            W_down=self.read(inside + family.down),
            W_gate=None if gate is None else read_only(gate),
        )


class _Layers(Sequence[LayerWeights]):
    """The layers of a model, each read when it is first asked for."""

    def __init__(self, weights: PretrainedWeights) -> None:
        self._weights, self._read = weights, {}  # type: PretrainedWeights, dict[int, LayerWeights]

    def __len__(self) -> int:
        return self._weights.layer_count

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[i] for i in range(*number.indices(len(self)))]
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        number %= len(self)
        if number not in self._read:
            self._read[number] = self._weights.layer(number)
        return self._read[number]


class Settings:
    """What `config.json` says. The library is asked for its default where the file leaves out what has to be known."""

    def __init__(self, folder: Path) -> None:
        self.folder, path = folder, folder / CONFIG
        try:
            self.written = json.loads(path.read_text(encoding="utf-8"))
            self.kind = self.written["model_type"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{path} does not describe a model ({first_line(error)})") from None

    def get(self, *names: str, **default: Any) -> Any:
        """The first of these settings that there is; `default` where the file has none of them."""
        for name in names:
            if name in self.written:
                return self.written[name]
        if default:
            return default["default"]
        for name in names:
            if hasattr(self._library, name):
                return getattr(self._library, name)
        raise ModelError(f"{self.folder / CONFIG} does not say {names[0]!r}")

    @cached_property
    def _library(self) -> Any:
        check_library()
        from transformers import AutoConfig

        try:
            return AutoConfig.from_pretrained(self.folder, local_files_only=True, trust_remote_code=False)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{self.folder / CONFIG} does not describe a model ({first_line(error)})") from None


def check_library() -> None:
    """Raise ModelError where the Hugging Face library is not installed."""
    for module in ("transformers", "psutil"):
        if find_spec(module) is None:
            raise ModelError(
                "other people's models need packages that are not installed: run `soakup models add transformers`"
            )


def is_pretrained(folder: Path) -> bool:
    """Whether a folder looks like a model in the Hugging Face layout, whole or not."""
    return (folder / CONFIG).is_file() or any(folder.glob("*.safetensors")) or any(_pickles(folder))


def fingerprint_of(folder: Path) -> str:
    """One SHA-256 of the files that the numbers of the model in a folder depend on, whatever folder it is in."""
    files = [*sorted(folder.glob("*.safetensors")), folder / CONFIG, folder / TOKENIZER]
    lines = [f"{path.name} {known_fingerprint(path)}\n" for path in files if path.is_file()]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def unsupported(name: str, kind: str) -> ModelError:
    """That a model is of an architecture which cannot be read, and which can."""
    there = ", ".join(f"{family.about} ({kind})" for kind, family in FAMILIES.items())
    return ModelError(f"{name} is a {kind!r} model, and these can be read: {there}")


def open_pretrained(name: str, folder: Path) -> Pretrained:
    """The model in a folder. Raises ModelError, in one sentence, where there is none that can be read."""
    files = tuple(sorted(folder.glob("*.safetensors")))
    if not (folder / CONFIG).is_file():
        raise ModelError(f"{folder} holds weights without the {CONFIG} that says what they are")
    settings = Settings(folder)
    family = FAMILIES.get(settings.kind)
    if family is None:
        raise unsupported(name, settings.kind)
    if not files:
        if pickles := _pickles(folder):
            raise ModelError(
                f"{pickles[0]} is a pickle, which may run code when it is opened: get this model's weights as "
                "safetensors or GGUF"
            )
        raise ModelError(f"{folder} has a {CONFIG} but no weights: it needs .safetensors files beside it")
    weights = PretrainedWeights(folder, files, family, settings)
    vocabulary, width = weights._shape(family.embedding)
    window = None
    if family.windowed and settings.get("use_sliding_window", default=settings.kind[:4] != "qwen"):
        kinds = settings.get("layer_types", default=None)
        window = settings.get("sliding_window") if kinds is None or "sliding_attention" in kinds else None
    return Pretrained(
        name=name,
        fingerprint=weights.fingerprint,
        layers=weights.layer_count,
        heads=weights.heads,
        width=width,
        head_width=weights.head_width,
        mlp_width=weights.mlp_width,
        vocabulary=vocabulary,
        context=int(settings.get("max_position_embeddings", "n_positions")),
        parameters=weights.parameters,
        kind=family.kind,
        window=window,
        weights=weights,
        tokenizer=open_tokenizer(folder, settings),
    )


def open_tokenizer(folder: Path, settings: Settings) -> Tokenizer:
    """The tokenizer in a folder, with its BOS. Raises ModelError where there is none that says which characters of a
    text each token is."""
    from tokenizers import Tokenizer as FastTokenizer

    path = folder / TOKENIZER
    if path.is_file():
        try:
            fast = FastTokenizer.from_file(str(path))
        except Exception as error:  # noqa: BLE001 - the library raises nothing narrower
            raise ModelError(f"{path} is not a whole tokenizer ({first_line(error)})") from None
    else:
        fast = _converted(folder)
    bos = settings.get("bos_token_id", default=None)
    try:
        about = json.loads((folder / TOKENIZER_CONFIG).read_text(encoding="utf-8"))
    except OSError:
        return Tokenizer(fast, bos if isinstance(bos, int) else None)
    except ValueError as error:
        raise ModelError(f"{folder / TOKENIZER_CONFIG} is damaged ({first_line(error)})") from None
    token = about.get("bos_token") if isinstance(about, dict) else None
    token = token.get("content") if isinstance(token, dict) else token
    return Tokenizer(fast, fast.token_to_id(token) if isinstance(token, str) else None)


def _converted(folder: Path) -> Any:
    """A tokenizer that only the library can read, where it is one that knows what it does to each character."""
    check_library()
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # noqa: BLE001 - the library raises whatever its parts do
        raise ModelError(f"{folder} has no tokenizer that can be read ({first_line(error)})") from None
    if not tokenizer.is_fast:
        raise ModelError(
            f"the tokenizer in {folder} does not say which characters a token stands for: it needs a {TOKENIZER}"
        )
    return tokenizer.backend_tokenizer


def _pickles(folder: Path) -> list[Path]:
    return [path for pattern in PICKLES for path in sorted(folder.glob(pattern))]
