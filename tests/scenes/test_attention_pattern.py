"""The attention pattern tells the truth, reads well and stays inside its frame, for sentences of many kinds."""

import re

import numpy as np
import pytest
from manim import DecimalNumber, MathTypst, Text

from soakup.scenes import AttentionPattern, style
from soakup.scenes.entries import MASKED, Entry
from soakup.scenes.errors import SceneError
from soakup.scenes.grid import shifts_of
from soakup.scenes.marks import Dot, Patch
from soakup.scenes.scales import ScoreBar

from .truths import captions_owe_their_digits_to_quantities, quantities_are_the_models_own

LONG = (
    "When the old woman saw that the little girl had gone into the dark forest, she took her lantern and followed her "
    "quickly"
)


@pytest.fixture(scope="module")
def played(play_through):
    """The scene, and what stood in its cells at the end of every beat: the numbers by (query, key)."""
    foreign, entries, dots = [], {}, {}

    def look(scene, beat):
        for mobject in scene.mobjects:
            for member in mobject.get_family():
                if isinstance(member, (Text, DecimalNumber, MathTypst)):
                    foreign.append((beat, member))
                if isinstance(member, Entry) and member.text != MASKED:
                    assert member.text == member.quantities[0].text
                    place = tuple(np.round(member.at[:2], 3))
                    entries.setdefault(beat, {})[place] = member.quantities[0]
                if isinstance(member, Dot):
                    dots.setdefault(beat, []).append(member)

    scene = play_through(AttentionPattern, look, text="The old king gave his 2 daughters a small golden key")
    return scene, foreign, entries, dots


def at(scene, entries, beat, i, j):
    return entries[beat].get(tuple(np.round(scene.grid.at(i, j), 3)))


def test_every_digit_comes_from_a_quantity(played):
    scene, foreign, *_ = played
    assert foreign == []
    captions_owe_their_digits_to_quantities(scene)


def test_quantities_are_what_the_model_computes(played):
    scene, *_ = played
    quantities_are_the_models_own(scene, more_than=500, sample=300)


def test_cells_hold_dot_products_then_scores_then_weights(played):
    scene, _, entries, _ = played
    l, h, n = scene.look.layer, scene.look.head, len(scene.trace.tokens)
    record = scene.trace.layers[l]
    for i in range(n):
        for j in range(n):
            dot = at(scene, entries, "all scores", i, j)
            assert dot.value == pytest.approx(float(record.queries[h, i] @ record.keys[h, j]), rel=1e-4, abs=1e-5)
            assert at(scene, entries, "scaled", i, j).path == f"layers.{l}.scores[{h},{i},{j}]"
            weight = at(scene, entries, "softmax, every column", i, j)
            if j > i:
                assert at(scene, entries, "masked", i, j) is None
                assert weight is None
            else:
                assert weight.value == record.pattern[h, i, j]


def test_the_slow_softmax_shows_powers_their_sum_and_weights(played):
    scene, _, entries, _ = played
    shown = {q.path: q for q in entries["softmax, divide"].values()}
    head, i = scene.head_shown, scene.i
    for j in range(i + 1):
        assert head.score(i, j).path in shown
        power = shown[head.exponential(i, j).path]
        assert power.value == pytest.approx(np.exp(head.scores[i, j]), rel=1e-4)
        assert head.weight(i, j).path in shown
    assert shown[head.exponential_sum(i).path].value == pytest.approx(np.exp(head.scores[i, : i + 1]).sum(), rel=1e-4)
    assert shown[head.weight_sum(i).path].text == "1.00"


def test_dots_have_areas_in_proportion_to_the_weights_and_none_is_masked(played):
    scene, *_, dots = played
    n = len(scene.trace.tokens)
    assert len(dots["dots"]) == n * (n + 1) // 2
    for dot in dots["one head of many"]:
        i, j = map(int, re.search(r"(\d+),(\d+)\]$", dot.quantities[0].path).groups())
        weight = scene.trace.layers[scene.look.layer].pattern[scene.look.head, i, j]
        assert dot.width / 2 == pytest.approx(scene.layout.largest_dot * np.sqrt(weight), abs=2e-4)
        assert dot.get_center()[:2] == pytest.approx(scene.grid.at(i, j), abs=1e-3)


def test_captions_can_be_read_and_say_what_is_so(played):
    scene, *_ = played
    assert [beat.name for beat in scene.beats] == scene.beat_names
    for beat in scene.beats:
        assert beat.caption
        assert beat.end - beat.start >= style.READING * len(beat.caption.split()) - 1e-6
    (told,) = [beat.caption for beat in scene.beats if beat.name == "who looks at whom"]
    share = scene.reading.word_attention(scene.look.layer, scene.look.head, scene.i, scene.look.source)
    assert share.text in told
    assert share.value >= 0.25


def test_long_sentences_are_drawn_as_colours_with_a_scale_and_then_as_dots(play_through):
    seen = {}

    def look(scene, beat):
        members = [m for mobject in scene.mobjects for m in mobject.get_family()]
        seen[beat] = [
            len([m for m in members if isinstance(m, kind) and getattr(m, "level", 1) > 0.1])
            for kind in (Patch, ScoreBar, Dot)
        ]

    scene = play_through(AttentionPattern, look, text=LONG)
    n = len(scene.trace.tokens)
    assert n >= 25
    assert seen["all scores"] == [n * n, 1, 0]
    assert seen["masked"] == [n * (n + 1) // 2, 1, 0]
    assert seen["who looks at whom"][:2] == [0, 0]


def test_words_hardly_wider_than_their_columns_stand_side_by_side_on_one_line():
    widths = [0.4, 1.1, 1.2, 0.6, 0.8]
    shifts = shifts_of(widths, 1.0)
    xs = [k + shift for k, shift in enumerate(shifts)]
    for k in range(4):
        assert xs[k] + widths[k] / 2 < xs[k + 1] - widths[k + 1] / 2
    assert [shifts[0], shifts[-1]] == [0, 0]
    assert shifts_of([2.0, 2.0, 2.0], 1.0) is None
    assert shifts_of([0.6, 1.1, 1.2, 0.6, 0.8], 1.0) is None  # the first would have to leave its place


def test_the_head_and_the_word_asked_for_are_shown(play_through):
    scene = play_through(AttentionPattern, text="The old king saw the young king", layer=3, head=2, word="KING")
    assert (scene.look.layer, scene.look.head) == (2, 1)
    assert scene.i == max(scene.reading.tokens)
    paths = {q.path for beat in scene.beats for q in beat.quantities if q.path.startswith("layers.")}
    assert paths
    assert all(re.match(r"layers\.2\.((projected_)?(queries|keys)|scores|pattern)\[1,", path) for path in paths)


def test_a_word_alone_is_said_to_have_nobody_to_look_at(play_through):
    scene = play_through(AttentionPattern, text="cats")
    assert "no other word to look at" in scene.beats[-2].caption


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"word": "queen"}, "no word 'queen'"),
        ({"layer": 9}, "layers 1 to 4"),
        ({"head": 9}, "heads 1 to 8"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(play_through, settings, message):
    with pytest.raises(SceneError, match=message) as caught:
        play_through(AttentionPattern, **({"text": "The old king"} | settings))
    assert "\n" not in str(caught.value)


def test_a_single_beat_ends_as_it_does_in_the_whole_film(play_through):
    ends = {}

    def remember(scene, beat):
        if beat == "softmax, every column":
            ends[scene.only] = sorted(
                (tuple(np.round(m.at[:2], 3)), m.text)
                for mobject in scene.mobjects
                for m in mobject.get_family()
                if isinstance(m, Entry)
            )

    whole = play_through(AttentionPattern, remember, text="The old king")
    number = whole.beat_names.index("softmax, every column") + 1
    play_through(AttentionPattern, remember, text="The old king", only=(number, number))
    assert ends[None] == ends[number, number]
