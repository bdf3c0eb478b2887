"""A decoder-only transformer, small enough to read in one sitting, that keeps everything it computes.

The axes, used under these names in code, captions, manifests and tests alike:

    B  batch        T  tokens        d  model width        V  vocabulary
    L  layers       H  heads         k  head width = d/H   m  feed-forward width = 4d

It is the textbook model of Vaswani et al. (2017), https://arxiv.org/abs/1706.03762, as decoders are built today:

* the norm stands before each block (Xiong et al. 2020, https://arxiv.org/abs/2002.04745) and is RMS norm without a
  gain (Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467);
* positions enter by turning queries and keys (RoPE, Su et al. 2021, https://arxiv.org/abs/2104.09864);
* the embedding W_E and the unembedding W_U are one table (Press & Wolf 2017, https://arxiv.org/abs/1608.05859);
* there are no biases anywhere, and no dropout.

So every step is: x = W_E[token]; in each layer x = x + attention(norm(x)), x = x + feed_forward(norm(x)); and at the
end logits = W_U · norm(x).
"""

from dataclasses import asdict, dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Config:
    """The shape of a model. `positions` is "rotary", or "learned" for a position vector added to the embedding."""

    vocabulary: int = 8192
    context: int = 128
    layers: int = 4
    heads: int = 6
    width: int = 192
    positions: str = "rotary"

    @property
    def head_width(self) -> int:
        return self.width // self.heads

    def as_dict(self) -> dict:
        return asdict(self)


@dataclass
class LayerRecord:
    """Every intermediate value of one layer, named as in the Trace. All have the batch axis B in front."""

    attention_input: Tensor  # (B, T, d)  the residual stream after the norm
    projected_queries: Tensor  # (B, H, T, k)  W_Q x
    projected_keys: Tensor  # (B, H, T, k)  W_K x
    queries: Tensor  # (B, H, T, k)  turned by position
    keys: Tensor  # (B, H, T, k)  turned by position
    values: Tensor  # (B, H, T, k)  W_V x
    scores: Tensor  # (B, H, T, T)  q·k/√k, before the mask
    pattern: Tensor  # (B, H, T, T)  after mask and softmax; rows are queries
    attention_update: Tensor  # (B, T, d)  what attention adds to the stream
    mlp_input: Tensor  # (B, T, d)  the stream after the second norm
    neurons: Tensor  # (B, T, m)  after the GELU
    mlp_update: Tensor  # (B, T, d)  what the feed-forward block adds
    residual: Tensor  # (B, T, d)  the stream when the layer is done


@dataclass
class Record:
    """Every intermediate value of one forward pass."""

    embedding: Tensor  # (B, T, d)
    layers: list[LayerRecord]
    final: Tensor  # (B, T, d)  the last residual after the norm
    logits: Tensor  # (B, T, V)


def rms_norm(x: Tensor) -> Tensor:
    """Scale the last axis to a root mean square of 1 (any shape; no learned gain)."""
    return F.rms_norm(x, x.shape[-1:], eps=1e-6)


def rotation(context: int, k: int, base: float = 10_000.0) -> tuple[Tensor, Tensor]:
    """Cosines and sines, each (T, k/2), of the angle by which position t turns the i-th pair of coordinates."""
    speed = base ** (-torch.arange(0, k, 2, dtype=torch.float32) / k)  # (k/2,)
    angle = torch.arange(context, dtype=torch.float32)[:, None] * speed  # (T, k/2)
    return angle.cos(), angle.sin()


def turn(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn each pair (x_i, x_{i+k/2}) of a (..., T, k) tensor by its angle."""
    a, b = x.chunk(2, dim=-1)  # (..., T, k/2) each
    return torch.cat((a * cos - b * sin, a * sin + b * cos), dim=-1)


class Layer(nn.Module):
    """Attention, then the feed-forward block; each reads a normed copy of the stream and adds its update to it."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        d = config.width
        self.heads = config.heads
        self.W_Q = nn.Linear(d, d, bias=False)
        self.W_K = nn.Linear(d, d, bias=False)
        self.W_V = nn.Linear(d, d, bias=False)
        self.W_O = nn.Linear(d, d, bias=False)
        self.W_up = nn.Linear(d, 4 * d, bias=False)
        self.W_down = nn.Linear(4 * d, d, bias=False)
        # A new layer adds nothing: training starts from the identity.
        nn.init.zeros_(self.W_O.weight)
        nn.init.zeros_(self.W_down.weight)

    def forward(self, x: Tensor, turning: tuple[Tensor, Tensor] | None, mask: Tensor) -> LayerRecord:
        B, T, d = x.shape
        split = (B, T, self.heads, d // self.heads)

        attention_input = rms_norm(x)  # (B, T, d)
        projected_queries = self.W_Q(attention_input).view(split).transpose(1, 2)  # (B, H, T, k)
        projected_keys = self.W_K(attention_input).view(split).transpose(1, 2)  # (B, H, T, k)
        values = self.W_V(attention_input).view(split).transpose(1, 2)  # (B, H, T, k)
        queries, keys = projected_queries, projected_keys
        if turning is not None:
            queries, keys = turn(queries, *turning), turn(keys, *turning)

        scores = queries @ keys.transpose(-1, -2) * (d // self.heads) ** -0.5  # (B, H, T, T)
        pattern = scores.masked_fill(mask, float("-inf")).float().softmax(-1).to(scores.dtype)  # (B, H, T, T)
        mixed = (pattern @ values).transpose(1, 2).reshape(B, T, d)  # (B, T, d)
        attention_update = self.W_O(mixed)  # (B, T, d)

        x = x + attention_update  # (B, T, d)
        mlp_input = rms_norm(x)  # (B, T, d)
        neurons = F.gelu(self.W_up(mlp_input))  # (B, T, m)
        mlp_update = self.W_down(neurons)  # (B, T, d)
        x = x + mlp_update  # (B, T, d)

        return LayerRecord(
            attention_input,
            projected_queries,
            projected_keys,
            queries,
            keys,
            values,
            scores,
            pattern,
            attention_update,
            mlp_input,
            neurons,
            mlp_update,
            residual=x,
        )


class Transformer(nn.Module):
    """tokens (B, T) of int64 → Record. A window starts with the BOS token; T may not exceed the context."""

    cos: Tensor  # (context, k/2)
    sin: Tensor  # (context, k/2)
    mask: Tensor  # (context, context)

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.table = nn.Parameter(torch.randn(config.vocabulary, config.width) * 0.02)  # (V, d)  W_E and W_U
        if config.positions == "learned":
            self.position = nn.Parameter(torch.randn(config.context, config.width) * 0.02)  # (T, d)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        cos, sin = rotation(config.context, config.head_width)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        mask = torch.ones(config.context, config.context, dtype=torch.bool).triu(1)  # True where a token would peek
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, tokens: Tensor) -> Record:
        T = tokens.shape[1]
        embedding = self.table[tokens]  # (B, T, d)
        turning = None
        if self.config.positions == "learned":
            embedding = embedding + self.position[:T]  # (B, T, d)
        else:
            turning = (self.cos[:T], self.sin[:T])
        x, layers = embedding, []
        for layer in self.layers:
            layers.append(layer(x, turning, self.mask[:T, :T]))
            x = layers[-1].residual
        final = rms_norm(x)  # (B, T, d)
        return Record(embedding, layers, final, logits=final @ self.table.T)  # (B, T, V)

    def matrices(self) -> list[nn.Parameter]:
        """What Muon trains: the matrices inside the layers."""
        return [p for layer in self.layers for p in layer.parameters()]
