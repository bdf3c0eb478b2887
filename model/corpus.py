"""The training text: which books, which of their passages are held out, and all of it as token ids.

A corpus is a folder of `.txt` files, one paragraph a line. Whole books named as unseen are never trained on; of the
others, blocks of paragraphs chosen by a hash of the file's name and the block's number are held out, so the split
depends on nothing but the files.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from soakup.model.errors import ModelError
from soakup.model.tokenizer import Tokenizer

BLOCK = 20  # paragraphs
HELD_OUT = 100  # one block in so many


@dataclass(frozen=True)
class Corpus:
    """Three texts: what is trained on, held-out passages of the same books, and books never seen."""

    training: list[str]
    held_out: list[str]
    unseen: list[str]


def read(folder: Path, unseen: tuple[str, ...], part: float = 1.0) -> Corpus:
    """Read a folder of books, and keep `part` (0 to 1) of the training text, the same blocks every time.

    Raises ModelError where the folder holds no `.txt` files, or one that is not UTF-8.
    """
    books = sorted(path for path in folder.glob("*.txt"))
    if not books:
        raise ModelError(f"{folder} holds no .txt files to train on")
    training: list[str] = []
    held_out: list[str] = []
    whole: list[str] = []
    for book in books:
        try:
            text = book.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise ModelError(f"{book} cannot be read as text in UTF-8") from None
        if book.stem in unseen:
            whole.append(text)
            continue
        paragraphs = text.split("\n\n")
        for i in range(0, len(paragraphs), BLOCK):
            block = "\n\n".join(paragraphs[i : i + BLOCK]) + "\n\n"
            digest = hashlib.sha256(f"{book.name}:{i // BLOCK}".encode()).digest()
            if int.from_bytes(digest[:4], "big") % HELD_OUT == 0:
                held_out.append(block)
            elif int.from_bytes(digest[4:8], "big") < part * 2**32:
                training.append(block)
    return Corpus(training, held_out, whole)


def token_ids(texts: list[str], tokenizer: Tokenizer) -> np.ndarray:
    """All texts as one array of token ids (uint16), without BOS."""
    encodings = tokenizer.fast.encode_batch(texts, add_special_tokens=False)
    return np.concatenate([np.asarray(e.ids, dtype=np.uint16) for e in encodings] or [np.empty(0, np.uint16)])
