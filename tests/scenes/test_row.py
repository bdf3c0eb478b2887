"""Any row of tokens fits, in order, without one box on another."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from soakup.scenes.row import lay_out

WIDTH = 12.6


@st.composite
def rows(draw):
    count = draw(st.integers(1, 16))
    widths = draw(st.lists(st.floats(0.05, 2.0), min_size=count, max_size=count))
    joined = [False, *draw(st.lists(st.booleans(), min_size=count - 1, max_size=count - 1))]
    return widths, joined


@given(rows())
def test_boxes_keep_their_order_and_leave_each_other_alone(case):
    widths, joined = case
    row = lay_out(lambda i, size: widths[i] * size / 48, joined, lambda size: 0.75 * size / 24, WIDTH)
    assert [place.x for place in row.places] == sorted(place.x for place in row.places)
    for level in (True, False):
        boxes = [place for place in row.places if place.raised == level]
        wide = {round(b.left - a.right, 6) < 0 for a, b in pairwise(boxes)}
        # On two levels at the smallest size there may be no room for sixteen very long tokens; on one there must be.
        if not any(place.raised for place in row.places):
            assert True not in wide


@given(rows())
def test_the_row_stays_within_its_width(case):
    widths, joined = case
    row = lay_out(lambda i, size: widths[i] * size / 48, joined, lambda size: 0.75 * size / 24, WIDTH)
    if not any(place.raised for place in row.places):
        assert min(place.left for place in row.places) >= -WIDTH / 2 - 1e-6
        assert max(place.right for place in row.places) <= WIDTH / 2 + 1e-6


def test_short_sentences_stand_evenly_and_large():
    row = lay_out(lambda i, size: 0.9 * size / 48, [False] * 5, lambda size: 0.75, WIDTH)
    steps = [b.x - a.x for a, b in pairwise(row.places)]
    assert row.token_size == 48
    assert max(steps) - min(steps) < 1e-6


def test_pieces_of_a_word_share_an_edge_and_words_do_not():
    row = lay_out(lambda i, size: 0.5, [False, True, False], lambda size: 0.7, WIDTH)
    a, b, c = row.places
    assert a.right == b.left
    assert c.left > b.right


def test_mirrored_rows_run_from_the_right():
    row = lay_out(lambda i, size: 0.5, [False, True, False], lambda size: 0.7, WIDTH).mirrored()
    assert [place.x for place in row.places] == sorted((place.x for place in row.places), reverse=True)
    assert row.places[0].left == row.places[1].right
