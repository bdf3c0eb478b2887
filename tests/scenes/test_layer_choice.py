"""A film of many layers stops at few of them, and says which."""

from types import SimpleNamespace

import numpy as np
import pytest

from soakup.scenes.layer_choice import ALL, STOPS, lingering_layer, passed_over, telling_layers


def reading(layers, soaked=()):
    """Two words; in the layers of `soaked` the second takes in some of the first."""
    held = np.cumsum([0.1 if n in soaked else 0.0 for n in range(layers)])

    def shares(n, i):
        return np.array([held[n - 1] if n and i == 1 else 0.0, 1.0])

    return SimpleNamespace(layers=layers, tokens=[0, 1], ink_shares=shares, others=lambda i: [0] if i else [])


def guesses(*tops):
    return [(SimpleNamespace(path=top), None) for top in tops]


@pytest.mark.parametrize("layers", range(1, ALL + 1))
def test_of_few_layers_none_is_passed_over(layers):
    stops = telling_layers(reading(layers), {0}, guesses("a"))
    assert stops == list(range(layers))
    assert passed_over(layers, stops) == {}


def test_of_many_it_stops_where_the_guess_settles_and_where_words_soak_up_most():
    tops = ["a"] * 13 + ["b"] * 18  # another after layer 12
    stops = telling_layers(reading(30, soaked=[20]), {0}, guesses(*tops))
    assert stops == [0, 12, 20, 29]
    assert passed_over(30, stops) == {12: (1, 11), 20: (13, 19), 29: (21, 28)}


def test_what_was_asked_for_is_always_among_them():
    stops = telling_layers(reading(30, soaked=[20]), {0, 7, 8}, guesses(*["a"] * 31))
    assert {0, 7, 8, 29} <= set(stops)
    assert len(stops) == STOPS


def test_of_many_layers_it_lingers_where_the_followed_word_takes_in_most_of_what_it_will_hold():
    many = reading(30, soaked=[3, 9, 20])
    parts = {3: 0.2, 9: 0.6}
    many.carried_by_word = lambda layer, i, w: SimpleNamespace(value=parts.get(layer, 0.9))
    assert lingering_layer(many, 1) == 9
    assert lingering_layer(many, 0) == 0  # there is no other word to take in
    assert lingering_layer(reading(4, soaked=[2]), 1) == 0


def test_a_film_of_many_layers_tells_nothing_before_the_layer_it_begins_with():
    stops = telling_layers(reading(30, soaked=[2, 20]), {9}, guesses(*["a"] * 5, *["b"] * 26))
    assert stops[0] == 9
    assert passed_over(30, stops)[9] == (0, 8)
