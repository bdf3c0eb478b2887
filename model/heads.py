"""What each head of a model does whatever the text, measured on random tokens that come twice.

Random tokens mean nothing, so a head that looks at the same token's first copy, or at what followed it, or at one
place, does it for no other reason (Olsson et al. 2022, https://arxiv.org/abs/2209.11895).
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file
from safetensors.numpy import save as to_bytes

from soakup.model import cache
from soakup.model.errors import ModelError
from soakup.model.files import write_whole
from soakup.model.tokenizer import Token
from soakup.model.weights import Array

if TYPE_CHECKING:
    from soakup.model.model import Model

TEXTS = 6  # how many random texts are read
LENGTH = 24  # tokens that come twice in each
PLACES = 8  # how far back a place is looked for


@dataclass(frozen=True, eq=False)
class Habits:
    """For every head, (L, H), shares of its attention on random tokens that come twice."""

    previous: Array  # to the token just before
    duplicate: Array  # from the second copy, to the same token's first
    induction: Array  # from the second copy, to what followed the same token's first
    rest: Array  # to the first token of all
    place: Array  # how many tokens back the place is that gets most attention; negative is ahead, in an encoder
    place_share: Array  # to that place
    entropy: Array  # of the weights of a target, in bits, the mean

    def name(self, layer: int, head: int) -> str:
        """What a head is, by the strongest of its habits; "" where none is strong. Counted from 0."""
        place = int(self.place[layer, head])
        where = {0: "looks at itself", 1: "previous token", -1: "next token"}
        kinds = {
            "induction": float(self.induction[layer, head]),
            "duplicate token": float(self.duplicate[layer, head]),
            "rests": float(self.rest[layer, head]),
            where.get(place, f"looks {abs(place)} {'back' if place > 0 else 'ahead'}"): float(
                self.place_share[layer, head]
            ),
        }
        kind = max(kinds, key=lambda kind: kinds[kind])
        return kind if kinds[kind] >= STRONG[kind.split()[0]] else ""


STRONG = {"induction": 0.3, "duplicate": 0.3, "rests": 0.5, "looks": 0.5, "previous": 0.4, "next": 0.4}


def habits(model: "Model") -> Habits:
    """Measure a model's heads, or recall it from the user's cache folder.

    Raises ModelError where the model cannot be run.
    """
    name = hashlib.sha256(f"{model.fingerprint} {cache.code_version()}".encode()).hexdigest()
    path = cache.folder() / "heads" / f"{name}.safetensors"
    with suppress(OSError, SafetensorError, TypeError):
        return Habits(**load_file(path))
    found = measure(model)
    arrays = {field.name: np.ascontiguousarray(getattr(found, field.name)) for field in fields(Habits)}
    with suppress(OSError, ModelError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, to_bytes(arrays))
    return found


def measure(model: "Model") -> Habits:
    """The habits of a model's heads, from `TEXTS` texts of random tokens of which each comes twice."""
    around = model.tokenizer.encode("a", bos=True)
    first = [token for token in around[:1] if token.special]
    last = [token for token in around[-1:] if token.special and len(around) > 1]
    n = min(LENGTH, (model.context - len(first) - len(last)) // 2)
    plain = [id for id in range(model.tokenizer.size) if not model.tokenizer.is_special(id)]
    random = np.random.default_rng(0)
    shares: list[list[np.ndarray]] = []
    for _ in range(TEXTS):
        once = [Token("", int(id), 0, 0) for id in random.choice(plain, n, replace=len(plain) < n)]
        computed = model.run([*first, *once, *once, *last])
        patterns = np.stack([np.asarray(layer["pattern"]) for layer in computed.layers])  # (L, H, T, T)
        shares.append(_shares(patterns, len(first), n))
    previous, duplicate, induction, rest, entropy, *places = np.mean(shares, axis=0)
    by_place = np.stack(places)  # (2 · PLACES + 1, L, H)
    return Habits(
        previous=previous,
        duplicate=duplicate,
        induction=induction,
        rest=rest,
        place=(by_place.argmax(axis=0) - PLACES).astype(np.float32),
        place_share=by_place.max(axis=0),
        entropy=entropy,
    )


def _shares(patterns: np.ndarray, start: int, n: int) -> list[np.ndarray]:
    """Each (L, H): attention to what came just before, to the first copy, to what followed it, to the first token; the
    entropy; and attention to every place from PLACES ahead to PLACES back."""
    second = np.arange(start + n, start + 2 * n)
    text = patterns[..., start : start + 2 * n, start : start + 2 * n]
    logs = np.log2(np.where(patterns > 0, patterns, 1))
    places = [
        np.diagonal(text, offset=-back, axis1=-2, axis2=-1).mean(-1) if abs(back) < 2 * n else np.zeros(text.shape[:2])
        for back in range(-PLACES, PLACES + 1)
    ]
    return [
        places[PLACES + 1],
        patterns[..., second, second - n].mean(-1),
        patterns[..., second, second - n + 1].mean(-1),
        patterns[..., 1:, 0].mean(-1),
        -(patterns * logs).sum(-1).mean(-1),
        *places,
    ]
