"""The forward pass written a second time, in plain numpy and double precision, from nothing but the weights file."""

import math

import numpy as np
from safetensors.numpy import load_file

from soakup.model.trace import Trace


def norm(x: np.ndarray) -> np.ndarray:
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-6)


def forward(w: dict[str, np.ndarray], ids: list[int], layers: int, heads: int) -> tuple[list[np.ndarray], np.ndarray]:
    """The stream after 0…L layers, and the logits; token by token and head by head."""
    T, d = len(ids), w["table"].shape[1]
    k = d // heads
    stream = w["table"][ids]
    streams = [stream]
    for layer in range(layers):
        Q, K, V, O, up, down = (
            w[f"layers.{layer}.{name}.weight"] for name in ("W_Q", "W_K", "W_V", "W_O", "W_up", "W_down")
        )
        x, mixed = norm(stream), np.zeros((T, d))
        for h in range(heads):
            own = slice(h * k, (h + 1) * k)
            q, key, v = x @ Q[own].T, x @ K[own].T, x @ V[own].T  # (T, k)
            for t in range(T):
                for i in range(k // 2):
                    angle = t / 10_000 ** (2 * i / k)
                    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
                    pair = [i, i + k // 2]
                    q[t, pair], key[t, pair] = turn @ q[t, pair], turn @ key[t, pair]
            for t in range(T):
                scores = key[: t + 1] @ q[t] / math.sqrt(k)
                weights = np.exp(scores - scores.max())
                mixed[t, own] = weights @ v[: t + 1] / weights.sum()
        stream = stream + mixed @ O.T
        hidden = norm(stream) @ up.T
        gelu = 0.5 * hidden * (1 + np.vectorize(math.erf)(hidden / math.sqrt(2)))
        stream = stream + gelu @ down.T
        streams.append(stream)
    return streams, norm(stream) @ w["table"].T


def test_a_second_forward_pass_agrees(any_trace: Trace, untrained_folder) -> None:
    from soakup import assets

    folder = assets.MODELS / "tiny" if any_trace.model.name == "tiny" else untrained_folder
    weights = {name: array.astype(np.float64) for name, array in load_file(folder / "weights.safetensors").items()}
    ids = [token.id for token in any_trace.tokens]
    streams, logits = forward(weights, ids, any_trace.model.layers, any_trace.model.heads)
    for passed, expected in enumerate(streams):
        stream = any_trace.layers[passed - 1].residual if passed else any_trace.embedding
        assert np.abs(stream - expected).max() < 1e-4 * np.abs(expected).max(), f"after {passed} layers"
    assert np.abs(any_trace.logits(any_trace.model.layers) - logits).max() < 1e-4 * np.abs(logits).max()
