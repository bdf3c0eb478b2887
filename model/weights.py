"""Trained weights on disk: one `.safetensors` file of float16, the model's shape in its metadata.

Nothing but safetensors is opened, so a file can hold numbers but never code.
"""

import hashlib
import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from soakup.model.errors import ModelError
from soakup.model.tokenizer import Tokenizer
from soakup.model.transformer import Config, Transformer


def save(model: Transformer, tokenizer: Tokenizer, path: Path) -> Path:
    """Write weights (float16) to `path` and the tokenizer beside it, each whole or not at all."""
    tensors = {name: p.detach().to(torch.float16).contiguous() for name, p in model.state_dict().items()}
    beside = path.with_suffix(".part")
    save_file(tensors, beside, metadata={"config": json.dumps(model.config.as_dict(), sort_keys=True)})
    beside.replace(path)
    tokenizer.save(path.with_name("tokenizer.json"))
    return path


def open_weights(path: Path) -> Transformer:
    """The model whose weights are in `path`, in float32, ready to be read with.

    Raises ModelError, in one sentence, where the file is missing, damaged, of another format, or holds a NaN.
    """
    if not path.is_file():
        raise ModelError(f"there are no weights at {path}")
    try:
        with safe_open(path, framework="pt") as file:
            config = Config(**json.loads(file.metadata()["config"]))
            tensors = {name: file.get_tensor(name).to(torch.float32) for name in file.keys()}
        model = Transformer(config)
        model.load_state_dict(tensors)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ModelError(f"{path} is not a whole safetensors file of this model's weights ({_first_line(error)})") from None
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise ModelError(f"{path}: the weights {name!r} hold a value that is not a finite number")
    return model.eval().requires_grad_(False)


def fingerprint(path: Path) -> str:
    """The SHA-256 of a weights file, by which a Trace names its model."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
