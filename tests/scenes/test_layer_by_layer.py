"""The flagship tells the truth, reads well and stays inside its frame, for sentences of many kinds."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from manim import DecimalNumber, MathTypst, Text

from soakup.check import check
from soakup.check.snapshot import Snapshot
from soakup.check.still import AT_REST
from soakup.scenes import LayerByLayer, style
from soakup.scenes.arcs import Arc
from soakup.scenes.errors import SceneError
from soakup.scenes.layer_words import can_be_said, mixture_in_words, named_beside
from soakup.scenes.strips import Strip
from soakup.scenes.vectors import Column
from soakup.scenes.words import Words

from .truths import captions_owe_their_digits_to_quantities, quantities_are_the_models_own

SENTENCES = [
    "Hello",
    "cats",
    "The old king gave his youngest daughter a small golden key",
    "One day, a little fox said: it is 12 o'clock!",
    "<b>&amp;</b> $x^2$",
    "кот 🐱",
    "the the the the the the the the the the the the the the the the",
    "Grandmother remembered extraordinary adventures throughout winter",
]
LONG = "When the old woman saw that the little girl had gone into the dark forest, she took her lantern and ran home,"


def faults(scene, beat):
    """What the audit finds wrong with what stands on the screen."""
    screen = Snapshot(scene)
    return [f"{beat}: {fault.message}" for rule in AT_REST for fault in rule(screen)]


def beat(scene, name):
    return next(beat for beat in scene.beats if beat.name == name)


@pytest.mark.parametrize("text", SENTENCES)
def test_nothing_lies_on_text_or_leaves_the_frame(play_through, text):
    found = []
    play_through(LayerByLayer, lambda scene, beat: found.extend(faults(scene, beat)), text=text)
    assert found == []


@pytest.mark.parametrize("size", ["16:9", "1:1", "9:16"])
def test_24_tokens_fit_every_frame_as_strips_with_a_scale(play_through, size):
    found = []

    def look(scene, beat):
        found.extend(faults(scene, beat))
        assert all(isinstance(stack.column, Strip) for stack in scene.sentence.stacks.values())
        if beat == "layer 2, feed-forward":
            assert scene.marks.scale in scene.mobjects

    scene = play_through(LayerByLayer, look, text=LONG, size=size, only=(1, 10))
    assert len(scene.tokens) == 24
    assert found == []
    colours = {q.path for beat in scene.beats for q in beat.quantities if q.shown == "colour"}
    assert {"embedding[1,0]", "layers.1.residual[1,255]"} <= colours


@pytest.mark.parametrize(("text", "room"), [("The old king gave his daughter a key", True), (LONG, False)])
def test_what_each_word_took_in_stands_under_most_words_or_under_none(play_through, text, room):
    written = []

    def look(scene, beat):
        if beat == "all words, before and after":
            written.extend(scene.soaked_up()[1])

    scene = play_through(LayerByLayer, look, text=text, only=(16, 17))
    said = any(beat.caption.startswith("Under each word") for beat in scene.beats)
    assert said == bool(written) == room
    named = [name for _, name in written if isinstance(name, Words)]
    assert 2 * len(named) > len(written) or not room


def test_in_two_rows_arcs_say_in_the_end_of_whom_each_word_has_become_a_part(play_through):
    shown = []

    def look(scene, beat):
        if beat == "all words, before and after":
            shown.extend(arc.quantities[0] for arc in scene.get_mobject_family_members() if isinstance(arc, Arc))

    scene = play_through(LayerByLayer, look, text=LONG, size="9:16", only=(16, 17))
    assert scene.sentence.two_rows and len(shown) > len(scene.tokens)
    assert all(q.path.startswith(f"word_ink({scene.reading.layers})") for q in shown)


def test_of_a_longer_text_words_stand_folded_in_a_block_that_has_their_sum(play_through):
    text = f"{LONG} but the wolf had already eaten the bread that her mother had put on the table for her brother"
    found = []
    scene = play_through(
        LayerByLayer, lambda scene, beat: found.extend(faults(scene, beat)), text=text, word="wolf", only=(1, 5)
    )
    assert found == []
    reading, trace = scene.reading, scene.trace
    assert len(scene.tokens) + len(reading.runs) <= 24 < len(trace.tokens)
    shown = {*scene.tokens, reading.rest, *(i for run in reading.runs.values() for i in run.tokens)}
    assert shown == set(range(len(trace.tokens)))
    assert scene.followed in scene.tokens and len(trace.tokens) - 1 in scene.tokens
    for n in range(reading.layers + 1):
        for i in scene.tokens:
            assert sum(q.value for q in reading.inks(n, i).values()) == pytest.approx(1, abs=1e-5)
    carried = reading.carried(0)
    for i in scene.tokens:
        own = trace.value(f"update_share(0)[{i},{i}]")
        assert own + sum(q.value for (_, k), q in carried.items() if k == i) == pytest.approx(1, abs=1e-5)
    quantities_are_the_models_own(scene, more_than=500, sample=200)


def test_a_text_longer_than_can_be_told_is_refused_in_one_sentence(play_through, monkeypatch):
    monkeypatch.setattr("soakup.scenes.layer_by_layer.MOST_READ", 30)
    with pytest.raises(SceneError, match="at most 30: shorten it"):
        play_through(LayerByLayer, text="one " * 31)


@pytest.fixture(scope="module")
def played(play_through):
    """The flagship, and every foreign mobject with digits that was ever on the screen at a hold."""
    foreign = []

    def look(scene, beat):
        for mobject in scene.mobjects:
            for member in mobject.get_family():
                if isinstance(member, (Text, DecimalNumber, MathTypst)):
                    foreign.append((beat, member))
                if isinstance(member, Column):
                    for entry, quantity in zip(member.entries, member.quantities, strict=True):
                        assert entry.text == quantity.text

    scene = play_through(LayerByLayer, look, text="The old king gave his 2 daughters a small golden key")
    return scene, foreign


def test_every_digit_comes_from_a_quantity(played):
    scene, foreign = played
    assert foreign == []
    captions_owe_their_digits_to_quantities(scene)


def test_quantities_are_what_the_model_computes(played):
    scene, _ = played
    quantities_are_the_models_own(scene, more_than=500, sample=300)


def test_entries_end_on_the_true_residual_stream(played):
    scene, _ = played
    shown = {quantity.path for quantity in beat(scene, "what comes next").quantities}
    last = scene.trace.model.layers - 1
    assert f"layers.{last}.residual[{scene.tokens[-1]},0]" in shown
    assert f"layers.{last}.residual[{scene.tokens[-1]},{scene.trace.model.width - 1}]" in shown


def test_of_a_single_word_nothing_is_said_of_others(play_through):
    scene = play_through(LayerByLayer, text="Stop")
    said = " ".join(beat.caption for beat in scene.beats)
    assert len(scene.tokens) == 1
    assert not re.search(r"\b(others|another|each word)\b", said, re.IGNORECASE)


@pytest.mark.parametrize("size", ["16:9", "9:16"])
def test_words_of_many_pieces_that_are_all_spoken_of_may_stand_24_pieces_side_by_side(play_through, size):
    text = 'unbelievably, Rumpelstiltskin 🐱 said: "2 + 2 = 4!"'
    scene = play_through(LayerByLayer, text=text, size=size, only=(1, 2))
    assert len(scene.tokens) + len(scene.reading.runs) <= 24 < len(scene.trace.tokens)


def test_the_token_in_front_is_named_as_no_word_is(played):
    scene, _ = played
    said = beat(scene, "layer 1, words look").caption
    assert said.startswith("REST is no word, it marks the start")
    assert scene.sentence.rest[0][1].text == "REST"


def test_the_first_guess_is_said_to_be_the_last_word_again_where_it_is(played):
    scene, _ = played
    text, _ = scene.guesses[1]
    again = text.text.strip() == scene.trace.tokens[-1].text.strip()
    assert beat(scene, "a first guess").caption.startswith(
        f"Stopped here, the model would say “{text.text}” {'again' if again else 'next'}, at "
    )


def test_the_guess_becomes_the_first_bar_of_what_comes_next(played):
    scene, _ = played
    assert scene.marks.guess is None
    text, chance = scene.guesses[-1]
    assert {text.path, chance.path} <= {q.path for q in beat(scene, "what comes next").quantities}


def test_an_earlier_word_that_reads_as_the_one_beside_it_is_said_to_be_earlier():
    assert "".join(named_beside("the", "The")) == "an earlier “The”"
    assert "".join(named_beside("the", "king")) == "“king”"


def test_captions_can_be_read_and_beats_follow_each_other(played):
    scene, _ = played
    assert [beat.name for beat in scene.beats] == scene.beat_names
    for before, after in zip(scene.beats, scene.beats[1:], strict=False):
        assert before.end == pytest.approx(after.start)
    for beat in scene.beats:
        assert beat.caption
        assert beat.end - beat.start >= style.READING * len(beat.caption.split()) - 1e-6


def test_ink_shares_shown_for_a_token_sum_to_one(played):
    scene, _ = played
    for n in range(scene.reading.layers + 1):
        for i in scene.tokens:
            assert sum(q.value for q in scene.reading.inks(n, i).values()) == pytest.approx(1, abs=1e-5)


def test_no_arc_comes_from_a_later_token(played):
    scene, _ = played
    arcs = {q.path for beat in scene.beats for q in beat.quantities if q.shown == "arc"}
    assert arcs
    for path in arcs:
        target, source = map(int, re.search(r"(\d+),(\d+)\]$", path).groups())
        assert source < target


def test_the_word_asked_for_is_the_word_followed(play_through):
    scene = play_through(LayerByLayer, text="The old king saw the young king", word="KING")
    assert scene.trace.tokens[scene.followed].text == " king"
    assert scene.followed == scene.tokens[-1]
    assert "king" in beat(scene, "what one word soaked up").caption


def test_the_layer_asked_for_is_the_one_lingered_on(play_through):
    scene = play_through(LayerByLayer, text="The old king", layer=3)
    assert "layer 3, words look" in scene.beat_names
    assert any(q.path.startswith("layers.2.attention_update") for beat in scene.beats for q in beat.quantities)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"word": "queen"}, "no word 'queen'"),
        ({"layer": 9}, "layers 1 to 4"),
        ({"head": 0}, "heads 1 to 8"),
        ({"theme": "pink"}, "dark or light"),
        ({"only": (3, 99)}, "beats 1 to"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(play_through, settings, message):
    with pytest.raises(SceneError, match=message) as caught:
        play_through(LayerByLayer, **({"text": "The old king"} | settings))
    assert "\n" not in str(caught.value)


def test_a_single_beat_ends_as_it_does_in_the_whole_film(play_through):
    def columns(scene):
        return np.concatenate([[q.value for q in scene.sentence.stacks[i].column.quantities] for i in scene.tokens])

    ends = {}

    def remember(scene, beat):
        if beat == "layer 2, feed-forward":
            ends[scene.only] = columns(scene)

    whole = play_through(LayerByLayer, remember, text="The old king")
    number = whole.beat_names.index("layer 2, feed-forward") + 1
    play_through(LayerByLayer, remember, text="The old king", only=(number, number))
    assert np.array_equal(ends[None], ends[number, number])


def test_what_cannot_be_read_or_is_next_to_nothing_is_no_guess():
    def guess(text, chance):
        return SimpleNamespace(text=text), SimpleNamespace(value=chance)

    assert can_be_said(guess(" snow", 0.4))
    assert not can_be_said(guess("�", 0.4))
    assert not can_be_said(guess("\x02", 0.4))
    assert not can_be_said(guess(" snow", 0.009))


def test_a_word_whose_own_vector_counts_for_nothing_is_not_said_to_be_another():
    """Where attention cancels an embedding, ALTI counts what is left of it as nothing."""
    words = {0: "The", 1: "slept"}
    reading = SimpleNamespace(
        layers=4,
        word_of={1: 1},
        rest_word=None,
        word=words.get,
        others=lambda i: [0],
        largest=lambda n, i, most: [0],
        ink_shares=lambda n, i: np.array([0.99, 0.01]),
        ink=lambda n, i, w: f"{[99, 1][w]}%",
    )
    said = "".join(mixture_in_words(reading, reading.layers, 1))
    assert "itself" not in said
    assert "counts for 1%" in said and "“The” counts for 99%" in said


def test_at_the_end_the_most_of_one_other_word_stands_under_each(played):
    scene, _ = played
    last, i = scene.beats[-1], scene.tokens[-1]
    w = next(w for w in scene.reading.largest(scene.reading.layers, i, 3) if w in scene.reading.others(i))
    assert f"word_ink({scene.reading.layers})[{i},{w}]" in {q.path for q in last.quantities}


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("The old king gave his youngest daughter a small golden key", "1:1"),  # strips in two rows, and their scale
        ("a incomprehensibilities b", "1:1"),  # a name as long as its bar
        ("In 1492 they sailed 3 ships", "9:16"),  # a guess over a caption
        ("Ελλάδα", "1:1"),  # strips so close that the sign between E and ΔE has one in its place
        ("#set text(red) *bold* _it_", "9:16"),  # a name that is wider than its strip, at the frame's edge
        ("Добрый день", "9:16"),  # a hundred arcs, each to be drawn in no hurry
    ],
)
def test_narrow_frames_have_nothing_wrong_with_them(text, size):
    assert [str(fault) for fault in check("layer-by-layer", {"text": text, "size": size}).faults] == []
