"""Sentences that `tiny` has not read."""

import json
import re
from pathlib import Path

import numpy as np

from soakup import assets
from soakup.model import corpus


def of_held_out(folder: Path, count: int) -> list[str]:
    """Sentences of 6 to 30 words without quotation marks, taken evenly from the passages that training held out."""
    about = json.loads((assets.MODELS / "tiny" / "training.jsonl").read_text().splitlines()[0])
    found = []
    for text in corpus.read(folder, tuple(about["settings"]["unseen"])).held_out:
        for sentence in re.split(r"(?<=[.!?])\s+", " ".join(text.split())):
            if 6 <= len(sentence.split()) <= 30 and re.fullmatch(r"[A-Z][A-Za-z ,;’'-]*[.!?]", sentence):
                found.append(sentence)
    return [found[i] for i in np.linspace(0, len(found) - 1, min(count, len(found))).astype(int)]
