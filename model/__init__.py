"""What the transformer computed: the model, its tokenizer and training, and the Trace of one forward pass.

Nothing here needs PyTorch until a text is read or a model is trained, so a saved Trace opens without it.
"""

from typing import TYPE_CHECKING

from soakup.model.errors import ModelError

if TYPE_CHECKING:
    from soakup.model.model import Model
    from soakup.model.trace import Trace

__all__ = ["ModelError", "names", "open", "read"]


def names() -> dict[str, str]:
    """The models there are: each name with one line about it."""
    from soakup.model import catalogue

    return catalogue.names()


def open(name: str = "tiny") -> "Model":
    """The model of that name (see `soakup models`), or the one in a folder: one that `soakup train` wrote, or any
    decoder in the Hugging Face layout.

    Raises ModelError, in one sentence, where there is no such model or its files are damaged.
    """
    from soakup.model import catalogue

    return catalogue.open(name)


def read(text: str, model: str = "tiny") -> "Trace":
    """The trace of a text as scenes show it, with BOS in front where the model has one: kept from an earlier reading,
    or read now.

    Raises ModelError, in one sentence, where there is no such model or the text cannot be read.
    """
    from soakup.model import catalogue

    return catalogue.read(text, model)
