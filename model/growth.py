"""A wider model that begins as the same function: nothing learned is lost when a model grows.

After Net2Net (Chen et al. 2016, https://arxiv.org/abs/1511.05641), for a stream that is normed by its root mean square:

* what the old layers write into the new entries of the stream is zero, so these begin empty;
* new heads and neurons write nothing at first, but read, so that they can learn;
* with as much in more entries the root mean square falls by √(d/d′), so the stream is scaled by √(d/d′), which leaves
  an unembedding by the same table as it was, and whatever reads a normed stream is scaled likewise.
"""

import torch
from torch import Tensor

from soakup.model.errors import ModelError
from soakup.model.transformer import Config, Transformer
from soakup.model.weights import MATRICES, OwnWeights, as_transformer


def grown(weights: OwnWeights, config: Config, seed: int = 0) -> Transformer:
    """A model of the shape `config` whose logits are those of `weights`, to rounding.

    Width, heads, and the context of rotary positions may be larger than before; all else must be the same. Raises
    ModelError where it is not. What is new and reads is drawn at random by `seed`, as large as what was there.
    """
    before = Config(**weights.config)
    if before.positions != "rotary" or config.positions != "rotary":
        raise ModelError("only a model with rotary positions can be trained on in another shape")
    for name in ("vocabulary", "layers", "head_width"):
        if getattr(before, name) != getattr(config, name):
            raise ModelError(
                f"a model can grow in width, in heads of the same width, and in context: its {name.replace('_', ' ')} "
                f"is {getattr(before, name)} and stays so, but {getattr(config, name)} is asked for"
            )
    if config.width < before.width or config.context < before.context:
        raise ModelError(
            f"a model of width {before.width} and context {before.context} cannot shrink to {config.width} and "
            f"{config.context}"
        )
    old, new = as_transformer(weights), Transformer(config)
    smaller = (before.width / config.width) ** 0.5
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        _fill(new.table.zero_(), old.table * smaller)
        for old_layer, new_layer in zip(old.layers, new.layers, strict=True):
            for name in MATRICES:
                matrix, target = getattr(old_layer, name).weight * smaller, getattr(new_layer, name).weight
                writes = name in ("W_O", "W_down")  # into the stream
                target.zero_() if writes else target.normal_(0, float(matrix.std()), generator=random)
                _fill(target, matrix)
    return new


def _fill(large: Tensor, small: Tensor) -> None:
    """Put `small` into the first rows and columns of `large`."""
    large[: small.shape[0], : small.shape[1]] = small
