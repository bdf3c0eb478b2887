"""Every scene stands every sentence: the audit finds nothing, or the scene says in one sentence why it cannot.

One word and one sentence are tried each time; all of them by

    ./soakup test -m corpus
"""

import pytest

from soakup.check import check
from soakup.errors import is_ours
from soakup.scenes import SCENES
from soakup.scenes.screen import SIZES

from .corpus import ALL, FIRST

CASES = [(scene, text, "dark", size) for scene in SCENES for text in ALL for size in SIZES]
CASES += [(scene, FIRST[-1], "light", "16:9") for scene in SCENES]


def marks(text: str, theme: str, size: str) -> list[pytest.MarkDecorator]:
    always = (text in FIRST and size == "16:9") or (text == FIRST[-1] and size == "9:16")
    return [] if always and theme == "dark" else [pytest.mark.corpus]


def test_the_corpus_is_of_many_kinds():
    assert len(set(ALL)) == len(ALL) >= 40


@pytest.mark.parametrize(
    ("scene", "text", "theme", "size"), [pytest.param(*case, marks=marks(*case[1:])) for case in CASES]
)
def test_nothing_is_wrong(scene, text, theme, size):
    try:
        found = check(scene, {"text": text, "theme": theme, "size": size}).faults
    except ValueError as error:
        assert is_ours(error), error
        assert text not in FIRST
        assert "\n" not in str(error)
        return
    assert [str(fault) for fault in found] == []
