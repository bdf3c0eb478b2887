"""Tokens to words: what a person would point at, where the tokenizer has made pieces."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from soakup.model.tokenizer import Token

UNSPACED = ("CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
APOSTROPHES = "'’"
JOINER = "\N{ZERO WIDTH JOINER}"


@dataclass(frozen=True)
class Word:
    """A word of the input without the white space around it, and which tokens it is made of."""

    text: str
    tokens: tuple[int, ...]


def words(text: str, tokens: Sequence[Token]) -> tuple[Word, ...]:
    """The words that the tokens of a text make up; every token belongs to exactly one.

    A word begins where white space does, and where letters and digits meet anything else, so punctuation is a word;
    an apostrophe between letters stays inside one. In scripts written without spaces every token is its own word.
    The pieces of one character stay together, and so do white space and what follows it. BOS is a word by itself.
    """
    groups: list[list[int]] = []
    for i, token in enumerate(tokens):
        begins = i == 0 or token.special or tokens[i - 1].special
        if begins or _begins(text, tokens[groups[-1][0]].start, tokens[i - 1], token):
            groups.append([i])
        else:
            groups[-1].append(i)
    if len(groups) > 1 and not _text(text, tokens, groups[-1]) and not tokens[groups[-2][-1]].special:
        last = groups.pop()  # white space at the very end has no word to go before
        groups[-1] += last
    return tuple(Word(_text(text, tokens, group), tuple(group)) for group in groups)


def _begins(text: str, word_start: int, before: Token, token: Token) -> bool:
    """Whether a new word begins at a token, the one so far having begun at `word_start`."""
    here = token.start
    if here < before.end or text[word_start:here].isspace():
        return False
    if text[here].isspace():
        return True
    if unicodedata.category(text[here]).startswith("M") or JOINER in text[here - 1 : here + 1]:
        return False
    if text[here] in APOSTROPHES:
        return not (_in_word(text, here - 1) and _in_word(text, here + 1))
    if text[here - 1] in APOSTROPHES and _in_word(text, here - 2):
        return not _in_word(text, here)
    if _unspaced(text, here) or _unspaced(text, here - 1):
        return True
    return _in_word(text, here - 1) != _in_word(text, here)


def _base(text: str, place: int) -> str:
    """The character at a place, or the one that a combining mark there sits on; "" outside the text."""
    while place > 0 and place < len(text) and unicodedata.category(text[place]).startswith("M"):
        place -= 1
    return text[place] if 0 <= place < len(text) else ""


def _in_word(text: str, place: int) -> bool:
    return _base(text, place).isalnum()


def _unspaced(text: str, place: int) -> bool:
    return unicodedata.name(_base(text, place), "").startswith(UNSPACED)


def _text(text: str, tokens: Sequence[Token], group: list[int]) -> str:
    first, last = tokens[group[0]], tokens[group[-1]]
    return first.text if first.special else text[first.start : last.end].strip()
