"""Values are weighted, added up and added to E with the model's own numbers, and can be read, for sentences of many
kinds."""

from itertools import pairwise

import numpy as np
import pytest
from manim import DecimalNumber, MathTypst, Text

from soakup.check import check
from soakup.scenes import Values, style
from soakup.scenes.errors import SceneError
from soakup.scenes.marks import Dot
from soakup.scenes.sources import FEWEST, SOURCES
from soakup.scenes.strips import Strip
from soakup.scenes.vectors import Column
from soakup.scenes.words import Words

from .truths import captions_owe_their_digits_to_quantities, quantities_are_the_models_own

LONG = (
    "When the old woman saw that the little girl had gone into the dark forest, she took her lantern and followed her "
    "quickly"
)


def shown_columns(scene):
    """The columns that are on the screen, from the left to the right, by the path of their first entry."""
    members = [member for mobject in scene.mobjects for member in mobject.get_family() if isinstance(member, Column)]
    for member in sorted(members, key=lambda column: column.brackets.get_center()[0]):
        if getattr(member.entries[0], "level", 1.0) > 0.1:
            yield member.quantities[0].path.split("[")[0], member


@pytest.fixture(scope="module")
def played(play_through):
    """The scene, and at the end of every beat its columns and dots."""
    foreign, columns, dots = [], {}, {}

    def look(scene, beat):
        for mobject in scene.mobjects:
            for member in mobject.get_family():
                if isinstance(member, (Text, DecimalNumber, MathTypst)):
                    foreign.append((beat, member))
                if isinstance(member, Dot):
                    dots.setdefault(beat, []).append((member.quantities[0], member.width / 2))
        for path, column in shown_columns(scene):
            for entry, quantity in zip(column.entries, column.quantities, strict=True):
                assert entry.text == quantity.text
            columns.setdefault(beat, []).append((path, [q.value for q in column.quantities]))

    scene = play_through(Values, look, text="The old king gave his 2 daughters a small golden key")
    return scene, foreign, columns, dots


def test_every_digit_comes_from_a_quantity(played):
    scene, foreign, *_ = played
    assert foreign == []
    captions_owe_their_digits_to_quantities(scene)


def test_quantities_are_what_the_model_computes(played):
    scene, *_ = played
    quantities_are_the_models_own(scene, more_than=200, sample=200)


def test_the_value_matrix_makes_of_a_word_s_normed_vector_its_value(played):
    scene, _, columns, _ = played
    shown, place, j = scene.head_shown, scene.product, scene.j
    (vector, normed), (value, made) = columns["one value"]
    assert (vector, value) == (f"layers.{shown.layer}.attention_input", f"layers.{shown.layer}.values")
    assert normed == pytest.approx(shown.attention_inputs[j, place.columns], abs=1e-6)
    k = scene.trace.model.head_width
    weights = scene.trace.weights.layers[shown.layer].W_V[shown.head * k : (shown.head + 1) * k]
    assert made == pytest.approx((weights @ shown.attention_inputs[j])[scene.value_entries], abs=1e-5)
    beat = next(beat for beat in scene.beats if beat.name == "one value")
    entries = {q.path: q.value for q in beat.quantities if ".W_V[" in q.path}
    for row in scene.value_entries:
        for column in place.columns:
            path = f"weights.layers.{shown.layer}.W_V[{shown.head * k + row},{column}]"
            assert entries.pop(path) == pytest.approx(weights[row, column], abs=1e-6)
    assert not entries


def test_the_value_that_was_made_stays_under_its_word(played):
    scene, _, columns, _ = played
    made, values = columns["one value"][1][1], [column for _, column in columns["values"]]
    assert values[scene.j] == made


def test_weighted_values_are_values_times_weights_and_add_up_to_what_is_gathered(played):
    scene, _, columns, _ = played
    l, h, i = scene.look.layer, scene.look.head, scene.i
    record = scene.trace.layers[l]
    values, weighted = columns["values"], columns["weighted"]
    assert len(values) == len(weighted) == i + 1
    for j in range(i + 1):
        assert values[j][1] == pytest.approx(record.values[h, j, scene.value_entries], abs=1e-6)
        assert weighted[j][1] == pytest.approx(record.pattern[h, i, j] * np.array(values[j][1]), abs=1e-6)
    *terms, (path, gathered) = columns["added up"]
    assert terms == weighted  # what is added stays beside its sum
    assert path == f"gathered_value({l})"
    assert gathered == pytest.approx(np.sum([column for _, column in weighted], axis=0), abs=1e-5)


def test_the_output_matrix_makes_of_what_is_gathered_the_head_s_update(played):
    scene, *_ = played
    shown, i = scene.head_shown, scene.i
    made = shown.output_products(i, scene.reading.entries).sum(axis=1)
    update = scene.trace.layers[shown.layer].head_updates[shown.head, i, scene.reading.entries]
    assert made == pytest.approx(update, abs=1e-5)
    beat = next(beat for beat in scene.beats if beat.name == "this head’s update")
    entries = {q.path: q.value for q in beat.quantities if ".W_O[" in q.path}
    k = scene.trace.model.head_width
    first, last = shown.head * k, (shown.head + 1) * k - 1
    path = f"weights.layers.{shown.layer}.W_O"
    weights = scene.trace.weights.layers[shown.layer].W_O
    for row in scene.reading.entries:
        for column in (first, last):
            assert entries[f"{path}[{row},{column}]"] == pytest.approx(weights[row, column], abs=1e-6)


def test_where_the_model_is_not_here_an_arrow_stands_for_the_matrix(play_through, model, monkeypatch):
    trace = model.trace("The quiet wolf", bos=True)
    monkeypatch.setitem(vars(trace), "has_weights", False)
    scene = play_through(Values, text="The quiet wolf", trace=trace, only=(5, 6))
    assert not any("weights." in q.path for beat in scene.beats for q in beat.quantities)
    assert "one value" not in scene.beat_names


def test_the_heads_add_up_to_the_update_and_the_update_makes_the_new_vector(played):
    scene, _, columns, _ = played
    l, i, entries = scene.look.layer, scene.i, scene.reading.entries
    *heads, (path, whole) = columns["all heads"]
    assert len(heads) == scene.trace.model.heads
    assert path == f"layers.{l}.attention_update"
    assert whole == pytest.approx(np.sum([column for _, column in heads], axis=0), abs=1e-5)
    assert whole == pytest.approx(scene.trace.layers[l].attention_update[i, entries], abs=1e-6)
    by_path = dict(columns["the vector updated"])
    assert by_path[f"middle({l})"] == pytest.approx(np.add(by_path[f"layers.{l - 1}.residual"], whole), abs=1e-5)


def test_in_the_end_every_word_has_its_new_vector(played):
    scene, _, columns, _ = played
    assert [path for path, _ in columns["every word"]] == [f"middle({scene.look.layer})"] * len(scene.reading.tokens)


def test_the_updated_vector_stays_until_all_others_stand_beside_it(play_through):
    stood = []

    class Seen(Values):
        def every_word(self):
            stood.extend(path for path, _ in shown_columns(self))
            super().every_word()

    scene = play_through(Seen, text="The old king gave his 2 daughters a small golden key", only=(9, 10))
    assert stood == [f"middle({scene.look.layer})"]


@pytest.mark.parametrize("size", ["16:9", "9:16"])
def test_in_the_end_many_words_have_strips_with_a_scale(play_through, size):
    shown = {}

    def look(scene, beat):
        members = [m for mobject in scene.mobjects for m in mobject.get_family()]
        shown[beat] = [m for m in members if isinstance(m, Strip)], [m for m in members if isinstance(m, Words)]

    scene = play_through(Values, look, text=LONG, size=size, only=(10, 10))
    strips, words = shown["every word"]
    paths = sorted(strip.quantities[0].path for strip in strips)
    assert paths == sorted(f"middle({scene.look.layer})[{i},0]" for i in scene.reading.tokens)
    ends = [float(q.value) for w in words for q in w.quantities if q.path.startswith(("middle(", "layers."))]
    assert len(ends) == 2 and ends[0] < 0 < ends[1]
    assert all(ends[0] <= q.value <= ends[1] for strip in strips for q in strip.quantities)
    quantities_are_the_models_own(scene, more_than=500, sample=200)


def test_dots_have_areas_in_proportion_to_the_weights(played):
    *_, dots = played
    sizes = [(quantity.value, radius) for quantity, radius in dots["weighted"] if quantity.value > 0.01]
    assert sizes
    for weight, radius in sizes:
        assert radius**2 / weight == pytest.approx(sizes[0][1] ** 2 / sizes[0][0], rel=0.01)


def test_captions_can_be_read(played):
    scene, *_ = played
    assert [beat.name for beat in scene.beats] == scene.beat_names
    for beat in scene.beats:
        assert beat.caption
        assert beat.end - beat.start >= style.READING * len(beat.caption.split()) - 1e-6


def test_of_many_sources_the_lesser_ones_are_put_together_and_nothing_is_lost(play_through):
    columns = {}

    def look(scene, beat):
        columns[beat] = [(path, [q.value for q in column.quantities]) for path, column in shown_columns(scene)]

    scene = play_through(Values, look, text=LONG, word="quickly")
    assert len(columns["weighted"]) == SOURCES + 1
    assert columns["weighted"][-1][0].startswith("lesser_value(")
    gathered = np.sum([column for _, column in columns["weighted"]], axis=0)
    assert columns["added up"][-1][1] == pytest.approx(gathered, abs=1e-5)
    weights = [s.weight.value for s in scene.sources]
    assert sum(weights) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"word": "queen"}, "no word 'queen'"),
        ({"layer": 0}, "layers 1 to 4"),
        ({"head": 9}, "heads 1 to 8"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(play_through, settings, message):
    with pytest.raises(SceneError, match=message) as caught:
        play_through(Values, **({"text": "The old king"} | settings))
    assert "\n" not in str(caught.value)


def test_of_one_word_nothing_is_said_of_every_word(play_through):
    scene = play_through(Values, text="Stop", only=(1, 1))
    assert scene.beat_names[-1] == "the vector updated"


def test_a_box_one_step_higher_has_a_line_down_to_its_symbol(play_through):
    scene = play_through(Values, text="The grandmother understood everything immediately", size="1:1", only=(1, 1))
    bottoms = {s.token: s.box.get_bottom()[1] for s in scene.single}
    higher = {token for token, bottom in bottoms.items() if bottom > min(bottoms.values()) + 0.2}
    assert higher and higher == {s.token for s in scene.single if len(s.stem)}


def test_fewer_words_have_a_value_where_only_those_stand_side_by_side(play_through):
    text = "The old king gave his youngest daughter a small golden key"
    narrow = play_through(Values, text=text, size="1:1", only=(1, 1))
    wide = play_through(Values, text=text, only=(1, 1))
    assert narrow.value_row.level and wide.value_row.level
    assert len(narrow.single) == FEWEST and len(wide.single) == len(wide.head_shown.seen(wide.i))
    for scene in (narrow, wide):
        boxes = sorted((s.box.box for s in scene.single), key=lambda box: box.get_x())
        assert all(a.get_right()[0] < b.get_left()[0] - 0.2 for a, b in pairwise(boxes))


def test_the_equals_sign_keeps_clear_of_what_is_framed(play_through):
    signs = {}

    class Seen(Values):
        def add_up(self):
            super().add_up()
            sign, ends = self.value_row.signs[-1], [m.get_right()[0] for s in self.sources for m in (s.box, s.column)]
            signs["gaps"] = sign.get_left()[0] - max(ends), self.gathered.get_left()[0] - sign.get_right()[0]

    play_through(Seen, text="A small fox carried a lantern through the snow", only=(6, 6))
    assert min(signs["gaps"]) > 0.15


def test_an_upright_frame_shows_more_of_each_vector(play_through):
    rows = [len(play_through(Values, text="Stop", size=size, only=(1, 1)).value_entries) for size in ("16:9", "9:16")]
    assert rows[0] < rows[1]


@pytest.mark.parametrize("size", ["1:1", "9:16"])
def test_one_character_of_many_pieces_is_one_box(size):
    assert [str(fault) for fault in check("values", {"text": "🐱", "size": size}).faults] == []


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("{{ name }} %s $PATH", "dark"),  # braces are taller than letters
        ("שלום", "dark"),  # its last letter is two pieces in one box, over two columns
        ("กษัตริย์", "dark"),  # one box as wide as the row, and a symbol under each end of it
        ("#set text(red) *bold* _it_", "light"),  # a blank, in the quiet colour on an ink's tint
        ("“Well,” said the wolf – “why not?”", "light"),  # long enough to fold
        ("I am a ox", "dark"),  # columns wider than the symbols over them, at the frame's edge
    ],
)
def test_what_the_audit_found_stays_mended(text, theme):
    assert [str(fault) for fault in check("values", {"text": text, "size": "1:1", "theme": theme}).faults] == []


def test_what_stands_folded_leaves_before_the_values_come():
    assert not check("values", {"text": "“Well,” said the wolf – “why not?”", "size": "9:16"}).faults
