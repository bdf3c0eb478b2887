"""Pieces of a text stand side by side as they are read, whichever way each runs."""

import pytest

from soakup.scenes import SCENES
from soakup.scenes.directions import against, from_the_right, in_view
from soakup.scenes.running_text import running_text


def seen(pieces):
    """The pieces, from the left to the right."""
    leftwards = from_the_right("".join(pieces))
    order = in_view(range(len(pieces)), against(pieces, leftwards))
    return [pieces[k] for k in (reversed(order) if leftwards else order)]


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["he", "ll", "o"], ["he", "ll", "o"]),
        (["ש", "לום"], ["לום", "ש"]),
        (["ש", "לום", " he", "llo"], [" he", "llo", "לום", "ש"]),
        (["he", "llo", " ש", "לום", " there"], ["he", "llo", "לום", " ש", " there"]),
        (["שנת", " 19", "48", " טובה"], [" טובה", " 19", "48", "שנת"]),
        (["ש", " one", ",", " two", "."], [".", " one", ",", " two", "ש"]),
        (["(", "!", ")"], ["(", "!", ")"]),
    ],
)
def test_pieces_stand_as_they_are_read(pieces, shown):
    assert seen(pieces) == shown


def test_spaces_stay_where_they_are_read():
    turned = against(["ש", " he", "llo", " לום"], True)
    points, larger = running_text([1.0] * 4, [0.0, 0.5, 0.0, 0.25], 20.0, 0.0, 1.0, True, turned, 1)
    xs = [x for x, _ in points]
    assert larger == 1.0
    assert [xs[0] - xs[2], xs[2] - xs[1], xs[1] - xs[3]] == pytest.approx([1.5, 1.0, 1.25])


@pytest.mark.parametrize("scene", ["layer-by-layer", "attention-pattern"])
def test_a_latin_word_in_a_hebrew_text_is_written_from_the_left(play_through, scene):
    film = play_through(SCENES[scene], text="שלום hello", only=(1, 1))
    row = film.sentence.boxes if scene == "layer-by-layer" else film.as_running_text(24)
    at = {film.reading.token(*group).text.strip(): written.get_x() for group, written in row.items()}
    assert at["he"] < at["ll"] < at["o"] < at["ם"] < at["ש"]
