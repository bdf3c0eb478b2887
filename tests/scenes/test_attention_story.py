"""The attention chapter is one film of its scenes' beats, in which the words stay."""

import pytest

from soakup.scenes import AttentionStory
from soakup.scenes.tokens import TokenBox

from .truths import captions_owe_their_digits_to_quantities, quantities_are_the_models_own

TEXT = "The old king gave his 2 daughters a small golden key"


@pytest.fixture(scope="module")
def played(play_through):
    """The scene, and at the end of every beat the words that stand in boxes or as text."""
    words = {}

    def look(scene, beat):
        members = [m for mobject in scene.mobjects for m in mobject.get_family()]
        words[beat] = {m.label.text for m in members if isinstance(m, TokenBox)}
        if beat == "title":
            words[beat] = {w.text for w in scene.written.values()}

    return play_through(AttentionStory, look, text=TEXT), words


def test_it_lasts_as_long_as_a_chapter_may(played):
    scene, _ = played
    assert 90 <= scene.beats[-1].end <= 150


def test_the_words_never_leave(played):
    scene, words = played
    assert list(words) == scene.beat_names
    looked_at = {scene.reading.token(*scene.reading.box_with(i)).text for i in scene.reading.tokens if i <= scene.i}
    for beat, shown in words.items():
        assert looked_at <= shown, beat


def test_every_number_is_the_model_s(played):
    captions_owe_their_digits_to_quantities(played[0])
    quantities_are_the_models_own(played[0], more_than=2000, sample=300)


def test_every_chapter_has_its_beats(played):
    scene, _ = played
    assert {"its query", "all scores", "softmax", "added up", "side by side", "V", "closing"} <= set(scene.beat_names)
    assert scene.beats[-1].caption.endswith("the model’s own")


def test_after_softmax_every_column_holds_weights(play_through):
    paths = []

    def look(scene, beat):
        if beat == "softmax":
            paths.extend(mark.quantities[0].path for mark in scene.marks.values())

    scene = play_through(AttentionStory, look, text="The old king", only=(1, 12))
    n = len(scene.trace.tokens)
    assert len(paths) == n * (n + 1) // 2
    assert all(".pattern[" in path for path in paths)
