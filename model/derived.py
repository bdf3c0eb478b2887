"""What can be computed from a Trace: named functions, so that a number on the screen can say which one it is.

Every function takes a Trace and whole numbers, returns a read-only float32 array, and computes it once per Trace.
`layer` counts from 0; `passed` says how many layers the stream has been through, 0 (the embedding) to L. A manifest
names an entry of such an array as "ink(4)[5,1]": the function, its numbers, and the indices.

The axes are T tokens, d model width, H heads, V vocabulary, W words. Rows are targets, columns are sources.
"""

import math
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

import numpy as np

from soakup.model.errors import ModelError
from soakup.model.weights import Array, read_only

if TYPE_CHECKING:
    from soakup.model.trace import LayerTrace, Trace

Numbers = ParamSpec("Numbers")
FUNCTIONS: dict[str, Callable[..., Array]] = {}


def derived(
    function: Callable[Concatenate["Trace", Numbers], np.ndarray],
) -> Callable[Concatenate["Trace", Numbers], Array]:
    """Give a function its name in paths, and let each Trace keep what it returned."""

    @wraps(function)
    def kept(trace: "Trace", /, *numbers: Numbers.args, **named: Numbers.kwargs) -> Array:
        key = (function.__name__, *numbers, *named.values())
        if key not in trace.derived_arrays:
            trace.derived_arrays[key] = read_only(function(trace, *numbers, **named))
        return trace.derived_arrays[key]

    FUNCTIONS[function.__name__] = kept
    return kept


@derived
def stream(trace: "Trace", passed: int) -> np.ndarray:
    """(T, d): the residual stream after `passed` layers; after 0 it is the embedding."""
    if not 0 <= passed <= len(trace.layers):
        raise ModelError(f"{passed} layers cannot be passed in a model of {len(trace.layers)}")
    return trace.layers[passed - 1].residual if passed else trace.embedding


@derived
def middle(trace: "Trace", layer: int) -> np.ndarray:
    """(T, d): the residual stream half-way through a layer, after its attention and before its feed-forward block."""
    _has_sum(trace, "stream half-way")
    return stream(trace, layer) + _layer(trace, layer).attention_update


@derived
def logits(trace: "Trace", passed: int) -> np.ndarray:
    """(T, V): W_U · norm(stream after `passed` layers).

    The logit lens (nostalgebraist 2020, https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru); after all L layers, the
    model's own logits.
    """
    _has_sum(trace, "prediction")
    weights = trace.weights
    return weights.logits(trace.final if passed == len(trace.layers) else weights.final_norm(stream(trace, passed)))


@derived
def probability(trace: "Trace", passed: int) -> np.ndarray:
    """(T, V): softmax of the logits after `passed` layers; rows sum to 1."""
    seen = logits(trace, passed)
    raised = np.exp(seen - seen.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


@derived
def probability_beyond(trace: "Trace", passed: int, most: int) -> np.ndarray:
    """(T,): the chance of every piece but the `most` likeliest ones."""
    return np.sort(probability(trace, passed), axis=-1)[:, : max(trace.model.vocabulary - most, 0)].sum(axis=-1)


@derived
def cosine(trace: "Trace", a: int, b: int) -> np.ndarray:
    """(T,): the cosine of the angle each token's vector turns by between `a` and `b` layers passed."""
    before, after = stream(trace, a), stream(trace, b)
    return (before * after).sum(-1) / (np.linalg.norm(before, axis=-1) * np.linalg.norm(after, axis=-1))


@derived
def angle(trace: "Trace", a: int, b: int) -> np.ndarray:
    """(T,): the same as an angle, in degrees."""
    return np.degrees(np.arccos(np.clip(cosine(trace, a, b), -1, 1)))


@derived
def update_norm(trace: "Trace", layer: int) -> np.ndarray:
    """(T,): ‖attention_update‖, the length of what attention adds to each token."""
    return np.linalg.norm(_layer(trace, layer).attention_update, axis=-1)


@derived
def head_update_norm(trace: "Trace", layer: int) -> np.ndarray:
    """(H, T): ‖head_updates‖, the length of what each head adds to each token."""
    return np.linalg.norm(_layer(trace, layer).head_updates, axis=-1)


@derived
def update_part(trace: "Trace", layer: int) -> np.ndarray:
    """(H, T): how much of each token's attention update a head makes up, h·ΔE / ‖ΔE‖², its part along the sum: below 0
    where it points the other way. With `bias_part` they sum to 1; all are 0 where there is no update."""
    record = _layer(trace, layer)
    return _along(record.head_updates, record.attention_update)


@derived
def bias_part(trace: "Trace", layer: int) -> np.ndarray:
    """(T,): how much of each token's attention update the output projection's bias makes up, likewise."""
    record = _layer(trace, layer)
    return _along(record.attention_bias, record.attention_update)


@derived
def head_contribution(trace: "Trace", layer: int) -> np.ndarray:
    """(H, T, T): ‖pattern[h,i,j] · v_hj W_O‖, the length of what head h carries from source j into target i.

    Kobayashi et al. 2020, "Attention is Not Only a Weight", https://arxiv.org/abs/2004.10102.
    """
    scale = _layer(trace, layer).attention_scale
    carried = _carried(trace, layer)
    lengths = np.sqrt(np.square(carried) @ np.square(scale).T)  # (H, source, target)
    return _layer(trace, layer).pattern * lengths.transpose(0, 2, 1)


@derived
def head_share(trace: "Trace", layer: int) -> np.ndarray:
    """(H, T, T): each source's part in what a head carries into a target, by the lengths of `head_contribution`; rows
    sum to 1. Kobayashi et al. 2020, https://arxiv.org/abs/2004.10102."""
    lengths = head_contribution(trace, layer)
    return lengths / lengths.sum(axis=-1, keepdims=True)


@derived
def word_head_share(trace: "Trace", layer: int) -> np.ndarray:
    """(H, T, W): the same with the sources summed by word; rows sum to 1."""
    return _by_word(trace, head_share(trace, layer))


@derived
def contribution(trace: "Trace", layer: int) -> np.ndarray:
    """(T, T): ‖Σ_h pattern[h,i,j] · v_hj W_O‖, the length of what all heads together carry from j into i.

    Kobayashi et al. 2020, https://arxiv.org/abs/2004.10102.
    """
    return np.linalg.norm(_transformed(trace, layer), axis=-1)


@derived
def update_share(trace: "Trace", layer: int) -> Array:
    """(T, T): each source's part in what attention carries into a target, by the lengths of `contribution`; rows sum
    to 1. Kobayashi et al. 2020, https://arxiv.org/abs/2004.10102."""
    lengths = contribution(trace, layer)
    return lengths / lengths.sum(axis=-1, keepdims=True)


@derived
def word_update_share(trace: "Trace", layer: int) -> np.ndarray:
    """(T, W): the same with the sources summed by word; rows sum to 1."""
    return _by_word(trace, update_share(trace, layer))


@derived
def word_contribution(trace: "Trace", layer: int) -> np.ndarray:
    """(T, W): the `contribution` of a source word: ‖Σ_{j in the word} Σ_h pattern[h,i,j] · v_hj W_O‖."""
    transformed = _transformed(trace, layer)  # (T, T, d)
    by_word = [transformed[:, list(word.tokens)].sum(axis=1) for word in trace.words]  # W of (T, d)
    return np.linalg.norm(np.stack(by_word, axis=1), axis=-1)


@derived
def dot_product(trace: "Trace", layer: int) -> np.ndarray:
    """(H, T, T): q·k of every query with every key, as they meet: not yet scaled, and before the mask."""
    record = _layer(trace, layer)
    return record.queries @ record.keys.swapaxes(-1, -2)


@derived
def position_turn(trace: "Trace", layer: int) -> np.ndarray:
    """(H, T): the angle, from 0 to 2π, by which its position turns the first coordinate of each query and the one
    paired with it (RoPE, Su et al. 2021, https://arxiv.org/abs/2104.09864).

    Which one is paired with it differs between models; it is the one with which it keeps its length.
    """
    before, after = _layer(trace, layer).projected_queries, _layer(trace, layer).queries  # (H, T, k)
    kept = np.abs(after[..., :1] ** 2 + after[..., 1:] ** 2 - before[..., :1] ** 2 - before[..., 1:] ** 2)
    pair = [0, 1 + int(kept.sum(axis=(0, 1)).argmin())]
    (a, b), (c, d) = np.moveaxis(before[..., pair], -1, 0), np.moveaxis(after[..., pair], -1, 0)
    return np.arctan2(a * d - b * c, a * c + b * d) % math.tau


@derived
def exponential(trace: "Trace", layer: int, below_largest: int) -> np.ndarray:
    """(H, T, T): e raised to every score, 0 where it is masked: the first half of the softmax.

    Where `below_largest` is 1, the largest score of the same query is first subtracted from each: the weights come out
    the same, and no number is too large.
    """
    record = _layer(trace, layer)
    scores = np.where(record.pattern > 0, record.scores, -np.inf).astype(np.float64)
    return np.exp(scores - below_largest * scores.max(axis=-1, keepdims=True))


@derived
def exponential_sum(trace: "Trace", layer: int, below_largest: int) -> np.ndarray:
    """(H, T): the sum of each query's exponentials, by which they are divided to become weights."""
    return exponential(trace, layer, below_largest).astype(np.float64).sum(axis=-1)


@derived
def attention_sum(trace: "Trace", layer: int) -> np.ndarray:
    """(H, T): the sum of the weights that each query gives; 1, but for rounding."""
    return _layer(trace, layer).pattern.sum(axis=-1)


@derived
def weighted_value(trace: "Trace", layer: int) -> np.ndarray:
    """(H, T, T, k): pattern[h,i,j] · v_hj, each source's value vector times the weight the target gives it."""
    record = _layer(trace, layer)
    return record.pattern[..., None] * record.values[:, None]


@derived
def gathered_value(trace: "Trace", layer: int) -> np.ndarray:
    """(H, T, k): Σ_j pattern[h,i,j] · v_hj, what each head gathers for each target before its output projection."""
    record = _layer(trace, layer)
    return record.pattern @ record.values


@derived
def lesser_weight(trace: "Trace", layer: int, head: int, target: int, most: int) -> np.ndarray:
    """(1,): the attention a target gives, in one head, to all but `most` sources: itself and those it looks at most."""
    weights = _layer(trace, layer).pattern[head, target]
    return weights[by_attention(weights, target)[most:]].sum(keepdims=True)


@derived
def lesser_value(trace: "Trace", layer: int, head: int, target: int, most: int) -> np.ndarray:
    """(k,): what a target gathers, in one head, from all but `most` sources, itself and those it looks at most:
    Σ weight · value."""
    weights = _layer(trace, layer).pattern[head, target]
    return weighted_value(trace, layer)[head, target, by_attention(weights, target)[most:]].sum(axis=0)


def by_attention(weights: np.ndarray, target: int) -> list[int]:
    """The tokens by the attention (T,) that a target gives them, the most first, but before all others itself."""
    return [target, *(j for j in np.argsort(-weights, kind="stable").tolist() if j != target)]


@derived
def other_heads(trace: "Trace", layer: int, head: int) -> np.ndarray:
    """(T, d): what all heads but one add to each token together, and the bias where there is one."""
    record = _layer(trace, layer)
    return record.attention_update - record.head_updates[head]


@derived
def heads_beyond(trace: "Trace", most: int) -> np.ndarray:
    """(1,): how many heads a layer has beyond `most`."""
    return np.array([max(trace.model.heads - most, 0)])


@derived
def word_attention(trace: "Trace", layer: int) -> np.ndarray:
    """(H, T, W): the attention weights with their sources summed by word; rows sum to 1."""
    return _by_word(trace, _layer(trace, layer).pattern)


@derived
def previous_share(trace: "Trace", layer: int) -> np.ndarray:
    """(H,): the attention each head gives to the token just before, averaged over the tokens that have one besides
    BOS; 0 where none has."""
    pattern = _layer(trace, layer).pattern
    first = 1 + trace.tokens[0].special  # the first target whose previous token is text
    before = np.diagonal(pattern, offset=-1, axis1=1, axis2=2)[:, first - 1 :]  # (H, targets)
    return before.mean(axis=-1) if before.size else np.zeros(len(pattern))


@derived
def rest_share(trace: "Trace", layer: int) -> np.ndarray:
    """(H,): the attention each head rests on the first token (the sink), averaged over all later tokens; 0 where
    there are none. Xiao et al. 2024, https://arxiv.org/abs/2309.17453."""
    pattern = _layer(trace, layer).pattern
    resting = pattern[:, 1:, 0]  # (H, targets)
    return resting.mean(axis=-1) if resting.size else np.zeros(len(pattern))


@derived
def rest_contribution(trace: "Trace", layer: int) -> np.ndarray:
    """(H,): the first token's part in what each head carries, by `head_share`, averaged over all later tokens; 0 where
    there are none."""
    resting = head_share(trace, layer)[:, 1:, 0]  # (H, targets)
    return resting.mean(axis=-1) if resting.size else np.zeros(len(resting))


@derived
def back_share(trace: "Trace", layer: int, back: int) -> np.ndarray:
    """(H,): the attention each head gives to the token `back` places before (0 is itself), averaged over the tokens
    that have one besides BOS; 0 where none has."""
    first = int(trace.tokens[0].special)
    pattern = _layer(trace, layer).pattern[:, first:, first:]
    there = np.diagonal(pattern, offset=-back, axis1=1, axis2=2)
    return there.mean(axis=-1) if there.size else np.zeros(len(pattern))


@derived
def duplicate_share(trace: "Trace", layer: int) -> np.ndarray:
    """(H,): the attention that tokens which came before give to where they came, averaged over them; 0 where no token
    comes twice. Olsson et al. 2022, https://arxiv.org/abs/2209.11895."""
    return _to_marked(trace, layer, _repeated(trace))


@derived
def induction_share(trace: "Trace", layer: int) -> np.ndarray:
    """(H,): the attention that tokens which came before give to what followed them then, averaged over them; 0 where no
    token comes twice. The prefix matching of Olsson et al. 2022, https://arxiv.org/abs/2209.11895."""
    return _to_marked(trace, layer, followed(trace))


@derived
def similarity(trace: "Trace", passed: int) -> np.ndarray:
    """(T, T): the cosine between the vectors of every two tokens after `passed` layers, each vector taken from the mean
    of the text's; 0 for special tokens, whose vectors are of another kind."""
    vectors = stream(trace, passed)
    text = np.array([not token.special for token in trace.tokens])
    apart = np.where(text[:, None], vectors - vectors[text].mean(axis=0), 0)
    lengths = np.linalg.norm(apart, axis=-1, keepdims=True)
    unit = apart / np.where(lengths > 0, lengths, 1)
    return unit @ unit.T


@derived
def layer_mixture(trace: "Trace", layer: int) -> np.ndarray:
    """(T, T): how much of each token's vector after this layer's attention comes from each source; rows sum to 1.

    ALTI (Ferrando et al. 2022, https://arxiv.org/abs/2203.04212) for one layer: with the transformed vectors
    T_j = Σ_h pattern[h,i,j] · v_hj W_O, plus the stream x_i itself for j = i, and with y = Σ_j T_j, source j counts
    max(0, ‖y‖₁ − ‖y − T_j‖₁), in proportion. Biases are left out and the feed-forward block does not mix tokens.
    Where no source counts, the token stays itself.
    """
    _has_sum(trace, "mixture")
    transformed = _transformed(trace, layer)  # (T, T, d)
    T = len(transformed)
    transformed[np.arange(T), np.arange(T)] += stream(trace, layer)
    total = transformed.sum(axis=1, keepdims=True)  # (T, 1, d)
    near = np.abs(total).sum(-1) - np.abs(total - transformed).sum(-1)  # (T, T)
    near = np.tril(np.maximum(near, 0))
    counted = near.sum(axis=-1, keepdims=True)
    return np.where(counted > 0, near / np.where(counted > 0, counted, 1), np.eye(T))


@derived
def ink(trace: "Trace", passed: int) -> np.ndarray:
    """(T, T): the layers' mixtures multiplied up, so what each token has soaked up from each input token after
    `passed` layers; after 0 each is only itself. Rows sum to 1. ALTI's roll-out, https://arxiv.org/abs/2203.04212."""
    if passed == 0:
        return np.eye(len(trace.tokens))
    return layer_mixture(trace, passed - 1) @ ink(trace, passed - 1)


@derived
def word_ink(trace: "Trace", passed: int) -> np.ndarray:
    """(T, W): the same with the sources summed by word; rows sum to 1."""
    return _by_word(trace, ink(trace, passed))


@derived
def ink_beyond(trace: "Trace", passed: int, most: int) -> np.ndarray:
    """(T,): what each token holds in all of the words beyond the `most` it holds most of."""
    return np.sort(word_ink(trace, passed), axis=-1)[:, ::-1][:, most:].sum(axis=-1)


@derived
def tokens_within(trace: "Trace", first: int, last: int) -> np.ndarray:
    """(1,): how many tokens a run of neighbours has, from token `first` to token `last`."""
    return np.array([len(range(len(trace.tokens))[_run(trace, first, last)])])


@derived
def ink_within(trace: "Trace", passed: int, first: int, last: int) -> np.ndarray:
    """(T,): what each token holds, by `ink`, of a run of neighbours together."""
    return ink(trace, passed)[:, _run(trace, first, last)].sum(axis=-1)


@derived
def update_share_within(trace: "Trace", layer: int, first: int, last: int) -> np.ndarray:
    """(T,): the part of a run of neighbours, together, in what attention carries into a target, by `update_share`."""
    return update_share(trace, layer)[:, _run(trace, first, last)].sum(axis=-1)


@derived
def attention_within(trace: "Trace", layer: int, first: int, last: int) -> np.ndarray:
    """(H, T): the attention that each target gives to a run of neighbours together."""
    return _layer(trace, layer).pattern[..., _run(trace, first, last)].sum(axis=-1)


@derived
def exponential_within(trace: "Trace", layer: int, below_largest: int, first: int, last: int) -> np.ndarray:
    """(H, T): the sum of e raised to each query's scores with a run of neighbours, by `exponential`."""
    return exponential(trace, layer, below_largest)[..., _run(trace, first, last)].astype(np.float64).sum(axis=-1)


def _along(terms: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """(…, T): the parts that terms (…, T, d) make up of vectors (T, d)."""
    lengths = np.square(whole, dtype=np.float64).sum(axis=-1)
    products = (terms * whole.astype(np.float64)).sum(axis=-1)
    return np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)


def _run(trace: "Trace", first: int, last: int) -> slice:
    if not first <= last < len(trace.tokens):
        raise ModelError(f"no tokens {first} to {last} stand in a text of {len(trace.tokens)}")
    return slice(first, last + 1)


def _layer(trace: "Trace", layer: int) -> "LayerTrace":
    if not 0 <= layer < len(trace.layers):
        raise ModelError(f"there is no layer {layer} in 0…{len(trace.layers) - 1}")
    return trace.layers[layer]


def _carried(trace: "Trace", layer: int) -> np.ndarray:
    """(H, T, d): v_hj W_O, what head h would carry from source j if it gave it all its attention, before any norm."""
    values = _layer(trace, layer).values
    H, _, k = values.shape
    by_head = trace.weights.layers[layer].W_O.reshape(-1, H, k).transpose(1, 2, 0)  # (H, k, d)
    return values @ by_head


def _transformed(trace: "Trace", layer: int) -> np.ndarray:
    """(T, T, d): Σ_h pattern[h,i,j] · v_hj W_O, what attention carries from source j into target i; scaled by the norm
    that follows, in a model that has one there."""
    from_source = _carried(trace, layer).transpose(1, 0, 2)  # (j, H, d)
    pattern = _layer(trace, layer).pattern.transpose(2, 1, 0)  # (j, i, H)
    return (pattern @ from_source).transpose(1, 0, 2) * _layer(trace, layer).attention_scale[:, None]  # (i, j, d)


def _repeated(trace: "Trace") -> np.ndarray:
    """(T, T) of bool: where a token of the text meets an earlier one of the same id."""
    ids = np.array([-1 - i if token.special else token.id for i, token in enumerate(trace.tokens)])
    return np.tril(ids[:, None] == ids, -1)


def followed(trace: "Trace") -> np.ndarray:
    """(T, T) of bool: where a token of the text meets what followed an earlier one of the same id, itself left out."""
    return np.tril(np.roll(_repeated(trace), 1, axis=1), -1)


def _to_marked(trace: "Trace", layer: int, marked: np.ndarray) -> np.ndarray:
    """(H,): the attention given to what is marked (T, T), averaged over the tokens that have something marked."""
    pattern = _layer(trace, layer).pattern
    targets = marked.any(axis=-1)
    given = (pattern * marked).sum(axis=-1)[:, targets]  # (H, targets)
    return given.mean(axis=-1) if given.size else np.zeros(len(pattern))


def _has_sum(trace: "Trace", what: str) -> None:
    if trace.model.kind == "encoder":
        raise ModelError(
            f"there is no {what} in {trace.model.name}: it is an encoder, whose vectors are not the sum of their "
            "updates and predict no token"
        )


def _by_word(trace: "Trace", shares: np.ndarray) -> np.ndarray:
    return np.stack([shares[..., list(word.tokens)].sum(axis=-1) for word in trace.words], axis=-1)
