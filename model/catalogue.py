"""The models there are, and opening one of them."""

import difflib
import json
import os
from pathlib import Path

from soakup import assets
from soakup.model.errors import ModelError
from soakup.model.model import Model
from soakup.model.tokenizer import Tokenizer
from soakup.model.trace import ModelCard
from soakup.model.weights import fingerprint, first_line, open_weights

WEIGHTS, TOKENIZER, TRAINING, CARD = "weights.safetensors", "tokenizer.json", "training.jsonl", "card.md"


def names() -> dict[str, str]:
    """Each model that comes with soakup, and one line about it: the first line of its card below the title."""
    return {path.parent.name: _about(path.with_name(CARD)) for path in sorted(assets.MODELS.glob(f"*/{WEIGHTS}"))}


def open(name: str = "tiny") -> Model:
    """The model of that name, or the one in the folder that `soakup train` wrote.

    Raises ModelError, in one sentence, where there is no such model or its files are damaged.
    """
    known = names()
    if name in known:
        return _open(name, assets.MODELS / name)
    if os.path.isdir(name):
        return _open(name, Path(name))
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known) or 'none'}"
    raise ModelError(f"there is no model called {name!r}; {hint}")


def find(card: ModelCard) -> Model:
    """The model with a card's fingerprint, whatever it is called here. Raises ModelError where it is not here."""
    folders = [(name, assets.MODELS / name) for name in names()]
    if os.path.isdir(card.name):
        folders.append((card.name, Path(card.name)))
    for name, folder in folders:
        if (folder / WEIGHTS).is_file() and fingerprint(folder / WEIGHTS) == card.fingerprint:
            return _open(name, folder)
    raise ModelError(f"the weights of the model {card.name!r} ({card.fingerprint[:12]}…) are not here")


def bits_per_byte(name: str) -> float | None:
    """What a model that comes with soakup needs to predict held-out text, as its log says; None without one."""
    log = assets.MODELS / name / TRAINING
    lines = map(json.loads, log.read_text(encoding="utf-8").splitlines()) if log.is_file() else ()
    measured = [line["held_out_bits_per_byte"] for line in lines if line.get("held_out_bits_per_byte")]
    return measured[-1] if measured else None


def _open(name: str, folder: Path) -> Model:
    weights = open_weights(folder / WEIGHTS)
    tokenizer = _tokenizer(folder / TOKENIZER)
    shape = weights.config
    if tokenizer.size > shape["vocabulary"]:
        raise ModelError(f"{folder / TOKENIZER} does not belong to the weights beside it")
    return Model(
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
