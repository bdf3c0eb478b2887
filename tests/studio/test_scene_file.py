"""A user's file is found, run, and blamed with its own line."""

from pathlib import Path

import pytest

from soakup.errors import SceneFileError
from soakup.scene_file import SceneFile, describe

TWO = "from manim import Scene\nclass One(Scene): pass\nclass Two(Scene): pass\n"


def test_a_sentence_is_no_scene_file():
    assert SceneFile.named_by("The old king gave his daughter a key") is None
    assert SceneFile.named_by("I wrote it all in main.py") is None
    assert SceneFile.named_by("a.py: a file") is None


def test_a_file_with_or_without_a_scene(scene_file):
    path = scene_file(TWO)
    assert SceneFile.named_by(str(path)) == SceneFile(path)
    assert SceneFile.named_by(f"{path}:Two") == SceneFile(path, "Two")
    assert SceneFile.named_by(f"{path}:Two").load().__name__ == "Two"


def test_a_file_is_run_as_it_stands_and_nothing_comes_to_stand_beside_it(scene_file, monkeypatch):
    """Python's own cache takes a file of the same length, saved within a second, for the one before."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    source = "from manim import Scene\nclass One(Scene): number = {}\n"
    assert [SceneFile(scene_file(source.format(n))).load().number for n in (1, 2, 3)] == [1, 2, 3]
    path = scene_file()
    assert list(path.parent.iterdir()) == [path]


def test_a_path_with_spaces(scene_file):
    path = scene_file(TWO, name="my own scene.py")
    assert SceneFile.named_by(f"{path}:One") == SceneFile(path, "One")


def test_a_missing_file_is_named():
    with pytest.raises(SceneFileError, match=r"there is no scene file missing\.py"):
        SceneFile.named_by("missing.py:Scene")


def test_the_only_scene_needs_no_name(scene_file):
    source = "from manim import Scene, MovingCameraScene\nclass Mine(MovingCameraScene): pass\nother = Scene\n"
    assert SceneFile(scene_file(source)).load().__name__ == "Mine"


def test_many_scenes_are_listed(scene_file):
    with pytest.raises(SceneFileError, match="has 2 scenes: name one of One, Two"):
        SceneFile(scene_file(TWO)).load()


def test_an_unknown_scene_gets_the_nearest(scene_file):
    with pytest.raises(SceneFileError, match="no scene called 'Tow'; did you mean Two"):
        SceneFile(scene_file(TWO), "Tow").load()


def test_a_file_without_scenes(scene_file):
    with pytest.raises(SceneFileError, match="has no scene in it"):
        SceneFile(scene_file("x = 1\n")).load()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import nowhere_at_all\n", "line 1 of mine.py, `import nowhere_at_all`: ModuleNotFoundError"),
        ("x = 1\ndef broken(:\n", "SyntaxError in line 2"),
        ("import sys\nsys.exit()\n", r"line 2 of mine.py, `sys\.exit\(\)`: SystemExit$"),
        ("\n\nraise ValueError('one\\ntwo')\n", "line 3 .*ValueError: one$"),
    ],
)
def test_a_file_that_cannot_be_run_is_blamed_with_its_line(scene_file, source, said):
    with pytest.raises(SceneFileError, match=said) as caught:
        SceneFile(scene_file(source)).load()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("source", ["import nowhere_at_all\n", "def broken(:\n"])
def test_its_line_is_told_also_where_it_is_named_from_the_folder_it_is_in(scene_file, in_tmp, source):
    scene_file(source)
    with pytest.raises(SceneFileError, match=r"^mine\.py cannot be used: (line 1|SyntaxError in line 1)"):
        SceneFile(Path("mine.py")).load()


def test_a_file_may_import_its_neighbours(scene_file):
    scene_file("NAME = 'Neighbour'\n", name="neighbour_of_mine.py")
    source = "import neighbour_of_mine\nfrom manim import Scene\nclass Mine(Scene): about = neighbour_of_mine.NAME\n"
    assert SceneFile(scene_file(source)).load().about == "Neighbour"


def test_a_file_may_be_named_like_a_module(scene_file):
    source = "import random\nfrom manim import Scene\nclass Mine(Scene): number = random.Random(1).random()\n"
    assert 0 < SceneFile(scene_file(source, name="json.py")).load().number < 1


def test_an_error_elsewhere_is_told_without_a_line(tmp_path):
    try:
        {}["key"]
    except KeyError as error:
        assert describe(error, tmp_path / "other.py") == "KeyError: 'key'"
