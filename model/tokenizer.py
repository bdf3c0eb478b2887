"""Text to tokens and back: our own byte-level BPE (Sennrich et al. 2016, https://arxiv.org/abs/1508.07909), and the
tokenizers of other people's models.

The alphabet of ours holds all 256 bytes, so any Unicode text becomes tokens and comes back unchanged.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from tokenizers import Tokenizer as FastTokenizer
from tokenizers import decoders, models, pre_tokenizers, trainers

from soakup.model.files import write_whole

BOS = "<bos>"
SPACE = "▁"  # how SentencePiece writes the space in front of a word


@dataclass(frozen=True)
class Token:
    """One token: its own text, its id in the vocabulary, and the span of characters of the input it comes from.

    A character whose bytes fall into several tokens gives them all the same span; a special token has an empty one.
    White space in front of a token belongs to it, whether or not the tokenizer says so.
    """

    text: str
    id: int
    start: int
    end: int
    special: bool = False


class Tokenizer:
    """A trained tokenizer, opened from its `tokenizer.json`. `bos` is the id of its BOS token, None without one."""

    def __init__(self, fast: FastTokenizer, bos: int | None = None) -> None:
        self.fast, self.bos = fast, bos
        fast.no_padding()
        fast.no_truncation()
        self._special = {id for id, token in fast.get_added_tokens_decoder().items() if token.special}

    @classmethod
    def open(cls, path: Path) -> "OwnTokenizer":
        """One of our own, which puts BOS in front of every text."""
        return OwnTokenizer(FastTokenizer.from_file(str(path)))

    @classmethod
    def train(cls, texts: Iterable[str], vocabulary: int) -> "OwnTokenizer":
        """Learn `vocabulary` tokens (the 256 bytes and BOS among them) from texts."""
        fast = FastTokenizer(models.BPE())
        fast.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        fast.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(
            vocab_size=vocabulary, special_tokens=[BOS], initial_alphabet=alphabet, show_progress=False
        )
        fast.train_from_iterator(texts, trainer)
        return OwnTokenizer(fast)

    @property
    def size(self) -> int:
        """How many tokens there are, BOS among them."""
        return self.fast.get_vocab_size()

    def is_special(self, id: int) -> bool:
        """Whether a token is one that no text is made of, BOS for one."""
        return id in self._special or id == self.bos

    def text(self, id: int) -> str:
        """The text of one entry of the vocabulary; bytes that are no character by themselves become U+FFFD, and an
        entry beyond the last token, which only fills up the table, is empty."""
        piece = self.fast.id_to_token(id)
        if piece is None or id in self._special:
            return piece or ""
        return piece.replace(SPACE, " ") if SPACE in piece else self.decode([id])

    def encode(self, text: str, bos: bool = False) -> list[Token]:
        """The tokens of a text, with the special ones that the tokenizer puts there of its own accord; with `bos`, the
        BOS token stands in front in any case, where there is one. Markup that spells a special token is ordinary text
        here."""
        self.fast.encode_special_tokens = True
        encoding = self.fast.encode(text)
        tokens: list[Token] = []
        at = 0  # the text is used up to here
        for id, (start, end), special in zip(encoding.ids, encoding.offsets, encoding.special_tokens_mask, strict=True):
            if special:
                tokens.append(Token(self.text(id), id, at, at, special=True))
                continue
            start = min(start, at)  # tokenizers differ in whether a token's span has the space in front of it
            at = max(at, end)
            tokens.append(Token(text[start:end], id, start, end))
        if at < len(text) and (own := [i for i, token in enumerate(tokens) if not token.special]):
            last = own[-1]
            tokens[last] = replace(tokens[last], text=text[tokens[last].start :], end=len(text))
        if bos and self.bos is not None and not (tokens and tokens[0].special):
            tokens.insert(0, Token(self.text(self.bos), self.bos, 0, 0, special=True))
        return tokens

    def decode(self, ids: Iterable[int]) -> str:
        """The text of token ids, special tokens left out; bytes that are no character become U+FFFD."""
        return self.fast.decode(list(ids), skip_special_tokens=True)

    def save(self, path: Path) -> None:
        write_whole(path, self.fast.to_str(pretty=True).encode())


class OwnTokenizer(Tokenizer):
    """The tokenizer of a model of our own, which was trained with BOS in front of every text."""

    bos: int

    def __init__(self, fast: FastTokenizer) -> None:
        bos = fast.token_to_id(BOS)
        if bos is None:
            raise ValueError(f"it has no {BOS} token")
        super().__init__(fast, bos)

    def encode(self, text: str, bos: bool = True) -> list[Token]:
        return super().encode(text, bos=True)
