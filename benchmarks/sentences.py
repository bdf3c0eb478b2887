"""Sentences that `tiny` has not read, and which model is to read them."""

import argparse
import json
import re
from pathlib import Path

import numpy as np

import soakup.model
from soakup import assets
from soakup.model import corpus
from soakup.model.model import Model


def asked_for(about: str | None) -> tuple[Model, list[str]]:
    """The model and the sentences that a command line names: CORPUS [--model tiny] [--sentences 400]."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--sentences", type=int, default=400)
    arguments = parser.parse_args()
    return soakup.model.open(arguments.model), of_held_out(arguments.corpus, arguments.sentences)


def of_held_out(folder: Path, count: int) -> list[str]:
    """Sentences of 6 to 30 words without quotation marks, taken evenly from the passages that training held out."""
    about = json.loads((assets.MODELS / "tiny" / "training.jsonl").read_text().splitlines()[0])
    found = []
    for text in corpus.read(folder, tuple(about["settings"]["unseen"])).held_out:
        for sentence in re.split(r"(?<=[.!?])\s+", " ".join(text.split())):
            if 6 <= len(sentence.split()) <= 30 and re.fullmatch(r"[A-Z][A-Za-z ,;’'-]*[.!?]", sentence):
                found.append(sentence)
    return [found[i] for i in np.linspace(0, len(found) - 1, min(count, len(found))).astype(int)]
