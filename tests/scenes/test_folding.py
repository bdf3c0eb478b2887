"""What stands folded of a long text is as long as it has to be, and matters as little as it can."""

from soakup.scenes.folding import fold

EVEN = [1] * 10


def left(pieces, runs):
    return sum(pieces) - sum(sum(pieces[w] for w in run) - 1 for run in runs)


def test_nothing_is_folded_of_what_fits():
    assert fold(EVEN, EVEN, set(), 10) == []


def test_it_is_the_run_that_matters_least():
    assert fold(EVEN, [9, 9, 9, 1, 1, 1, 1, 9, 9, 9], set(), 7) == [range(3, 7)]


def test_pieces_count_as_pieces_of_their_words():
    assert fold([1, 5, 1, 1], [0, 0, 0, 9], {3}, 4) == [range(2)]


def test_what_is_kept_stays_and_then_there_are_two_runs():
    runs = fold(EVEN, EVEN, {4, 9}, 4)
    assert runs == [range(4), range(5, 9)]
    assert left(EVEN, runs) <= 4


def test_where_too_much_is_kept_there_is_no_way():
    assert fold(EVEN, EVEN, {0, 2, 4, 6, 8}, 4) is None
