"""Every scene stands every sentence: the audit finds nothing, or the scene says in one sentence why it cannot.

One word and one sentence are tried each time; all of them by

    ./soakup test -m corpus
"""

import pytest

from soakup.check import check
from soakup.errors import is_ours
from soakup.scenes import SCENES

from .corpus import ALL, FIRST

CASES = [(scene, text, "dark") for scene in SCENES for text in ALL]
CASES += [(scene, FIRST[-1], "light") for scene in SCENES]


def marks(text: str, theme: str) -> list[pytest.MarkDecorator]:
    return [] if text in FIRST and theme == "dark" else [pytest.mark.corpus]


def test_the_corpus_is_of_many_kinds():
    assert len(set(ALL)) == len(ALL) >= 40


@pytest.mark.parametrize(("scene", "text", "theme"), [pytest.param(*case, marks=marks(*case[1:])) for case in CASES])
def test_nothing_is_wrong(scene, text, theme):
    try:
        found = check(scene, {"text": text, "theme": theme}).faults
    except ValueError as error:
        assert is_ours(error), error
        assert text not in FIRST
        assert "\n" not in str(error)
        return
    assert [str(fault) for fault in found] == []
