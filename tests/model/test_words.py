"""Tokens make up the words a person would point at, in any script."""

import pytest

from soakup.model.model import Model
from soakup.model.tokenizer import Token
from soakup.model.words import Word, words


@pytest.mark.parametrize(
    "text, expected",
    [
        ("A fluffy blue creature roamed", ["A", "fluffy", "blue", "creature", "roamed"]),
        ("He said: “Hello, dear!”", ["He", "said", ":", "“", "Hello", ",", "dear", "!”"]),
        ("the king's horse, the dogs' tails", ["the", "king's", "horse", ",", "the", "dogs", "'", "tails"]),
        ("it’s five o'clock", ["it’s", "five", "o'clock"]),
        ("'golden-haired' girl", ["'", "golden", "-", "haired", "'", "girl"]),
        ("3D costs 12.50", ["3D", "costs", "12", ".", "50"]),
        ("two  spaces and an end ", ["two", "spaces", "and", "an", "end"]),
        ("naïve élan e\u0301tude", ["naïve", "élan", "e\u0301tude"]),
        ("日本語 and ไทย", ["日", "本", "語", "and", "ไ", "ท", "ย"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("שלום עולם", ["שלום", "עולם"]),
        ("hi 👩‍👧!", ["hi", "👩‍👧!"]),
        ("<bos> x", ["<", "bos", ">", "x"]),
    ],
)
def test_words(model: Model, text: str, expected: list[str]) -> None:
    found = words(text, model.tokenizer.encode(text))
    assert found[0] == Word("<bos>", (0,))
    assert [word.text for word in found[1:]] == expected


@pytest.mark.parametrize("text", ["a", " ", "  x  ", "'", "日本", "🙂🙂 🙂", "a\u0301b", "don't—stop ’til", "x\u200dy"])
def test_every_token_is_in_exactly_one_word_in_order(model: Model, text: str) -> None:
    tokens = model.tokenizer.encode(text)
    assert [i for word in words(text, tokens) for i in word.tokens] == list(range(len(tokens)))


def test_pieces_of_one_character_stay_together(model: Model) -> None:
    tokens = model.tokenizer.encode("本")
    assert len(tokens) == 4, "three bytes and BOS"
    assert words("本", tokens)[1] == Word("本", (1, 2, 3))


def test_a_token_that_ends_one_character_and_begins_the_next_joins_them() -> None:
    tokens = [Token("本", 1, 0, 1), Token("本語", 2, 0, 2), Token("語", 3, 1, 2)]
    assert words("本語", tokens) == (Word("本語", (0, 1, 2)),)


def test_a_trace_has_the_words_of_its_text(trace) -> None:
    assert " ".join(word.text for word in trace.words[1:]) == trace.text
