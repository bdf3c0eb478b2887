"""A recurrent model to compare with: an LSTM of the transformer's size that reads the same tokens.

Hochreiter & Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735, in layers one above the other. Everything it
knows of the words before is in two vectors of fixed length a layer, h and c; the transformer can look at each of them.
"""

from dataclasses import asdict, dataclass

import torch
import torch.nn as nn
from torch import Tensor


@dataclass(frozen=True)
class LSTMConfig:
    """The shape of a model; `width` is that of the table, `hidden` that of each layer's state."""

    vocabulary: int = 8192
    context: int = 128
    layers: int = 2
    hidden: int = 344
    width: int = 192

    def as_dict(self) -> dict:
        return asdict(self)


@dataclass
class LSTMRecord:
    """What one forward pass gives."""

    embedding: Tensor  # (B, T, d)
    states: Tensor  # (B, T, hidden)  h of the last layer after each token
    final: Tensor  # (B, T, d)
    logits: Tensor  # (B, T, V)


class LSTM(nn.Module):
    """tokens (B, T) of int64 → LSTMRecord. A window starts with the BOS token, and the states with zero."""

    def __init__(self, config: LSTMConfig) -> None:
        super().__init__()
        self.config = config
        self.table = nn.Parameter(torch.randn(config.vocabulary, config.width) * 0.02)  # (V, d)  W_E and W_U
        self.lstm = nn.LSTM(config.width, config.hidden, config.layers, batch_first=True)
        self.W_O = nn.Linear(config.hidden, config.width, bias=False)

    def forward(self, tokens: Tensor) -> LSTMRecord:
        embedding = self.table[tokens]  # (B, T, d)
        states, _ = self.lstm(embedding)  # (B, T, hidden)
        final = self.W_O(states)  # (B, T, d)
        return LSTMRecord(embedding, states, final, logits=final @ self.table.T)  # (B, T, V)

    def matrices(self) -> list[nn.Parameter]:
        """What Muon trains: it makes updates orthogonal, which the stacked matrices of four gates need not be."""
        return []
