"""Words whose letters join are read whole before they are taken apart into pieces."""

import pytest

from soakup.scenes import SCENES
from soakup.scenes.shaping import shaped_words
from soakup.scenes.words import Words


def read_first(play_through, scene_class, text):
    """The texts that stand on the screen before anything has moved, from the left to the right."""
    seen: list[list[Words]] = []

    def look(scene):
        if not seen:
            seen.append([m for m in scene.mobjects if isinstance(m, Words) and m.text not in ("Attention", "")])

    class Watched(scene_class):
        def wait(self, *args, **kwargs):
            look(self)
            super().wait(*args, **kwargs)

        def play(self, *args, **kwargs):
            look(self)
            super().play(*args, **kwargs)

    play_through(Watched, text=text, only=(1, 1))
    return [words.text.strip() for words in sorted(seen[0], key=Words.get_x)]


@pytest.mark.parametrize("scene_class", [SCENES["layer-by-layer"], SCENES["values"], SCENES["attention"]])
@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("الملك سعيد", ["سعيد", "الملك"]),
        ("राजा", ["राजा"]),
        ("hello राजा", ["hello", "राजा"]),
    ],
)
def test_joined_letters_are_read_as_words(play_through, scene_class, text, read):
    assert read_first(play_through, scene_class, text) == read


def test_pieces_that_look_the_same_are_read_as_they_are(play_through):
    for text in ("unbelievably good", "naïve", "שלום", "你好"):
        film = play_through(SCENES["values"], text=text, only=(1, 1))
        assert shaped_words(film.reading, 24, 12.0, 0.0, film.style) == []


def test_the_pieces_take_the_places_of_the_words(play_through):
    film = play_through(SCENES["layer-by-layer"], text="राजा", only=(1, 1))
    assert not [m for m in film.mobjects if isinstance(m, Words) and m.text.strip() == "राजा"]
    letters = [part for box in film.sentence.boxes.values() for part in box.label.get_family()]
    assert {getattr(part, "level", 1.0) for part in letters} == {1.0}
    assert "text[0:4]" in {quantity.path for quantity in film.beats[0].quantities}
