"""A text that cannot be read or shown is refused in one sentence that says what to do."""

import pytest

from soakup.model.errors import ModelError
from soakup.model.model import Model


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "empty or blank"),
        ("   ", "empty or blank"),
        ("\u200b\ufeff ", "empty or blank"),
        ("one\ntwo", "character 4 of the text is a line break"),
        ("one\u2028two", "line break"),
        ("one\ttwo", "character 4 of the text is a tab"),
        ("a\0b", r"U\+0000"),
        ("\x1b[31mred", r"character 1 of the text is U\+001B"),
        ("a\x7f", r"U\+007F"),
        ("half \ud83d", r"U\+D83D, half a character"),
    ],
)
def test_refused(model: Model, text: str, said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        model.trace(text)
    message = str(caught.value)
    assert message.isprintable() and len(message) < 200


@pytest.mark.parametrize(
    "text", ["<b>&amp;</b> $x_1$ #let [a]", "שלום", "👩‍👧", "e\u0301", "\u202eabc", "100%", "日本"]
)
def test_accepted(model: Model, text: str) -> None:
    assert model.trace(text).text == text


def test_too_long_says_how_long_and_the_limit(model: Model) -> None:
    with pytest.raises(ModelError, match="has 300 tokens and tiny reads at most 255: shorten it"):
        model.trace("the" + " king" * 299)
