"""Of a text of more than 24 tokens every scene of one head folds what matters least to it, and loses none of it."""

import numpy as np
import pytest

from soakup.check import check
from soakup.model import derived
from soakup.scenes import SCENES, AttentionPattern, Values
from soakup.scenes.entries import Entry
from soakup.scenes.errors import SceneError
from soakup.scenes.folding import MOST_SHOWN
from soakup.scenes.head_scene import MOST_RUNS, HeadScene
from soakup.scenes.marks import Dot
from soakup.scenes.one_head import OneHead

from .truths import captions_owe_their_digits_to_quantities, quantities_are_the_models_own

HEAD_SCENES = [name for name, scene in SCENES.items() if issubclass(scene, HeadScene)]
LONG = (
    "When the old woman saw that the little girl had gone into the dark forest, she took her lantern and followed her "
    "quickly, for she knew that a hungry wolf lived there under the tall trees"
)


@pytest.fixture(scope="module")
def played(play_through):
    """The pattern of a long text, and at the end of every beat the numbers by place, and the dots."""
    entries, dots = {}, {}

    def look(scene, beat):
        members = [m for mobject in scene.mobjects for m in mobject.get_family() if getattr(m, "level", 1.0) > 0.1]
        entries[beat] = {tuple(np.round(m.at[:2], 3)): (m.text, m.quantities) for m in members if isinstance(m, Entry)}
        dots[beat] = [m for m in members if isinstance(m, Dot)]

    return play_through(AttentionPattern, look, text=LONG), entries, dots


def test_the_words_that_are_spoken_of_and_the_last_are_not_folded(played):
    scene, *_ = played
    reading, trace = scene.reading, scene.trace
    assert len(scene.unfolded.tokens) > MOST_SHOWN >= len(reading.tokens)
    assert 1 <= len(reading.runs) <= MOST_RUNS
    shown = {scene.i, *trace.words[scene.source].tokens, len(trace.tokens) - 1}
    assert shown <= set(reading.asking)
    hidden = {j for run in reading.runs.values() for j in run.tokens}
    assert hidden | set(reading.asking) == set(range(len(trace.tokens)))
    assert not hidden & set(reading.asking)


def test_what_a_block_has_is_the_sum_of_what_it_hides_and_with_it_every_column_sums_to_one(played):
    scene, *_ = played
    shown, record = scene.head_shown, scene.trace.layers[scene.look.layer]
    pattern, scores = record.pattern[scene.look.head], record.scores[scene.look.head].astype(np.float64)
    blocks = 0
    for i in scene.reading.asking:
        for j in set(shown.seen(i)) & set(scene.reading.runs):
            tokens, blocks = list(scene.reading.runs[j].tokens), blocks + 1
            assert max(tokens) < i
            assert shown.weight(i, j).value == pytest.approx(pattern[i, tokens].sum(), abs=1e-6)
            assert shown.exponential(i, j).value == pytest.approx(np.exp(scores[i, tokens]).sum(), rel=1e-5)
        assert sum(shown.weight(i, j).value for j in shown.seen(i)) == pytest.approx(1, abs=1e-5)
        powers = sum(shown.exponential(i, j).value for j in shown.seen(i))
        assert powers == pytest.approx(shown.exponential_sum(i).value, rel=1e-5)
    assert blocks


def test_the_cell_of_a_block_has_dots_then_its_weight_then_an_area(played):
    scene, entries, dots = played
    (first, *_), i = scene.reading.runs, scene.reading.tokens[-1]
    place = tuple(np.round(scene.grid.at(i, first), 3))
    weight = scene.head_shown.weight(i, first)
    assert entries["all scores"][place] == ("...", ())
    text, (quantity,) = entries["softmax, every column"][place]
    assert (text, quantity) == (weight.text, weight)
    assert quantity.path.startswith("attention_within(")
    at_the_end = {tuple(np.round(dot.at[:2], 3)): dot for dot in dots["one head of many"]}
    assert at_the_end[place].radius_shown == pytest.approx(scene.layout.largest_dot * weight.value**0.5)
    masked = scene.grid.at(scene.reading.asking[0], first)
    assert tuple(np.round(masked, 3)) not in at_the_end


def test_the_areas_of_a_column_are_all_the_attention_there_is(played):
    scene, _, dots = played
    for i in scene.reading.asking:
        column = [d for d in dots["one head of many"] if np.isclose(d.at[0], scene.layout.xs[i])]
        assert sum(d.radius_shown**2 for d in column) == pytest.approx(scene.layout.largest_dot**2, rel=1e-4)


def test_the_text_is_read_whole_and_it_is_said_how_much_is_folded(played):
    scene, *_ = played
    told = scene.beats[0]
    assert told.name == "a long text"
    for run in scene.reading.runs.values():
        assert str(len(run.tokens)) in told.caption
        assert scene.head_shown.weight(scene.i, run.first, "percent").text in told.caption
    assert f"these {len(scene.unfolded.tokens)} pieces" in told.caption


def test_the_values_of_what_is_folded_are_among_the_others(play_through):
    scene = play_through(Values, text=LONG)
    single = [s for s in scene.sources if s.token is not None]
    assert not {s.token for s in single} & scene.reading.hidden
    assert sum(s.weight.value for s in scene.sources) == pytest.approx(1, abs=1e-5)
    columns = [scene.head_shown.weighted_value(scene.i, s.token, scene.value_entries, "") for s in single]
    lesser = scene.head_shown.lesser_value(scene.i, scene.chosen.most, scene.value_entries, "")
    whole = scene.head_shown.gathered_value(scene.i, scene.value_entries, "")
    added = np.sum([[q.value for q in column] for column in [*columns, lesser]], axis=0)
    assert added == pytest.approx([q.value for q in whole], abs=1e-5)


@pytest.mark.parametrize("name", HEAD_SCENES)
def test_every_number_of_a_long_text_is_the_models_own(play_through, name):
    scene = play_through(SCENES[name], text=LONG)
    assert scene.reading.runs
    assert [beat.name for beat in scene.beats] == scene.beat_names
    captions_owe_their_digits_to_quantities(scene)
    quantities_are_the_models_own(scene, more_than=100, sample=100)


@pytest.mark.parametrize("name", HEAD_SCENES)
def test_nothing_is_wrong_with_a_long_text(name):
    assert [str(fault) for fault in check(name, {"text": LONG}).faults] == []


@pytest.mark.corpus
@pytest.mark.parametrize("size", ["16:9", "1:1", "9:16"])
@pytest.mark.parametrize("count", [25, 60, 120])
@pytest.mark.parametrize("name", HEAD_SCENES)
def test_nothing_is_wrong_with_texts_of_any_length(name, count, size, model):
    text = " ".join([LONG] * 4)
    ids = model.trace(text, bos=False).tokens[:count]
    assert [str(fault) for fault in check(name, {"text": text[: ids[-1].end], "size": size}).faults] == []


@pytest.mark.parametrize("name", HEAD_SCENES)
def test_a_text_longer_than_can_be_told_is_refused_in_one_sentence(play_through, monkeypatch, name):
    monkeypatch.setattr("soakup.scenes.head_scene.MOST_READ", 30)
    with pytest.raises(SceneError, match=f"{name} tells at most 30") as caught:
        play_through(SCENES[name], text=LONG)
    assert "\n" not in str(caught.value)


def test_heads_are_called_by_words_that_can_be_seen(play_through):
    scene = play_through(SCENES["multi-head"], text=LONG)
    looks = [found for found in scene.findings.values() if found and found.kind == "attention"]
    assert looks
    assert not {i for found in looks for i in (found.source, found.target)} & scene.reading.hidden


def test_other_heads_of_the_layer_have_the_same_sums(play_through):
    scene = play_through(SCENES["multi-head"], text=LONG)
    for head in range(scene.trace.model.heads):
        other = OneHead(scene.reading, scene.look.layer, head)
        for run in scene.reading.runs.values():
            found = derived.attention_within(scene.trace, scene.look.layer, run.first, run.last)[head]
            assert [other.weight(i, run.first).value for i in scene.reading.asking] == pytest.approx(
                found[scene.reading.asking]
            )
