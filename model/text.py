"""Which texts a model is given: any that can be shown on one line."""

import unicodedata

from soakup.model.errors import ModelError

LINE_BREAKS = {"\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"}


def check(text: str) -> None:
    """Raise ModelError, in one sentence, for a text that cannot be read or shown: blank, or with control characters,
    line breaks, tabs or halves of a character in it."""
    for place, character in enumerate(text, start=1):
        where = f"character {place} of the text"
        kind = unicodedata.category(character)
        if character in LINE_BREAKS:
            raise ModelError(f"{where} is a line break: put a space in its place, since a scene shows one line")
        if character == "\t":
            raise ModelError(f"{where} is a tab: put a space in its place")
        if kind == "Cc":
            raise ModelError(f"{where} is U+{ord(character):04X}, a control character that cannot be shown: remove it")
        if kind == "Cs":
            raise ModelError(f"{where} is U+{ord(character):04X}, half a character: the text is not valid Unicode")
    if all(unicodedata.category(character) in ("Zs", "Cf") for character in text):
        raise ModelError("the text is empty or blank: give a few words")
