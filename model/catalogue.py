"""The models there are, and opening one of them."""

import difflib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from soakup import assets
from soakup.model import cache, pretrained
from soakup.model.errors import ModelError
from soakup.model.model import Model, OwnModel
from soakup.model.packages import PACKAGES
from soakup.model.tokenizer import Tokenizer
from soakup.model.trace import ModelCard, Trace
from soakup.model.weights import first_line, open_weights

WEIGHTS, TOKENIZER, TRAINING, CARD = "weights.safetensors", "tokenizer.json", "training.jsonl", "card.md"
HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


@dataclass(frozen=True)
class Found:
    """A model that is here but not open yet: what it is called, and the folder it is in."""

    name: str
    folder: Path

    @property
    def own(self) -> bool:
        """Whether `soakup train` wrote it."""
        return (self.folder / WEIGHTS).is_file() or not pretrained.is_pretrained(self.folder)

    @property
    def fingerprint(self) -> str:
        """Of the files that its numbers depend on. Raises ModelError where they are not there."""
        if not self.own:
            return pretrained.fingerprint_of(self.folder)
        path = self.folder / WEIGHTS
        return cache.known_fingerprint(path) if path.is_file() else self.open().fingerprint  # which says what is wrong

    def open(self) -> Model:
        return _open(self.name, self.folder) if self.own else pretrained.open_pretrained(self.name, self.folder)


def names() -> dict[str, str]:
    """Each model that comes with soakup, and one line about it: the first line of its card below the title."""
    return {path.parent.name: _about(path.with_name(CARD)) for path in sorted(assets.MODELS.glob(f"*/{WEIGHTS}"))}


def open(name: str = "tiny") -> Model:
    """The model of that name: one that comes with soakup, one of PACKAGES, the one in a folder that `soakup train`
    wrote or that has the Hugging Face layout, a GGUF file, or one in the Hugging Face cache by its name on the hub.

    Raises ModelError, in one sentence, where there is no such model or its files are damaged.
    """
    return locate(name).open()


def locate(name: str) -> Found:
    """Where the model of that name is. Raises ModelError, in one sentence, where there is none."""
    known = names()
    if name in known:
        return Found(name, assets.MODELS / name)
    if name in PACKAGES:
        path = PACKAGES[name].path
        if path is None:
            raise ModelError(f"{name} is not installed: run `soakup models add {name}` ({PACKAGES[name].size})")
        return Found(name, _folder(path))
    if os.path.exists(name):
        return Found(name, _folder(Path(name)))
    if HUB_NAME.fullmatch(name):
        return Found(name, _in_hub_cache(name))
    near = difflib.get_close_matches(name, [*known, *PACKAGES], n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join([*known, *PACKAGES])}"
    raise ModelError(f"there is no model called {name!r}; {hint}")


def read(text: str, name: str = "tiny") -> Trace:
    """The trace of a text, with BOS in front where the model has one, as scenes show it: kept from an earlier reading,
    or read now. Raises ModelError, in one sentence, where there is no such model or the text cannot be read."""
    found = locate(name)
    return _trace_at(cache.trace_path(name, found.fingerprint, text), found, text)


@lru_cache(maxsize=1)  # one still after another is of the same text, and a trace has much to compute when first asked
def _trace_at(path: Path, found: Found, text: str) -> Trace:
    trace = cache.read_trace(path)
    if trace is None:
        trace = found.open().trace(text, bos=True)
        cache.keep_trace(trace, path)
    return trace


def find(card: ModelCard) -> Model:
    """The model with a card's fingerprint, whatever it is called here. Raises ModelError where it is not here."""
    for found in _places(card):
        try:
            if found.fingerprint == card.fingerprint:
                return found.open()
        except ModelError:  # another model, which is damaged
            continue
    raise ModelError(f"the weights of the model {card.name!r} ({card.fingerprint[:12]}…) are not here")


def _places(card: ModelCard) -> Iterator[Found]:
    for name in (card.name, *names()):
        try:
            yield locate(name)
        except ModelError:
            continue


def bits_per_byte(name: str) -> float | None:
    """What a model that comes with soakup needs to predict held-out text, as its log says; None without one."""
    log = assets.MODELS / name / TRAINING
    lines = map(json.loads, log.read_text(encoding="utf-8").splitlines()) if log.is_file() else ()
    measured = [line["held_out_bits_per_byte"] for line in lines if line.get("held_out_bits_per_byte")]
    return measured[-1] if measured else None


def _folder(path: Path) -> Path:
    """The folder to open for what was named: a folder, or a GGUF file by itself or alone in one."""
    from soakup.model import gguf

    if path.is_dir():
        files = sorted(path.glob("*.gguf"))
        if not files or any(path.glob("*.safetensors")):
            return path
        if len(files) > 1:
            raise ModelError(f"{path} holds {len(files)} GGUF files: name one, {files[0]} for example")
        path = files[0]
    elif path.suffix.lower() != ".gguf":
        raise ModelError(f"{path} is not a model: name a folder with one, or a .gguf file")
    return gguf.as_folder(path)


def _in_hub_cache(name: str) -> Path:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        config = try_to_load_from_cache(name, pretrained.CONFIG)
    except HFValidationError:
        config = None
    if not isinstance(config, str):
        raise ModelError(
            f"there is no folder {name!r}, nor a model of that name in the Hugging Face cache: "
            f"`hf download {name}` gets one from the hub"
        )
    return Path(config).parent


def _open(name: str, folder: Path) -> OwnModel:
    weights = open_weights(folder / WEIGHTS)
    tokenizer = _tokenizer(folder / TOKENIZER)
    shape = weights.config
    if tokenizer.size > shape["vocabulary"]:
        raise ModelError(f"{folder / TOKENIZER} does not belong to the weights beside it")
    return OwnModel(
        name=name,
        fingerprint=weights.fingerprint,
        layers=shape["layers"],
        heads=shape["heads"],
        width=shape["width"],
        head_width=shape["width"] // shape["heads"],
        mlp_width=weights.layers[0].W_up.shape[0],
        vocabulary=shape["vocabulary"],
        context=shape["context"],
        parameters=weights.parameters,
        weights=weights,
        tokenizer=tokenizer,
    )


def _tokenizer(path: Path) -> Tokenizer:
    if not path.is_file():
        raise ModelError(f"there is no tokenizer at {path}")
    try:
        return Tokenizer.open(path)
    except Exception as error:  # noqa: BLE001 - the library raises nothing narrower
        raise ModelError(f"{path} is not a whole tokenizer ({first_line(error)})") from None


def _about(card: Path) -> str:
    lines = card.read_text(encoding="utf-8").splitlines() if card.is_file() else []
    return next((line for line in lines if line.strip() and not line.startswith("#")), "")
