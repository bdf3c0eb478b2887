"""Any row of boxes fits, in order, without one box on another."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from soakup.scenes.row import lay_out

WIDTH = 12.6


@st.composite
def rows(draw):
    count = draw(st.integers(1, 24))
    widths = draw(st.lists(st.floats(0.05, 2.0), min_size=count, max_size=count))
    joined = [False, *draw(st.lists(st.booleans(), min_size=count - 1, max_size=count - 1))]
    return widths, joined, draw(st.floats(0.2, 0.8)), draw(st.sampled_from([1, 2]))


def laid_out(widths, joined, column, levels=1):
    return lay_out(lambda i, size: widths[i] * size / 48, joined, [column] * len(widths), WIDTH, levels)


@given(rows())
def test_boxes_keep_their_order_and_leave_each_other_alone(case):
    row = laid_out(*case)
    if row is None:
        return
    xs = [place.x for place in row.places]
    assert xs == sorted(xs)
    assert all(b - a >= case[2] - 1e-6 for a, b in pairwise(xs))
    for level in (True, False):
        boxes = [place for place in row.places if place.raised == level]
        assert all(b.left >= a.right - 1e-6 for a, b in pairwise(boxes))


@given(rows())
def test_the_arrow_of_a_raised_box_meets_no_other(case):
    row = laid_out(*case)
    for raised in [] if row is None else [place for place in row.places if place.raised]:
        assert not any(p.left < raised.x < p.right for p in row.places if not p.raised)


@given(rows())
def test_the_row_stays_within_its_width(case):
    row = laid_out(*case)
    if row is not None:
        assert min(place.left for place in row.places) >= -WIDTH / 2 - 1e-6
        assert max(place.right for place in row.places) <= WIDTH / 2 + 1e-6


@given(rows())
def test_what_fits_at_all_fits_on_two_levels(case):
    widths, joined, column, _ = case
    if laid_out(widths, joined, column, 1) is not None and len(widths) > 1 and not any(joined):
        assert laid_out(widths, joined, column, 2) is not None


def test_short_sentences_stand_evenly_and_large():
    row = laid_out([0.9] * 5, [False] * 5, 0.75)
    steps = [b.x - a.x for a, b in pairwise(row.places)]
    assert row.token_size == 48
    assert max(steps) - min(steps) < 1e-6


def test_pieces_of_a_word_share_an_edge_and_words_do_not():
    row = laid_out([0.5] * 3, [False, True, False], 0.7)
    a, b, c = row.places
    assert a.right == b.left
    assert c.left > b.right


def test_mirrored_rows_run_from_the_right():
    row = laid_out([0.5] * 3, [False, True, False], 0.7).mirrored()
    assert [place.x for place in row.places] == sorted((place.x for place in row.places), reverse=True)
