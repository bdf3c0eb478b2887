"""A model that is open: its weights, its tokenizer, and the reading of a text into a Trace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from soakup.model import text as texts
from soakup.model.errors import ModelError
from soakup.model.tokenizer import Token, Tokenizer
from soakup.model.trace import LAYER_ARRAYS, LayerTrace, ModelCard, Trace
from soakup.model.weights import Array, OwnWeights, Weights, as_transformer, read_only

if TYPE_CHECKING:
    from soakup.model.transformer import Transformer


@dataclass(frozen=True)
class Computed:
    """What one forward pass computed: the embedding (T, d), each layer's arrays by name, and the last norm (T, d)."""

    embedding: npt.ArrayLike
    layers: Sequence[Mapping[str, npt.ArrayLike]]
    final: npt.ArrayLike


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Model(ModelCard):
    """A model ready to read. PyTorch is imported when the first text is."""

    weights: Weights
    tokenizer: Tokenizer

    LIBRARIES: ClassVar[tuple[str, ...]] = (
        "soakup",
        "torch",
        "numpy",
        "tokenizers",
    )  # on whose versions the numbers may depend

    @property
    def card(self) -> ModelCard:
        return ModelCard(*(getattr(self, field.name) for field in fields(ModelCard)))

    def trace(self, text: str, *, bos: bool = False) -> Trace:
        """Read a text and keep everything computed on the way.

        The special tokens are those that the tokenizer itself adds; with `bos`, BOS stands in front in any case, where
        the model has one. Raises ModelError, in one sentence, where the text is blank, too long or cannot be shown.
        """
        texts.check(text)
        tokens = tuple(self.tokenizer.encode(text, bos))
        if len(tokens) > self.context:
            special = sum(token.special for token in tokens)
            raise ModelError(
                f"the text has {len(tokens) - special:,} tokens and {self.name} reads at most "
                f"{self.context - special}: shorten it"
            )
        computed = self.run(tokens)
        return Trace(
            text=text,
            tokens=tokens,
            model=self.card,
            versions={name: version(name) for name in self.LIBRARIES},
            embedding=read_only(computed.embedding),
            layers=tuple(self._layer(number, arrays) for number, arrays in enumerate(computed.layers)),
            final=read_only(computed.final),
            find_model=lambda: self,
        )

    def run(self, tokens: Sequence[Token]) -> Computed:
        """One forward pass over the tokens, on one thread: sums are taken in one order, so the same tokens give the
        same numbers. Raises ModelError where the model cannot be run."""
        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            with torch.no_grad():
                return self.compute(tokens)
        finally:
            torch.set_num_threads(threads)

    def compute(self, tokens: Sequence[Token]) -> Computed:
        """What `run` runs."""
        raise NotImplementedError

    def _layer(self, number: int, computed: Mapping[str, npt.ArrayLike]) -> LayerTrace:
        arrays = {name: read_only(computed[name]) for name in LAYER_ARRAYS}

        def compute_head_updates() -> np.ndarray:
            updates = head_updates(arrays["pattern"], arrays["values"], self.weights.layers[number].W_O)
            return updates * arrays["attention_scale"]

        return LayerTrace(**arrays, compute_head_updates=compute_head_updates)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OwnModel(Model):
    """A model of our own, read by our own transformer."""

    weights: OwnWeights

    @cached_property
    def transformer(self) -> "Transformer":
        return as_transformer(self.weights)

    def compute(self, tokens: Sequence[Token]) -> Computed:
        import torch

        record = self.transformer(torch.tensor([[token.id for token in tokens]]))
        plain: dict[str, npt.ArrayLike] = {
            "score_scale": np.float32(self.head_width**-0.5),
            "attention_bias": np.zeros(self.width, np.float32),
            "attention_scale": np.ones((len(tokens), self.width), np.float32),
        }
        layers = [
            plain | {name: getattr(layer, name)[0] for name in LAYER_ARRAYS if name not in plain}
            for layer in record.layers
        ]
        return Computed(record.embedding[0], layers, record.final[0])


def head_updates(pattern: Array, values: Array, W_O: Array) -> np.ndarray:
    """(H, T, d): the part of attention's update that each head writes, its values mixed and put through its part of
    the output projection (pattern (H, T, T), values (H, T, k), W_O (d, H·k)), before any norm that follows."""
    H, _, k = values.shape
    by_head = W_O.reshape(-1, H, k).transpose(1, 2, 0)  # (H, k, d)
    return pattern @ values @ by_head
