"""The windows a model is trained on: cut from the corpus, some beginning a paragraph, some with a passage twice."""

import numpy as np
import pytest

from soakup.model.tokenizer import Tokenizer
from soakup.model.windows import SHORTEST, Windows

PARAGRAPHS = [f"{name} went up the hill, and nobody saw {name} come down." for name in ("Jack", "Jill", "Tom", "Ann")]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.train(PARAGRAPHS, 300)


@pytest.fixture(scope="module")
def ids(tokenizer: Tokenizer) -> np.ndarray:
    return np.array(tokenizer.fast.encode("\n\n".join(PARAGRAPHS * 30)).ids, dtype=np.uint16)


def test_windows_are_passages_of_the_corpus(ids: np.ndarray, tokenizer: Tokenizer) -> None:
    corpus = ids.tobytes()
    for window in Windows(ids, 20, tokenizer, openings=0, returns=0, seed=0).draw(50):
        assert window.astype(np.uint16).tobytes() in corpus


def test_opening_windows_begin_where_a_paragraph_does(ids: np.ndarray, tokenizer: Tokenizer) -> None:
    starts = {p.split()[0] for p in PARAGRAPHS}
    for window in Windows(ids, 20, tokenizer, openings=1, returns=0, seed=0).draw(50):
        assert tokenizer.decode(window).split()[0] in starts


def test_a_passage_comes_back_later_in_the_same_window() -> None:
    letters = np.arange(299, dtype=np.uint16)  # no token stands twice, so what does was put there
    windows = Windows(letters, 40, Tokenizer.train(PARAGRAPHS, 300), openings=0, returns=1, seed=0)
    shuffled = 0
    for window in windows.draw(100):
        twice = [i for i in range(40) if window[i] in window[:i]]
        assert len(twice) >= SHORTEST
        assert twice == list(range(twice[0], twice[-1] + 1))
        first = [int(np.flatnonzero(window[:i] == window[i])[0]) for i in twice]
        assert first == list(range(first[0], first[-1] + 1))
        shuffled += list(window[first]) != sorted(window[first])
    assert 30 <= shuffled <= 70


def test_the_draw_goes_on_from_where_it_stood(ids: np.ndarray, tokenizer: Tokenizer) -> None:
    windows, again = (Windows(ids, 20, tokenizer, openings=0.3, returns=0.5, seed=seed) for seed in (1, 2))
    windows.draw(10)
    state = windows.state()
    expected = windows.draw(10)
    again.go_on_from(state)
    assert (again.draw(10) == expected).all()
