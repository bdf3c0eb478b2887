"""A layer's heads: their patterns, what each is called, and updates that add up to the layer's, in true sizes."""

import numpy as np
import pytest

from soakup.model import findings
from soakup.scenes import MultiHead, style
from soakup.scenes.cards import Card, places, slots, wider
from soakup.scenes.one_head import OneHead
from soakup.scenes.profile import Profile
from soakup.scenes.reading import REST_NAME
from soakup.scenes.words import Words

from .truths import captions_owe_their_digits_to_quantities, quantities_are_the_models_own

TEXT = "The old king gave his 2 daughters a small golden key"
FOLDED = (  # 40 tokens
    "When the old woman saw that the little girl had gone into the dark forest, she took her lantern and followed her "
    "quickly, for she knew that a hungry wolf lived there under the tall old trees"
)


@pytest.fixture(scope="module")
def played(play_through):
    """The scene, and at the end of every beat its cards and strips."""
    cards, strips = {}, {}

    def look(scene, beat):
        for member in (m for mobject in scene.mobjects for m in mobject.get_family()):
            if isinstance(member, Card):
                cards.setdefault(beat, []).append(member.copy())
            if isinstance(member, Profile):
                strips.setdefault(beat, []).append((member, member.bars.points.copy()))

    return play_through(MultiHead, look, text=TEXT), cards, strips


def test_every_number_is_the_model_s(played):
    captions_owe_their_digits_to_quantities(played[0])
    quantities_are_the_models_own(played[0], more_than=1000, sample=250)


def test_there_is_a_card_for_every_head_with_dots_of_true_areas(played):
    scene, cards, _ = played
    heads = scene.trace.model.heads
    assert len(cards["one head"]) == len(cards["side by side"]) == heads
    pattern = scene.trace.layers[scene.look.layer].pattern
    front, plan = cards["one head"][0], scene.card_grid.plan
    for row in front.submobjects[2:]:
        for quantity, outline in zip(row.quantities, row.points.reshape(-1, 16, 3), strict=True):
            h, i, j = map(int, quantity.path.split("[")[1][:-1].split(","))
            assert h == scene.look.head
            assert np.ptp(outline[:, 0]) / 2 == pytest.approx(
                plan.largest_dot * wider(plan) * np.sqrt(pattern[h, i, j]), rel=0.01
            )
            assert np.ptp(outline[:, 0]) == pytest.approx(np.ptp(outline[:, 1]) * wider(plan), rel=0.01)
            assert outline[:, :2].mean(axis=0) == pytest.approx(scene.card_grid.at(i, j), abs=0.01)


def test_what_stands_folded_is_named_where_it_gets_most(play_through):
    scene = play_through(MultiHead, text=FOLDED)
    said = {head: [part for line in scene.said_of(head) for part in line] for head in scene.carded}
    shares = {head: next(q for q in parts if getattr(q, "format", "") == "percent") for head, parts in said.items()}
    for head, share in shares.items():
        shown = OneHead(scene.reading, scene.look.layer, head)
        assert share.value >= max(shown.weight(scene.i, first).value for first in scene.reading.runs)
    assert any("attention_within" in share.path for share in shares.values())


def test_the_heads_strips_add_up_to_the_layer_s_update(played):
    scene, *_, strips = played
    shown = {strip.quantities[0].path.split("[")[0]: (strip, points) for strip, points in strips["the layer’s update"]}
    whole, points = shown[f"layers.{scene.look.layer}.attention_update"]
    heads = [s for s, _ in strips["updates"] if ".head_updates[" in s.quantities[0].path]
    update = scene.trace.layers[scene.look.layer].attention_update[scene.i]
    assert len(heads) == scene.trace.model.heads
    assert np.sum([s.values for s in heads], axis=0) == pytest.approx(update, abs=1e-5)
    assert {s.unit for s in heads} == {whole.unit}
    lengths = points.reshape(-1, 4, 3)[:, 3, 0]
    for value in update:
        assert np.isclose(lengths, whole.x + value * whole.unit).any()


def test_the_numbers_under_the_strips_add_up_to_the_whole(played):
    scene, *_ = played
    assert sum(float(part.value) for part in scene.parts_of_update) == pytest.approx(1, abs=1e-4)


def test_under_every_card_stands_whom_the_followed_word_looks_at_most_in_it(played):
    scene, *_ = played
    for head in scene.carded:
        weights = scene.reading.word_attention, scene.look.layer, head, scene.i
        shares = {w: float(weights[0](*weights[1:], w).value) for w in scene.reading.words}
        line, *_ = scene.said_of(head)
        assert float(line[-1].value) == max(shares.values())


def test_captions_can_be_read(played):
    scene = played[0]
    assert [beat.name for beat in scene.beats] == scene.beat_names
    for beat in scene.beats:
        assert beat.caption
        assert beat.end - beat.start >= style.READING * len(beat.caption.split()) - 1e-6


def test_heads_are_called_what_their_numbers_say(model):
    trace = model.trace("A small fox carried a lantern through the snow", bos=True)
    for layer in range(trace.model.layers):
        for head in range(trace.model.heads):
            found = findings.of_head(trace, layer, head)
            if found is None:
                continue
            assert (found.layer, found.head) == (layer, head)
            assert found.value == trace.value(found.path)
            least = {"previous token": findings.PREVIOUS_TOKEN, "rest": findings.REST, "attention": findings.NOTICED}
            assert found.value >= least[found.kind]
    kinds = {f.kind for l in range(4) for h in range(6) if (f := findings.of_head(trace, l, h))}
    assert "previous token" in kinds


def test_cards_fit_their_room_and_the_last_row_stands_in_the_middle():
    for count in (1, 2, 5, 6, 12):
        columns, scale = slots(count, (10, 5), (13.4, 5.4), 0.8)
        rows = -(-count // columns)
        assert columns * (10 * scale + 0.3) <= 13.4 + 1e-6 or scale == 0.9
        assert rows * (5 * scale + 0.8) <= 5.4 + 1e-6
    assert places(5, 3) == [(-1, -0.5), (0, -0.5), (1, -0.5), (-0.5, 0.5), (0.5, 0.5)]


LONG = "When the old woman saw that the little girl had gone into the dark forest, she took her lantern and ran"


@pytest.mark.parametrize(
    ("text", "size"),
    [(LONG, "1:1"), (LONG, "16:9"), ("Grandmother knitted warm woollen stockings for the winter", "1:1")],
)
def test_every_row_has_its_name_before_it_at_its_height(play_through, text, size):
    scene = play_through(MultiHead, text=text, size=size, only=(1, 1))
    assert [beat.name for beat in scene.beats] == scene.beat_names[:1]
    names, grid = [m for m in scene.row_names if isinstance(m, Words)], scene.card_grid
    assert [name.text for name in names] == [REST_NAME, *[scene.trace.tokens[i].text.strip() for i in grid.rows[1:]]]
    for name, j in zip(names, grid.rows, strict=True):
        assert name.get_right()[0] < grid.plan.left
        assert abs(name.get_center()[1] - grid.plan.ys[j]) < 0.1


def test_words_that_fit_over_their_columns_stand_on_one_level(play_through):
    scene = play_through(MultiHead, text="A small fox carried a lantern through the snow", only=(1, 1))
    assert not any(scene.layout.raised.values())
