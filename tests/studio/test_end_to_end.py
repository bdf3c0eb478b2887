"""From a sentence to a checked film, with the real model and the real flagship, as small as can be."""

import os
import subprocess
import sys
from pathlib import Path

import av
import pytest

import soakup
from soakup import film, verify
from soakup.scenes.errors import SceneError

TEXT = "The old king gave"
SMALL = {"quality": "l", "fps": 5, "only": (1, 4), "pace": 0.1}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> film.Film:
    return soakup.render(TEXT, tmp_path_factory.mktemp("made") / "film.mp4", **SMALL)


def test_a_sentence_becomes_a_film_that_verifies(made):
    checked = verify.verify(made.path)
    assert checked.quantities > 150
    assert (checked.beats, checked.model) == (4, "tiny")
    with av.open(made.path) as opened:
        assert opened.metadata["title"] == TEXT
        assert len(opened.chapters()) == 4
        assert opened.streams.video[0].frames == round(made.manifest["duration"] * 5)
    assert all(beat["caption"] for beat in made.manifest["beats"])
    assert made.files.captions.read_text().count("-->") == 4


def test_the_same_sentence_gives_the_same_files(made, in_tmp):
    again = soakup.render(TEXT, **SMALL)
    assert again.path == Path("out", "the-old-king-gave.mp4")
    for one, two in zip(made.files, again.files, strict=True):
        assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"layer": 9}, "no layer 9"),
        ({"head": 0}, "no head 0"),
        ({"word": "queen"}, "no word 'queen'"),
        ({"only": (40, 50)}, "no beats 40-50"),
        ({"theme": "pink"}, "no theme 'pink'"),
    ],
)
def test_what_the_scene_cannot_do_is_one_sentence(in_tmp, settings, said):
    with pytest.raises(SceneError, match=said):
        soakup.render(TEXT, quality="l", **settings)
    assert os.listdir() == []


def test_text_is_shown_literally(in_tmp):
    made = soakup.render(r"<b> #x $y$", **{**SMALL, "only": (1, 1)})
    assert made.manifest["text"] == r"<b> #x $y$"
    assert verify.verify(made.path).quantities > 30


def test_plain_manim_draws_our_scenes_too(in_tmp):
    Path("mine.py").write_text(
        "from soakup.scenes import LayerByLayer\n"
        "class Mine(LayerByLayer):\n"
        "    text = 'the old king'\n"
        "    only = (1, 1)\n"
        "    pace = 0.1\n"
    )
    command = [sys.executable, "-m", "manim", "-ql", "--fps", "5", "--progress_bar", "none", "mine.py", "Mine"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = Path("media", "videos", "mine").glob("*/Mine.mp4")
    ours = film.render(film.SceneFile(Path("mine.py")), Path("ours.mp4"), quality="l", fps=5)
    with av.open(made) as plain, av.open(ours.path) as filmed:
        assert plain.streams.video[0].frames == filmed.streams.video[0].frames
