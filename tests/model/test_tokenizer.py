"""Any Unicode text becomes tokens and comes back unchanged."""

import random
from pathlib import Path

import pytest

from soakup.model.model import Model
from soakup.model.tokenizer import BOS, Tokenizer


def random_texts(how_many: int) -> list[str]:
    draw = random.Random(0)
    planes = [range(0x20, 0x7F), range(0xA0, 0x250), range(0x300, 0x370), range(0x590, 0xD800), range(0xE000, 0x110000)]
    return ["".join(chr(draw.choice(draw.choice(planes))) for _ in range(draw.randint(0, 30))) for _ in range(how_many)]


@pytest.mark.parametrize("any_tokenizer", ["tiny", "untrained"])
def test_any_unicode_text_comes_back(any_tokenizer: str, model: Model, untrained: Model) -> None:
    tokenizer = (model if any_tokenizer == "tiny" else untrained).tokenizer
    for text in [*random_texts(300), "", " ", "\n\t\0", "e\u0301 é", "👩‍👧", "<bos>", "ﬁ Ⅷ ﷺ", "\ufeffx\u202e"]:
        tokens = tokenizer.encode(text)
        assert tokenizer.decode(token.id for token in tokens) == text
        assert tokens[0].special and not any(token.special for token in tokens[1:])
        assert all(token.text == text[token.start : token.end] for token in tokens[1:])
        spans = sorted({(token.start, token.end) for token in tokens[1:]})
        assert "".join(text[start:end] for start, end in spans) == text


def test_text_that_spells_a_special_token_is_ordinary_text(model: Model) -> None:
    ids = [token.id for token in model.tokenizer.encode("a <bos> b")]
    assert ids.count(model.tokenizer.bos) == 1


def test_every_entry_of_the_vocabulary_has_a_text(model: Model) -> None:
    texts = [model.tokenizer.text(id) for id in range(model.tokenizer.size)]
    assert texts[model.tokenizer.bos] == BOS
    assert all(texts)
    assert texts[model.tokenizer.encode(" king")[1].id] == " king"


def test_a_tokenizer_is_saved_and_opened_again(untrained: Model, tmp_path: Path) -> None:
    untrained.tokenizer.save(tmp_path / "tokenizer.json")
    again = Tokenizer.open(tmp_path / "tokenizer.json")
    assert again.encode("the cat, é!") == untrained.tokenizer.encode("the cat, é!")


def test_training_a_tokenizer_twice_gives_the_same_one() -> None:
    texts = ["the cat sat on the mat and the dog sat by the cat"] * 3
    one, other = (Tokenizer.train(texts, 280) for _ in range(2))
    assert one.fast.to_str() == other.fast.to_str()
    assert 257 < one.size <= 280
