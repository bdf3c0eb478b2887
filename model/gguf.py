"""GGUF files (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): made once into a folder in the Hugging Face
layout, with the weights as float16, since unpacking them takes long."""

import json
import os
import shutil
import tempfile
from pathlib import Path

from soakup.model import cache
from soakup.model.errors import ModelError
from soakup.model.families import FAMILIES
from soakup.model.pretrained import TOKENIZER, TOKENIZER_CONFIG, check_library, unsupported
from soakup.model.weights import first_line

MAGIC = b"GGUF"


def as_folder(path: Path) -> Path:
    """The folder that a GGUF file was made into, or is now. Raises ModelError, in one sentence, where it cannot be."""
    with path.open("rb") as file:
        if file.read(4) != MAGIC:
            raise ModelError(f"{path} is not a GGUF file: it does not begin with {MAGIC.decode()}")
    made = place(path)
    if made.is_dir():
        return made
    check_library()
    try:
        made.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".making-", dir=made.parent))
    except OSError as error:
        raise ModelError(f"cannot make {path} ready in {made.parent}: {error.strerror or error}") from None
    try:
        _convert(path, beside)
        try:
            os.rename(beside, made)
        except OSError:
            if not made.is_dir():  # another process may have been quicker
                raise
        return made
    except OSError as error:
        raise ModelError(f"cannot make {path} ready in {made.parent}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def place(path: Path) -> Path:
    """Where the folder for a GGUF file is, once it was made."""
    return cache.folder() / "models" / cache.known_fingerprint(path)[:32]


def _convert(path: Path, to: Path) -> None:
    """Read a GGUF file with the library, and write its config, tokenizer and weights."""
    import torch
    from safetensors.torch import save_file
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    from soakup.model.recording import quiet

    where = {"gguf_file": path.name, "local_files_only": True, "trust_remote_code": False}
    try:
        with quiet():
            config = AutoConfig.from_pretrained(path.parent, **where)
            if config.model_type not in FAMILIES:
                raise unsupported(path.name, config.model_type)
            tokenizer = AutoTokenizer.from_pretrained(path.parent, **where)
            model = AutoModelForCausalLM.from_pretrained(path.parent, dtype=torch.float32, **where)
    except ModelError:
        raise
    except Exception as error:  # noqa: BLE001 - the library raises whatever its parts do
        raise ModelError(f"{path} is not a GGUF file that the library can read ({first_line(error)})") from None
    if not tokenizer.is_fast:
        raise ModelError(f"the tokenizer in {path} does not say which characters a token stands for")
    tensors = dict(model.state_dict())
    if config.tie_word_embeddings:
        tensors.pop("lm_head.weight", None)
    halves = {name: tensor.half().contiguous() for name, tensor in tensors.items()}
    if not all(torch.isfinite(tensor).all() for tensor in halves.values()):
        halves = {name: tensor.contiguous() for name, tensor in tensors.items()}
    save_file(halves, to / "model.safetensors", metadata={"format": "pt"})
    config.save_pretrained(to)
    tokenizer.backend_tokenizer.save(str(to / TOKENIZER))
    (to / TOKENIZER_CONFIG).write_text(json.dumps({"bos_token": tokenizer.bos_token}), encoding="utf-8")
