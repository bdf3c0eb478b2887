"""Queries and keys are the matrices' own products, counted through true partial sums, and the scores are theirs."""

import numpy as np
import pytest

from soakup.scenes import QueriesAndKeys, style
from soakup.scenes.entries import Entry
from soakup.scenes.errors import SceneError
from soakup.scenes.matrix import Matrix, Sweep
from soakup.scenes.one_head import OneHead
from soakup.scenes.reading import Reading
from soakup.scenes.vectors import Column

from .truths import captions_owe_their_digits_to_quantities, quantities_are_the_models_own

TEXT = "The old king gave his 2 daughters a small golden key"


@pytest.fixture(scope="module")
def played(play_through):
    """The scene, and at the end of every beat its matrices, columns and the numbers in its cells."""
    matrices, columns, scores = {}, {}, {}

    def look(scene, beat):
        for member in (m for mobject in scene.mobjects for m in mobject.get_family()):
            if isinstance(member, Matrix):
                shown = member.numbers.values.copy(), [[q.path for q in row] for row in member.table]
                matrices[beat] = shown
                written = [entry.text for entry in member.numbers.entries.flat]
                assert written == [q.text for row in member.table for q in row]
            if isinstance(member, Column):
                assert [entry.text for entry in member.entries] == [q.text for q in member.quantities]
                columns.setdefault(beat, []).append(member.quantities)
            if isinstance(member, Entry) and getattr(member, "level", 1.0) > 0.1:
                scores.setdefault(beat, {})[member.quantities[0].path] = (member.quantities[0].value, member.text)

    scene = play_through(QueriesAndKeys, look, text=TEXT)
    return scene, matrices, columns, scores


def test_every_number_is_the_model_s(played):
    captions_owe_their_digits_to_quantities(played[0])
    quantities_are_the_models_own(played[0], more_than=250, sample=250)


def test_the_matrices_are_the_head_s_own_rows(played):
    scene, matrices, *_ = played
    weights, first = scene.trace.weights.layers[scene.look.layer], scene.look.head * scene.trace.model.head_width
    for beat, name in (("its query", "W_Q"), ("a key", "W_K")):
        values, paths = matrices[beat]
        rows = first + np.array(scene.product.rows)
        assert values == pytest.approx(getattr(weights, name)[np.ix_(rows, scene.product.columns)])
        assert paths[0][0] == f"weights.layers.{scene.look.layer}.{name}[{first},0]"


def test_a_matrix_times_the_normed_vector_is_the_query_or_key(played):
    scene, _, columns, _ = played
    l, h, k = scene.look.layer, scene.look.head, scene.trace.model.head_width
    for beat, i, name, what in (("its query", scene.i, "W_Q", "queries"), ("a key", scene.j, "W_K", "keys")):
        vector, made = columns[beat]
        assert vector[0].path == f"layers.{l}.attention_input[{i},0]"
        assert made[0].path == f"layers.{l}.projected_{what}[{h},{i},0]"
        product = (
            getattr(scene.trace.weights.layers[l], name)[h * k : h * k + k] @ scene.trace.layers[l].attention_input[i]
        )
        assert [q.value for q in made] == pytest.approx(product[scene.product.rows], abs=1e-4)


def test_the_last_beat_shows_every_dot_product(played):
    scene, *_, scores = played
    record, shown = scene.trace.layers[scene.look.layer], scores["all scores"]
    n = len(scene.trace.tokens)
    assert len(shown) == n * n
    for i in range(n):
        for j in range(n):
            value, text = shown[scene.head_shown.dot_product(i, j).path]
            product = float(record.queries[scene.look.head, i] @ record.keys[scene.look.head, j])
            assert value == pytest.approx(product, rel=1e-4, abs=1e-4)
            assert text == scene.head_shown.dot_product(i, j).text


def test_at_the_end_the_key_is_named_that_the_followed_word_scores_highest_with(played):
    scene, *_, scores = played
    l, h, i = scene.look.layer, scene.look.head, scene.i
    column = {j: scores["all scores"][f"dot_product({l})[{h},{i},{j}]"][0] for j in scene.grid.rows}
    best = max(column, key=column.__getitem__)
    asks, answers = (scene.trace.words[scene.reading.word_of[k]].text.strip() for k in (i, best))
    assert scene.beats[-1].caption == f"The query of “{asks}” matches the key of “{answers}” best"


def test_captions_can_be_read(played):
    scene = played[0]
    assert [beat.name for beat in scene.beats] == scene.beat_names
    for beat in scene.beats:
        assert beat.caption
        assert beat.end - beat.start >= style.READING * len(beat.caption.split()) - 1e-6


def test_the_result_counts_through_the_partial_sums_of_the_whole_row(played):
    """In every frame of a sweep, what is written is a sum of the first so many products, entry by entry."""
    scene = played[0]
    made = scene.head_shown.made_of("W_Q", scene.i, scene.product.rows, "+.4f")
    top = (0, 0)
    result = Column(made, top, 2.0, style.ENTRY, 1.0, scene.style)
    vector = Column(scene.before_and_after(scene.i)[1], (3, 0), 2.0, style.ENTRY, 1.0, scene.style)
    products = scene.head_shown.row_products("W_Q", scene.i, scene.product.rows[0])
    sums = [f"{s:+.4f}".replace("-", "−") for s in np.concatenate([[0.0], np.cumsum(products)])]
    step = Sweep(scene.new_matrix("W_Q"), vector, "#FFFF00").over(0, products, result, made[0])
    seen = []
    for alpha in np.linspace(0, 1, 81):
        step(float(alpha))
        seen.append(result.entries[0].text)
    assert len(products) == scene.trace.model.width
    assert seen[-1] == made[0].text
    assert set(seen[:-1]) <= set(sums)
    assert len(set(seen)) > 20


def test_the_dot_product_counts_through_the_partial_sums_of_all_entries(played):
    scene = played[0]
    meeting, _ = scene.meeting(scene.i, scene.j)
    record, h = scene.trace.layers[scene.look.layer], scene.look.head
    products = record.queries[h, scene.i] * record.keys[h, scene.j]
    sums = {f"{s:+.1f}".replace("-", "−") for s in np.concatenate([[0.0], np.cumsum(products)])}
    meeting.changing()(1.0)
    paths = [entry.quantities[0].path for entry in meeting.entries[0]]
    assert paths[-1] == f"layers.{scene.look.layer}.queries[{h},{scene.i},{len(products) - 1}]"
    step, seen = meeting.adding(), []
    for alpha in np.linspace(0, 1, 81):
        step(float(alpha))
        seen.append(meeting.sum.text)
    assert set(seen) <= sums | {"+0.0"}
    assert len(set(seen)) > 10
    assert seen[-1] == scene.head_shown.dot_product(scene.i, scene.j).text


def test_the_pair_opens_into_what_the_matrices_made_and_changes_to_what_meets(played):
    scene = played[0]
    l, h, i, j = scene.look.layer, scene.look.head, scene.i, scene.j
    meeting, _ = scene.meeting(i, j)
    made = {entry.quantities[0].path: entry.text for entry in meeting.numbers}
    last = scene.trace.model.head_width - 1
    for name, token, what in (("W_Q", i, "queries"), ("W_K", j, "keys")):
        seen = scene.head_shown.made_of(name, token, scene.product.rows, scene.product.made_format)
        assert {q.path: q.text for q in seen if q.path in made}.items() <= made.items()
        assert {f"layers.{l}.projected_{what}[{h},{token},{k}]" for k in (0, last)} <= made.keys()
    meeting.changing()(1.0)
    record = scene.trace.layers[l]
    for vector, expected in zip(meeting.entries, (record.queries[h, i], record.keys[h, j]), strict=True):
        assert [e.text for e in vector] == [e.quantities[0].text for e in vector]
        assert [float(e.text.replace("−", "-")) for e in vector[:2]] == pytest.approx(expected[:2], abs=0.06)


def test_the_first_score_stays_while_the_others_come(play_through, monkeypatch):
    there = []
    column = QueriesAndKeys.going_down

    def watched(scene, i, query):
        step = column(scene, i, query)

        def both(alpha):
            step(alpha)
            there.append(getattr(scene.marks[scene.i, scene.j], "level", 1.0))

        return both

    monkeypatch.setattr(QueriesAndKeys, "going_down", watched)
    play_through(QueriesAndKeys, text="The old king slept")
    assert set(there) == {1.0}


def test_a_row_without_a_bias_sums_to_the_query(untrained):
    trace = untrained.trace("the old king")
    shown = OneHead(Reading(trace, 2), 0, 1)
    products = shown.row_products("W_Q", 2, 3)
    assert products.sum() == pytest.approx(trace.layers[0].projected_queries[1, 2, 3], rel=1e-4)
    assert len(products) == trace.model.width


@pytest.mark.parametrize(
    ("settings", "message"), [({"word": "queen"}, "no word 'queen'"), ({"layer": 9}, "layers 1 to 4")]
)
def test_what_cannot_be_done_is_said_in_one_sentence(play_through, settings, message):
    with pytest.raises(SceneError, match=message) as caught:
        play_through(QueriesAndKeys, **({"text": "The old king"} | settings))
    assert "\n" not in str(caught.value)
