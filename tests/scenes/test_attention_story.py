"""The attention chapter is one film of its scenes' beats, in which the words stay."""

import pytest

from soakup.scenes import AttentionStory
from soakup.scenes.style import READING
from soakup.scenes.tokens import TokenBox

from .truths import captions_owe_their_digits_to_quantities, quantities_are_the_models_own

TEXT = "The old king gave his 2 daughters a small golden key"
LONG = (  # 40 tokens
    "When the old woman saw that the little girl had gone into the dark forest, she took her lantern and followed her "
    "quickly, for she knew that a hungry wolf lived there under the tall old trees"
)


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


@pytest.fixture(scope="module")
def played_long(play_through):
    return play_through(AttentionStory, text=LONG)


def test_it_lasts_no_longer_with_a_long_text(played_long):
    assert played_long.reading.runs
    assert 90 <= played_long.beats[-1].end <= 150


def test_every_caption_of_a_long_text_has_its_reading_time(played_long):
    for beat in played_long.beats:
        assert beat.end - beat.start >= READING * len(beat.caption.split()), beat.name


def test_the_weights_go_from_the_grid_to_the_values_they_are_for(played):
    scene, _ = played
    shown = {beat.name: {q.path for q in beat.quantities if q.shown == "digits"} for beat in scene.beats}
    weights = {s.weight.path for s in scene.single}
    assert all(weights <= shown[name] for name in ("softmax", "values", "weights", "weighted"))


def test_the_closing_card_has_the_inks_of_the_updated_words(played):
    scene, _ = played
    shown = {q.path: q.value for q in scene.beats[-1].quantities if q.shown == "ink"}
    after = scene.look.layer + 1
    for i in scene.reading.tokens:
        shares = [shown[f"word_ink({after})[{i},{w}]"] for w in scene.reading.words]
        assert sum(shares) == pytest.approx(1, abs=1e-5)


def test_the_words_stay_but_where_the_heads_are_compared_for_one_of_them(played):
    scene, words = played
    assert list(words) == scene.beat_names
    looked_at = {scene.reading.token(*scene.reading.box_with(i)).text for i in scene.reading.tokens if i <= scene.i}
    own = scene.reading.token(*scene.reading.box_with(scene.i)).text
    compared = {"side by side", "updates", "the layer’s update", "the vector updated"}
    for beat, shown in words.items():
        assert shown == {own} if beat in compared else looked_at <= shown, beat


def test_the_followed_word_has_the_same_box_to_the_end(play_through):
    there = {}

    def look(scene, beat):
        there[beat] = scene.grid.box_over(scene.i) in scene.get_mobject_family_members()

    scene = play_through(AttentionStory, look, text="The old king")
    assert all(there[beat] for beat in scene.beat_names[scene.beat_names.index("all heads") : -1])


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
