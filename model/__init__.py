"""What the transformer computed: the model, its tokenizer and training, and the Trace of one forward pass.

Nothing here needs PyTorch until a text is read or a model is trained, so a saved Trace opens without it.
"""

from typing import TYPE_CHECKING

from soakup.model.errors import ModelError

if TYPE_CHECKING:
    from soakup.model.model import Model

__all__ = ["ModelError", "names", "open"]


def names() -> dict[str, str]:
    """The models there are: each name with one line about it."""
    from soakup.model import catalogue

    return catalogue.names()


def open(name: str = "tiny") -> "Model":
    """The model of that name, or the one in the folder that `soakup train` wrote.

    Raises ModelError, in one sentence, where there is no such model or its files are damaged.
    """
    from soakup.model import catalogue

    return catalogue.open(name)
