"""A film that is to go round ends with the frame it begins with, in every form, and its beats stay as they are."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from soakup import film, lecture_file
from soakup.cli import soakup as command
from soakup.lectures.clip import Clip
from soakup.scene_file import SceneFile
from soakup.verify import verify

from .test_formats import ONE_BEAT, pictures

MOVES = (
    ONE_BEAT
    + """
        square = Square(2, color="#FC6255", stroke_width=0).set_fill(opacity=0.8).shift(LEFT * 4)
        stays = Square(2, color="#58C4DD", stroke_width=0).set_fill(opacity=1).shift(UP * 2.5)
        self.add(square, stays)
        self.play(square.animate.shift(RIGHT * 8), run_time=0.4)
"""
)


@pytest.fixture(scope="module")
def moves(untrained_folder, tmp_path_factory) -> SceneFile:
    path = tmp_path_factory.mktemp("moves") / "moves.py"
    path.write_text(MOVES.format(model=str(untrained_folder)))
    return SceneFile(path)


@pytest.fixture(
    scope="module", params=[{}, {"background": "transparent"}, {"background": "transparent", "theme": "light"}]
)
def looped(request, moves, tmp_path_factory):
    path = tmp_path_factory.mktemp("looped") / "film.mp4"
    return film.render(moves, path, settings=request.param, loop=True, formats=["webm", "gif", "apng"])


@pytest.mark.parametrize("form", ["mp4", "webm", "gif", "apng"])
def test_the_last_frame_is_the_first(looped, form):
    path = looped.path if form == "mp4" else looped.files.format(form)
    first, *_, last = (picture.astype(int) for picture in pictures(path, form))
    assert np.abs(first - last).mean() < 0.5 and np.abs(first - last).max() < 40  # edges are coded a little otherwise
    red = first[36, 28]
    assert red[0] > 180 and red[:3].min() < 150  # the square stands where it began, in both


def test_what_is_in_both_stays_and_nothing_lies_over_the_rest_on_the_way(looped):
    frames = [picture.astype(int) for picture in pictures(looped.path, "mp4")]
    end = round(looped.manifest["beats"][-1]["end"] * 10)
    assert len(frames) == end + 12 == round(looped.manifest["duration"] * 10)
    for frame in frames[end:]:
        assert np.abs(frame[14, 64] - frames[0][14, 64]).max() < 12
    ground = frames[0][60, 64]
    half_way = frames[end + 5]
    assert np.abs(half_way[36, [28, 100]] - ground).max() < 30  # the one is gone before the other comes


def test_its_beats_and_its_numbers_are_those_of_the_film_without(looped, moves, tmp_path):
    plain = film.render(moves, tmp_path / "film.mp4", settings={"background": None})
    assert looped.manifest["loop"] and not plain.manifest["loop"]
    assert [b["end"] for b in looped.manifest["beats"]] == [b["end"] for b in plain.manifest["beats"]]
    clip = Clip.open(looped.path)
    assert clip.duration == clip.beats[-1].end + 1.2
    assert verify(looped.path).beats == 1


def test_the_command_and_a_lecture_know_of_it(moves, in_tmp):
    done = CliRunner().invoke(command, ["render", str(moves.path), "--loop", "-o", "film.mp4"], standalone_mode=False)
    assert done.exception is None and Clip.open(Path("film.mp4")).about["loop"]
    Path("lecture.toml").write_text(
        f'[[film]]\ntext = "{moves.path}"\noutput = "two.mp4"\nloop = true\nkit = "minimal"\n'
    )
    assert [outcome.what for outcome in lecture_file.make(Path("lecture.toml"))] == ["rendered"]
    assert Clip.open(Path("two.mp4")).about["loop"]
