"""A model that is open: its weights, its tokenizer, and the reading of a text into a Trace."""

from dataclasses import dataclass, fields
from functools import cached_property, partial
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from soakup.model import text as texts
from soakup.model.errors import ModelError
from soakup.model.tokenizer import Tokenizer
from soakup.model.trace import LAYER_ARRAYS, LayerTrace, ModelCard, Trace
from soakup.model.weights import Array, Weights, as_transformer, read_only

if TYPE_CHECKING:
    from soakup.model.transformer import LayerRecord, Transformer


@dataclass(frozen=True, eq=False, repr=False)
class Model(ModelCard):
    """A model ready to read. PyTorch is imported when the first text is."""

    weights: Weights
    tokenizer: Tokenizer

    @property
    def card(self) -> ModelCard:
        return ModelCard(*(getattr(self, field.name) for field in fields(ModelCard)))

    @cached_property
    def transformer(self) -> "Transformer":
        return as_transformer(self.weights)

    def trace(self, text: str) -> Trace:
        """Read a text, BOS in front, and keep everything computed on the way.

        Raises ModelError, in one sentence, where the text is blank, too long or cannot be shown.
        """
        texts.check(text)
        tokens = tuple(self.tokenizer.encode(text))
        if len(tokens) > self.context:
            raise ModelError(
                f"the text has {len(tokens) - 1:,} tokens and {self.name} reads at most {self.context - 1}: shorten it"
            )

        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # sums are taken in one order, so the same text gives the same numbers
        try:
            with torch.no_grad():
                record = self.transformer(torch.tensor([[token.id for token in tokens]]))
        finally:
            torch.set_num_threads(threads)
        return Trace(
            text=text,
            tokens=tokens,
            model=self.card,
            versions={name: version(name) for name in ("soakup", "torch", "numpy", "tokenizers")},
            embedding=read_only(record.embedding[0]),
            layers=tuple(self._layer(number, layer) for number, layer in enumerate(record.layers)),
            final=read_only(record.final[0]),
            find_model=lambda: self,
        )

    def _layer(self, number: int, record: "LayerRecord") -> LayerTrace:
        computed: dict[str, npt.ArrayLike] = {
            "score_scale": np.float32(self.head_width**-0.5),
            "attention_bias": np.zeros(self.width, np.float32),
        }
        arrays = {
            name: read_only(computed[name] if name in computed else getattr(record, name)[0]) for name in LAYER_ARRAYS
        }
        output = self.weights.layers[number].W_O
        return LayerTrace(
            **arrays, compute_head_updates=partial(head_updates, arrays["pattern"], arrays["values"], output)
        )


def head_updates(pattern: Array, values: Array, W_O: Array) -> np.ndarray:
    """(H, T, d): the part of attention's update that each head writes, its values mixed and put through its part of
    the output projection (pattern (H, T, T), values (H, T, k), W_O (d, d))."""
    H, _, k = values.shape
    by_head = W_O.reshape(-1, H, k).transpose(1, 2, 0)  # (H, k, d)
    return pattern @ values @ by_head
