"""`soakup embed` and `soakup render --for`: one sentence for what cannot be done, and nothing half-written."""

import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

import soakup
from soakup import film, verify
from soakup.errors import NotAClip, OutputError, StudioError
from soakup.lectures.clip import Clip
from soakup.lectures.questions import standing
from soakup.lectures.replay import MadeOtherwise
from soakup.lectures.targets import OPTIONS, SUFFIXES, TARGETS
from soakup.scene_file import SceneFile


def test_every_target_has_its_page_of_docs():
    docs = (Path(__file__).parents[2] / "docs" / "lectures" / "README.md").read_text()
    assert set(TARGETS) == set(SUFFIXES) == set(OPTIONS)
    for target in TARGETS:
        assert f"--for {target}" in docs


@pytest.mark.parametrize("target", TARGETS)
def test_it_is_made_from_the_film_alone_wherever_it_was_moved(king, stands, in_tmp, monkeypatch, target):
    if target != "web":  # there it is looked for in earnest
        monkeypatch.setattr("soakup.lectures.embedding.standing", lambda clip: stands)
    shutil.copy(king, "moved.mp4")
    made = soakup.embed("moved.mp4", target)
    assert made.notes == []
    assert made.files and all(path.stat().st_size for path in made.files)
    assert verify.verify(Path("moved.mp4")).quantities > 100
    with pytest.raises(OutputError, match="exists: write over it with --force"):
        soakup.embed("moved.mp4", target)


def test_over_what_is_there_it_writes_when_told(king, in_tmp):
    shutil.copy(king, "moved.mp4")
    (first, *_) = soakup.embed("moved.mp4", "beamer").files
    first.write_text("older")
    assert soakup.embed("moved.mp4", "beamer", force=True).files[0] == first
    assert first.read_text() != "older"


@pytest.mark.parametrize("target", ["web", "reveal"])
def test_what_a_snippet_asks_for_is_there_even_when_the_film_was_moved_alone(king, in_tmp, target):
    shutil.copy(king, "moved.mp4")
    soakup.embed("moved.mp4", target)
    with Image.open("moved.poster.png") as poster:
        assert poster.size == (854, 480)
    assert Path("moved.vtt").read_text() == king.with_suffix(".vtt").read_text()


def test_a_film_without_the_frame_that_stands_for_it_is_one_sentence(king):
    clip = Clip.open(king)
    for about in ({**clip.about, "poster": 999.0}, {**clip.about, "beats": [{**clip.about["beats"][0], "end": 999.0}]}):
        with pytest.raises(NotAClip, match="is damaged: its manifest promises frames that are not in it"):
            _ = Clip(king, about).poster if about["poster"] == 999 else Clip(king, about).stills


@pytest.mark.parametrize("target", TARGETS)
def test_a_plain_manim_scene_can_be_embedded_too(scene_file, in_tmp, target):
    film.render(SceneFile(scene_file()), Path("film.mp4"))
    assert soakup.embed("film.mp4", target).files


@pytest.mark.parametrize(
    ("clip", "target", "options", "error", "said"),
    [
        ("king.json", "web", {}, NotAClip, "name its .mp4 file"),
        ("missing.mp4", "web", {}, NotAClip, "there is no file missing.mp4"),
        ("other.mp4", "web", {}, NotAClip, "is not a film"),
        ("king.mp4", "prezi", {}, StudioError, "no target 'prezi': choose web"),
        ("king.mp4", "web", {"slide": 3}, StudioError, "web takes no --slide"),
        ("king.mp4", "web", {"output": "page.pptx"}, OutputError, "name it FILE.html"),
        ("king.mp4", "web", {"output": "other.mp4/page.html"}, OutputError, "cannot write into"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(king, in_tmp, clip, target, options, error, said):
    shutil.copy(king, "king.mp4")
    shutil.copy(king.with_suffix(".json"), "king.json")
    Path("other.mp4").write_text("no film")
    before = sorted(os.listdir())
    with pytest.raises(error, match=said):
        soakup.embed(clip, target, **options)
    assert sorted(os.listdir()) == before


def test_a_film_is_rendered_and_embedded_at_once(in_tmp, told, scene_file):
    from click.testing import CliRunner

    from soakup.cli import soakup as command

    path = scene_file(told)
    done = CliRunner().invoke(command, ["render", str(path), "--for", "web", "-o", "film.mp4"])
    assert done.exit_code == 0, done.output
    assert "film.html" in done.output and Path("film.html").is_file() and Path("film.vtt").is_file()
    again = CliRunner().invoke(command, ["render", str(path), "--for", "web", "-o", "film.mp4"])
    assert "exists: write over it with --force" in str(again.exception)


def test_a_film_of_another_model_or_scene_is_not_asked(king, told, scene_file, in_tmp):
    film.render(SceneFile(scene_file(told)), Path("film.mp4"))
    assert standing(Clip.open(Path("film.mp4")))
    scene_file(told.replace("layers.0.pattern[0,3,1]", "layers.0.pattern[0,3,0]"))
    with pytest.raises(MadeOtherwise, match="render it again"):
        standing(Clip.open(Path("film.mp4")))
    Path("mine.py").unlink()
    made = soakup.embed("film.mp4", "web")
    assert "whose file is neither beside it nor here" in made.notes[0]
    assert '"at":[]' in made.files[0].read_text()
