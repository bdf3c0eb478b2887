"""What the path of a quantity means, in a few words: for whoever points at it."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soakup.model.trace import Trace

PATH = re.compile(r"(?:layers\.(?P<layer>\d+)\.)?(?P<name>\w+)(?:\((?P<arguments>[\d,]+)\))?\[(?P<indices>[\d,]+)\]")

# {0}, {1}, … are the numbers of the path, layer first: `t` a token, `w` a word, `n` counted from 1, `p` layers passed.
MEANINGS = {
    "embedding": "{0t}: number {1n} of its vector as it enters layer 1",
    "final": "{0t}: number {1n} of its vector after the final norm",
    "stream": "{1t}: number {2n} of its vector {0p}",
    "residual": "{1t}: number {2n} of its vector after layer {0n}",
    "middle": "{1t}: number {2n} of its vector after the attention of layer {0n}",
    "attention_update": "{1t}: number {2n} of what attention adds to it in layer {0n}",
    "mlp_update": "{1t}: number {2n} of what the feed-forward block adds to it in layer {0n}",
    "neurons": "{1t}: neuron {2n} of layer {0n}",
    "queries": "{2t}: number {3n} of its query in head {1n} of layer {0n}",
    "keys": "{2t}: number {3n} of its key in head {1n} of layer {0n}",
    "values": "{2t}: number {3n} of its value vector in head {1n} of layer {0n}",
    "scores": "the score of {2t} (query) and {3t} (key) in head {1n} of layer {0n}",
    "dot_product": "query · key of {2t} and {3t} in head {1n} of layer {0n}",
    "pattern": "how much of its attention {2t} gives to {3t} in head {1n} of layer {0n}",
    "word_attention": "how much of its attention {2t} gives to {3w} in head {1n} of layer {0n}",
    "head_updates": "{2t}: number {3n} of what head {1n} of layer {0n} adds to it",
    "weighted_value": "number {4n} of the value of {3t} times the weight {2t} gives it, in head {1n} of layer {0n}",
    "gathered_value": "{2t}: number {3n} of what head {1n} of layer {0n} gathers for it",
    "update_share": "the part of {2t} in what attention brings to {1t} in layer {0n}",
    "word_update_share": "the part of {2w} in what attention brings to {1t} in layer {0n}",
    "head_share": "the part of {3t} in what head {1n} of layer {0n} brings to {2t}",
    "ink": "how much of {1t} comes from {2t} {0p}",
    "word_ink": "how much of {1t} comes from {2w} {0p}",
    "angle": "{2t}: degrees its vector turns from {0p} to {1p}",
    "cosine": "{2t}: cosine of its vector {0p} and {1p}",
    "probability": "the chance the model gives {2v} after {1t}, read {0p}",
    "logits": "the logit of {2v} after {1t}, read {0p}",
}
COUNTS = {
    "count.width": "how many numbers a vector of this model has",
    "count.layers": "how many layers this model has",
    "count.heads": "how many heads each layer of this model has",
    "count.head_width": "how many numbers a query, key or value has",
    "count.parameters": "how many weights this model has",
    "count.tokens": "how many pieces this text has",
    "count.words": "how many words this text has",
}
SLOT = re.compile(r"\{(\d)([twnpv])\}")


def meaning(path: str, trace: "Trace") -> str:
    """The meaning of a path, or "" where these few words have none for it.

    `trace` is the reading the path leads into. Layers and heads are counted from 1, as everywhere on the screen.
    """
    if path in COUNTS:
        return COUNTS[path]
    if path.startswith(("text[", "token[")):
        return "a piece of the text"
    if path.startswith(("layer[", "head[")):
        return f"which {path.partition('[')[0]} this is, counted from 1"
    parts = PATH.fullmatch(path)
    if not parts or parts["name"] not in MEANINGS:
        return ""
    numbers = [int(n) for group in ("layer", "arguments", "indices") if parts[group] for n in parts[group].split(",")]
    return SLOT.sub(lambda slot: _said(slot[2], numbers[int(slot[1])], trace), MEANINGS[parts["name"]])


def _quoted(trace: "Trace", token: int, text: str) -> str:
    return "REST (the start token)" if trace.tokens[token].special else f"“{text.strip() or '␣'}”"


def _said(kind: str, number: int, trace: "Trace") -> str:
    if kind == "n":
        return str(number + 1)
    if kind == "p":
        return f"after layer {number}" if number else "before layer 1"
    if kind == "t":
        return _quoted(trace, number, trace.tokens[number].text)
    if kind == "w":
        return _quoted(trace, trace.words[number].tokens[0], trace.words[number].text)
    return f"“{trace.opened_model.tokenizer.text(number)}”"
