"""Many films in one file: rendered once, past what fails, and not again before something changes."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from soakup.cli import soakup as command
from soakup.errors import StudioError
from soakup.lecture_file import make, read


@pytest.fixture
def lecture(in_tmp, told) -> Path:
    """A lecture of three films, the second of which has no such word."""
    Path("mine.py").write_text(told)
    Path("lecture.toml").write_text("""
        kit = "minimal"

        [[film]]
        text = "mine.py"
        output = "one.mp4"
        for = ["web"]

        [[film]]
        text = "mine.py"
        output = "two.mp4"
        theme = "pink"

        [[film]]
        text = "mine.py"
        output = "three.mp4"
        theme = "light"
        kit = "full"
    """)
    return Path("lecture.toml")


def outcomes(path: Path, **how) -> list[str]:
    return [outcome.what for outcome in make(path, **how)]


def test_films_are_rendered_past_one_that_fails_and_not_again(lecture):
    assert outcomes(lecture) == ["rendered", "failed", "rendered"]
    assert {"one.mp4", "one.html", "one.json", "three.mp4", "three.srt"} <= set(os.listdir())
    assert not {"two.mp4", "one.srt"} & set(os.listdir())
    before = Path("one.mp4").stat().st_mtime_ns
    assert outcomes(lecture) == ["unchanged", "failed", "unchanged"]
    assert Path("one.mp4").stat().st_mtime_ns == before


def test_what_has_changed_is_rendered_again(lecture):
    outcomes(lecture)
    lecture.write_text(lecture.read_text().replace("pink", "dark"))
    assert outcomes(lecture) == ["unchanged", "rendered", "unchanged"]
    Path("one.html").unlink()
    assert outcomes(lecture) == ["rendered", "unchanged", "unchanged"]
    Path("mine.py").write_text(Path("mine.py").read_text().replace("It turns blue", "It turns"))
    assert outcomes(lecture) == ["rendered"] * 3


def test_what_it_has_not_made_itself_it_leaves(lecture):
    Path("one.mp4").write_text("the lecturer's own")
    assert outcomes(lecture) == ["failed", "failed", "rendered"]
    assert Path("one.mp4").read_text() == "the lecturer's own"
    assert outcomes(lecture, force=True) == ["rendered", "failed", "unchanged"]


def test_the_command_reports_at_the_end(lecture):
    done = CliRunner().invoke(command, ["render", "lecture.toml"], standalone_mode=False)
    assert done.return_value == 1
    lines = done.stdout.splitlines()
    assert lines[-3:] == [
        "rendered   one.mp4",
        "failed     two.mp4: there is no theme 'pink': choose dark or light",
        "rendered   three.mp4",
    ]
    refused = CliRunner().invoke(command, ["render", "lecture.toml", "--theme", "light"])
    assert "says itself how its films are made" in str(refused.exception)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("film = 3", "names no films"),
        ("[[film]", "is no TOML"),
        ("[[film]]\noutput = 'a.mp4'", "film 1 of .* has no text"),
        ("[[film]]\ntext = 3", "says text = 3, which is not of the kind str"),
        ("[[film]]\ntext = 'a'\ncolour = 'red'", "says colour = …, and there is no such thing"),
        ("[[film]]\ntext = 'a'\n[[film]]\ntext = 'a'", "two films of .* go to a.mp4"),
        ("[[film]]\ntext = 'a'\nfor = ['prezi']", "is for 'prezi': choose web"),
    ],
)
def test_a_file_that_cannot_be_understood_is_one_sentence(in_tmp, text, said):
    Path("lecture.toml").write_text(text)
    with pytest.raises(StudioError, match=said):
        read(Path("lecture.toml"))
