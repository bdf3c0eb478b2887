"""The path of a number: how a manifest says where a number on the screen comes from.

    layers.2.pattern[5,3,1]   an element of a Trace: embedding, final, or an array of a layer
    weights.W_E[17,3]         an element of the weights: W_E, W_U, or weights.layers.0.W_Q and its fellows
    ink(4)[5,1]               an element of an array that a function of `soakup.model.derived` computes
    count.layers              a number of the model's shape, or how many tokens or words the text has, BOS not counted
    layer[2]  head[0]         the number a person gives a layer or head: one more than its index
    text[3:7]                 a piece of the input
    token[4]                  the text of a token
    vocabulary[532]           the text of an entry of the vocabulary
    model                     the name of the model

Indices are plain non-negative numbers; nothing in a path is ever run.
"""

import inspect
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from soakup.model import derived
from soakup.model.errors import ModelError
from soakup.model.weights import MATRICES, Array

if TYPE_CHECKING:
    from soakup.model.trace import Trace

NUMBER = "(?:0|[1-9][0-9]{0,8})"
NUMBERS = f"{NUMBER}(?:,{NUMBER})*"
PATH = re.compile(rf"(?P<name>[A-Za-z_.0-9]+)(?:\((?P<arguments>{NUMBERS})\))?(?:\[(?P<indices>{NUMBERS})\])?")
SLICE = re.compile(rf"text\[({NUMBER}):({NUMBER})\]")
LAYER = re.compile(rf"(?P<weights>weights\.)?layers\.(?P<number>{NUMBER})\.(?P<array>[A-Za-z_]+)")
COUNTS = ("layers", "heads", "width", "head_width", "mlp_width", "vocabulary", "context", "parameters")


def value(trace: "Trace", path: str) -> float | str:
    """The number, or text, at a path. Raises ModelError, in one sentence, where there is nothing at it."""
    if piece := SLICE.fullmatch(path):
        start, end = int(piece[1]), int(piece[2])
        if not start <= end <= len(trace.text):
            raise ModelError(f"{path!r} does not lie within a text of {len(trace.text)} characters")
        return trace.text[start:end]
    parts = PATH.fullmatch(path)
    if not parts:
        raise ModelError(f"{path!r} is not the path of a number")
    name, indices = parts["name"], _numbers(parts["indices"])
    if parts["arguments"] is not None:
        return _element(path, _derived(trace, path, name, _numbers(parts["arguments"])), indices)
    if name.startswith("count."):
        return _count(trace, path, name.removeprefix("count."), indices)
    if name in ("layer", "head"):
        how_many = trace.model.layers if name == "layer" else trace.model.heads
        return _index(path, indices, how_many) + 1
    if name == "token":
        return trace.tokens[_index(path, indices, len(trace.tokens))].text
    if path == "model":
        return trace.model.name
    if name == "vocabulary":
        return trace.opened_model.tokenizer.text(_index(path, indices, trace.model.vocabulary))
    return _element(path, _array(trace, path, name), indices)


def _numbers(text: str | None) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(",")) if text else ()


def _array(trace: "Trace", path: str, name: str) -> Array:
    from soakup.model.trace import LAYER_ARRAYS  # which resolves its values here

    if name == "embedding" or name == "final":
        return getattr(trace, name)
    if name == "weights.W_E" or name == "weights.W_U":
        return getattr(trace.weights, name.removeprefix("weights."))
    if inside := LAYER.fullmatch(name):
        if not int(inside["number"]) < trace.model.layers:
            raise ModelError(f"{path!r} names a layer beyond the last, {trace.model.layers - 1}")
        if inside["weights"] and inside["array"] in (*MATRICES, "W_gate"):
            matrix = getattr(trace.weights.layers[int(inside["number"])], inside["array"])
            if matrix is None:
                raise ModelError(f"{path!r} names a matrix that {trace.model.name} does not have")
            return matrix
        if not inside["weights"] and inside["array"] in (*LAYER_ARRAYS, "head_updates"):
            return getattr(trace.layers[int(inside["number"])], inside["array"])
    raise ModelError(f"{path!r} names nothing that a trace holds")


def _derived(trace: "Trace", path: str, name: str, arguments: tuple[int, ...]) -> Array:
    if name not in derived.FUNCTIONS:
        near = get_close_matches(name, derived.FUNCTIONS, n=1)
        hint = f"did you mean {near[0]}?" if near else "soakup.model.derived has those there are"
        raise ModelError(f"{path!r} names no function: {hint}")
    function = derived.FUNCTIONS[name]
    wanted = list(inspect.signature(function).parameters)[1:]
    if len(arguments) != len(wanted):
        raise ModelError(f"{path!r} gives {name} {len(arguments)} numbers, and it takes {len(wanted)}")
    try:
        return function(trace, *arguments)
    except ModelError as error:
        raise ModelError(f"{path!r}: {error}") from None


def _element(path: str, array: Array, indices: tuple[int, ...]) -> float:
    if len(indices) != array.ndim or any(i >= size for i, size in zip(indices, array.shape, strict=True)):
        raise ModelError(f"{path!r} does not fit an array of shape {array.shape}")
    return float(array[indices])


def _index(path: str, indices: tuple[int, ...], how_many: int) -> int:
    if len(indices) != 1 or indices[0] >= how_many:
        raise ModelError(f"{path!r} takes one index below {how_many}")
    return indices[0]


def _count(trace: "Trace", path: str, what: str, indices: tuple[int, ...]) -> int:
    counted = {name: getattr(trace.model, name) for name in COUNTS}
    counted["tokens"] = sum(not token.special for token in trace.tokens)
    counted["words"] = sum(not trace.tokens[word.tokens[0]].special for word in trace.words)
    if what not in counted or indices:
        raise ModelError(f"{path!r} counts nothing: there are {', '.join(counted)}")
    return counted[what]
