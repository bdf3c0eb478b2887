"""Is every number in a film the model's own? Reads the text again and computes each quantity of the manifest anew."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from soakup import manifest, model
from soakup.errors import NotAClip, StudioError, is_ours
from soakup.model.errors import ModelError
from soakup.model.trace import Trace
from soakup.outputs import SUFFIX
from soakup.scenes.quantity import write

RELATIVE = 1e-4
ABSOLUTE = 1e-6  # what float32 sums of numbers near 1 may miss, where they come to almost nothing


class Mismatch(StudioError):
    """A film says something that is not so; the message names the first path that differs, and both values."""


@dataclass(frozen=True)
class Verified:
    """What was checked."""

    path: Path
    quantities: int
    beats: int
    model: str
    fingerprint: str


def verify(path: Path) -> Verified:
    """Check the manifest in a film (or in its .json file) against the model.

    Raises Mismatch for the first thing that is not so, NotAClip where there is nothing to check, ModelError where the
    model is not here.
    """
    about = manifest.read(path)
    other = path.with_suffix(".json" if path.suffix.lower() == SUFFIX else SUFFIX)
    if other.is_file():
        for place, here, there in differences(about, manifest.read(other)):
            raise Mismatch(f"{place} differs: {path.name} says {_show(here)} and {other.name} says {_show(there)}")
    if "model" not in about:
        raise NotAClip(f"{path} is the film of a plain Manim scene, without a model: there is nothing to check in it")
    try:
        return _check(path, about)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if is_ours(error):
            raise
        raise NotAClip(f"{path} holds a manifest that is damaged ({type(error).__name__}: {error})") from None


def _check(path: Path, about: dict[str, Any]) -> Verified:
    opened = model.open(about["model"]["name"])
    if opened.fingerprint != about["model"]["fingerprint"]:
        raise Mismatch(
            f"model.fingerprint differs: the film was made with {_show(about['model']['fingerprint'])} and the model "
            f"{opened.name} here is {_show(opened.fingerprint)}"
        )
    bos = opened.tokenizer.bos
    begins = bos is not None and about["tokens"][:1] == [opened.tokenizer.text(bos)]
    trace = opened.trace(about["text"], bos=begins)  # computed now, whatever is kept of an earlier reading
    for place, said, found in differences(about["tokens"], [token.text for token in trace.tokens], "tokens"):
        raise Mismatch(f"{place} differs: the film says {_show(said)} and the model reads {_show(found)}")
    quantities = 0
    for beat in about["beats"]:
        for quantity in beat["quantities"]:
            if problem := _problem(quantity, trace):
                raise Mismatch(f"{quantity['path']} in the beat {beat['name']!r} {problem}")
            quantities += 1
    return Verified(path, quantities, len(about["beats"]), opened.name, opened.fingerprint)


def _problem(quantity: dict[str, Any], trace: Trace) -> str | None:
    """What is wrong with a quantity, as the end of a sentence; None where it is right."""
    said, format = quantity["value"], quantity["format"]
    if re.search(r"\d{3}", format):
        raise ValueError(f"the format {format!r}")  # a film from elsewhere could ask for a gigabyte of zeros
    try:
        found = trace.value(quantity["path"])
    except ModelError as error:
        return f"leads nowhere: {error}"
    near = [found]
    same = said == found
    if isinstance(found, float) and quantity["kind"] not in ("count", "text"):
        slack = max(abs(found) * RELATIVE, ABSOLUTE)
        near += [found - slack, found + slack]  # at a rounding edge, either neighbour may be written
        same = math.isclose(said, found, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    if not same:
        return f"differs: the film says {_show(said)} and the model computes {_show(found)}"
    if quantity["text"] not in [write(value, format) for value in near]:
        return f"is written differently: the film shows {_show(quantity['text'])} for {_show(write(found, format))}"
    return None


def differences(a: Any, b: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two JSON values differ: the place ("beats[2].name"), and what stands there in each (None for nothing)."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            yield from differences(a.get(key), b.get(key), f"{place}.{key}" if place else key)
    elif isinstance(a, list) and isinstance(b, list):
        for i, (x, y) in enumerate(zip_longest(a, b)):
            yield from differences(x, y, f"{place}[{i}]")
    elif type(a) is not type(b) or a != b:
        yield place, a, b


def _show(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"
