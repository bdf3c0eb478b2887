"""What README and docs tell people to type can be typed: every command is known, with all its options and values; those
that put a film into a lecture are run as they are written.
"""

import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from soakup import lecture_file
from soakup.cli import COMMANDS
from soakup.cli import soakup as command

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LECTURES = ROOT / "docs" / "lectures" / "README.md"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
INLINE = re.compile(r"`(?:\./)?soakup ([^`]+)`")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def commands(page: Path) -> Iterator[list[str]]:
    """The words of each of soakup's commands on a page, in blocks and in lines of text."""
    for block in blocks(page, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words and Path(words[0]).name == "soakup":
                yield words[1:]
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    for written in INLINE.findall(text):
        if len(words := shlex.split(" ".join(written.split()))) > 1:  # alone, it is but the name of a command
            yield words


def understood(words: list[str], of: click.Command = command) -> None:
    """Raise what the command line would say of these words; nothing is run."""
    if isinstance(of, click.Group):
        name, *rest = words or ["--help"]
        if name.startswith("-"):
            return
        found = of.get_command(click.Context(of), name)
        assert found, f"there is no command {name}"
        understood(rest, found)
        return
    with suppress(click.exceptions.Exit):  # of --help
        of.make_context(of.name, list(words))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_is_one_that_soakup_understands(page, in_tmp):
    (in_tmp / "my-books").mkdir()
    for words in commands(page):
        if words[0] not in COMMANDS:
            assert words[0].startswith("-") or words[0] in ("…", "FILE.json"), words
            continue
        try:
            understood(words)
        except click.ClickException as error:
            pytest.fail(f"soakup {shlex.join(words)}: {error.format_message()}")


def options(of: click.Command) -> set[str]:
    found = {name for parameter in of.params for name in (*parameter.opts, *parameter.secondary_opts)}
    if isinstance(of, click.Group):
        for name in of.list_commands(click.Context(of)):
            found |= options(of.get_command(click.Context(of), name))
    return found


def test_every_option_on_the_pages_of_lectures_exists():
    known = options(command) | {"--help", "--all"}  # the last of the launcher
    text = LECTURES.read_text(encoding="utf-8") + (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(OPTION.findall(text)) - known == set()


def test_there_are_commands_to_be_found():
    found = [words[0] for words in commands(LECTURES)]
    assert found.count("embed") >= 10 and "render" in found and "verify" in found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_lecture_in_a_file_is_understood(page, tmp_path):
    for text in blocks(page, "toml"):
        (tmp_path / "lecture.toml").write_text(text)
        assert lecture_file.read(tmp_path / "lecture.toml")


def test_what_the_pages_of_lectures_make_of_a_film_is_made(king, stands, in_tmp, monkeypatch):
    """One after another as they stand there, for a later one may take what an earlier one has made."""
    monkeypatch.setattr("soakup.lectures.embedding.standing", lambda clip: stands)
    shutil.copy(king, "moon.mp4")
    for words in commands(LECTURES):
        if words[:2] == ["embed", "moon.mp4"]:
            done = CliRunner().invoke(command, words, standalone_mode=False)
            assert done.exception is None, (words, done.exception)
            for name in re.findall(r"\S+", done.stdout):
                assert Path(name).is_file()
    text = LECTURES.read_text(encoding="utf-8")
    named = set(re.findall(r"`(moon\.[\w.-]+)`", text))
    kit = {f"moon.{end}" for end in ("json", "vtt", "srt", "md", "alt.txt", "poster.png", "last.png", "webm")}
    of_others = {"moon.keynote.mov", "moon.backup.pptx"}  # of a film on no ground, and of a deck that is written over
    missing = {name for name in named - kit - of_others if not Path(name).exists()}
    assert missing == set()
