"""Text to tokens and back: a byte-level BPE (Sennrich et al. 2016, https://arxiv.org/abs/1508.07909).

Its alphabet holds all 256 bytes, so any Unicode text becomes tokens and comes back unchanged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer as FastTokenizer
from tokenizers import decoders, models, pre_tokenizers, trainers

from soakup.model.files import write_whole

BOS = "<bos>"


@dataclass(frozen=True)
class Token:
    """One token: its own text, its id in the vocabulary, and the span of characters of the input it comes from.

    A character whose bytes fall into several tokens gives them all the same span; the BOS token has an empty one.
    """

    text: str
    id: int
    start: int
    end: int
    special: bool = False


class Tokenizer:
    """A trained BPE, opened from its `tokenizer.json`."""

    def __init__(self, fast: FastTokenizer) -> None:
        bos = fast.token_to_id(BOS)
        if bos is None:
            raise ValueError(f"it has no {BOS} token")
        self.fast, self.bos = fast, bos

    @classmethod
    def open(cls, path: Path) -> "Tokenizer":
        return cls(FastTokenizer.from_file(str(path)))

    @classmethod
    def train(cls, texts: Iterable[str], vocabulary: int) -> "Tokenizer":
        """Learn `vocabulary` tokens (the 256 bytes and BOS among them) from texts."""
        fast = FastTokenizer(models.BPE())
        fast.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        fast.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(
            vocab_size=vocabulary, special_tokens=[BOS], initial_alphabet=alphabet, show_progress=False
        )
        fast.train_from_iterator(texts, trainer)
        return cls(fast)

    @property
    def size(self) -> int:
        """How many tokens there are, BOS among them."""
        return self.fast.get_vocab_size()

    def text(self, id: int) -> str:
        """The text of one entry of the vocabulary; bytes that are no character by themselves become U+FFFD."""
        return BOS if id == self.bos else self.decode([id])

    def encode(self, text: str) -> list[Token]:
        """The tokens of a text, BOS in front. Markup that spells a special token is ordinary text here."""
        self.fast.encode_special_tokens = True
        encoding = self.fast.encode(text, add_special_tokens=False)
        tokens = [Token(BOS, self.bos, 0, 0, special=True)]
        for id, (start, end) in zip(encoding.ids, encoding.offsets, strict=True):
            tokens.append(Token(text[start:end], id, start, end))
        return tokens

    def decode(self, ids: Iterable[int]) -> str:
        """The text of token ids, special tokens left out; bytes that are no character become U+FFFD."""
        return self.fast.decode(list(ids), skip_special_tokens=True)

    def save(self, path: Path) -> None:
        write_whole(path, self.fast.to_str(pretty=True).encode())
