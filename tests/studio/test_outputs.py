"""Films are named by their words, never overwrite unasked, and come to stand whole or not at all."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from soakup.errors import OutputError
from soakup.outputs import NAME_BYTES, Outputs, default_path, work_folder

KIT = ["alt.txt", "json", "last.png", "md", "mp4", "poster.png", "srt", "vtt"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A fluffy blue creature", "a-fluffy-blue-creature"),
        ("The cat’s hat, don't!", "the-cats-hat-dont"),
        ("../../etc/passwd", "etc-passwd"),
        ("...", "film"),
        (".hidden", "hidden"),
        ("a/b\\c:d|e\0f", "a-b-c-d-e-f"),
        ("🙂 🙂", "film"),
        ("Größe über alles", "größe-über-alles"),
        ("吾輩は猫である", "吾輩は猫である"),
        ("हिन्दी में", "हिन्दी-में"),
        ("con", "con-film"),
        ("LPT1", "lpt1-film"),
        ("half \udc80 a character", "half-a-character"),
        ("<b>bold</b> $x^2$", "b-bold-b-x-2"),
    ],
)
def test_a_film_is_named_by_its_words(text, name):
    assert default_path(text) == Path("out", f"{name}.mp4")


@pytest.mark.parametrize("text", ["word " * 60, "ß" * 300, "吾輩は猫である" * 30])
def test_a_name_is_never_too_long(text):
    name = default_path(text).stem
    assert 0 < len(name.encode()) <= NAME_BYTES
    assert not name.endswith("-")


def test_a_long_name_ends_with_a_whole_word():
    assert set(default_path("letters " * 60).stem.split("-")) == {"letters"}


@pytest.mark.parametrize("suffix", [".mov", ".gif", ".MP3", ""])
def test_an_unknown_suffix_is_refused(in_tmp, suffix):
    with pytest.raises(OutputError, match=r"\.mp4"):
        Outputs(Path(f"film{suffix}")).check(force=True)


@pytest.mark.parametrize("name", [f"film.{end}" for end in KIT])
def test_existing_files_are_refused_without_force(in_tmp, name):
    Path(name).write_text("older")
    with pytest.raises(OutputError, match=f"{name} exists.*--force"):
        Outputs(Path("film.mp4")).check(force=False)
    Outputs(Path("film.mp4")).check(force=True)
    assert Path(name).read_text() == "older"


def test_a_name_too_long_for_a_file_is_refused(in_tmp):
    Outputs(Path("ß" * 118 + ".mp4")).check(force=False)
    with pytest.raises(OutputError, match="too long"):
        Outputs(Path("ß" * 119 + ".mp4")).check(force=False)


def test_a_folder_is_refused(in_tmp):
    Path("film.mp4").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        Outputs(Path("film.mp4")).check(force=True)


def test_a_folder_that_cannot_be_written_to_is_refused(in_tmp):
    Path("file").write_text("not a folder")
    with pytest.raises(OutputError, match="cannot write into"):
        Outputs(Path("file", "deeper", "film.mp4")).check(force=False)
    if os.geteuid() != 0:  # root may write anywhere
        Path("closed").mkdir(mode=0o500)
        with pytest.raises(OutputError, match="cannot write into"):
            Outputs(Path("closed", "film.mp4")).check(force=False)


def test_checking_leaves_nothing(in_tmp):
    Outputs(Path("a", "b", "film.mp4")).check(force=False)
    assert os.listdir() == []


def finished(folder: Path) -> Outputs:
    work = Outputs(folder / "film.mp4")
    folder.mkdir()
    for path in work:
        path.write_text(path.name)
    return work


def test_all_files_are_placed(in_tmp):
    Outputs(Path("a", "b", "mine.mp4")).place(finished(in_tmp / "work"))
    assert sorted(os.listdir("a/b")) == [f"mine.{end}" for end in KIT]
    assert Path("a/b/mine.vtt").read_text() == "film.vtt"


def test_all_files_are_placed_or_none(in_tmp):
    work = finished(in_tmp / "work")
    Path("out", "mine.mp4").mkdir(parents=True)  # came to stand there since it was checked
    with pytest.raises(OutputError, match=r"cannot write out/mine\.mp4"):
        Outputs(Path("out", "mine.mp4")).place(work)
    assert os.listdir("out") == ["mine.mp4"]


def test_a_work_folder_goes_with_its_render(own_cache):
    with work_folder() as folder:
        assert folder.is_dir()
        assert folder.is_relative_to(own_cache)
    assert not list(own_cache.glob("render-*"))


def test_what_a_killed_render_left_is_removed(own_cache):
    program = textwrap.dedent("""
        import os, signal
        from soakup.outputs import work_folder
        with work_folder() as folder:
            (folder / "half.mp4").write_text("half a film")
            os.kill(os.getpid(), signal.SIGKILL)
    """)
    assert subprocess.run([sys.executable, "-c", program]).returncode == -signal.SIGKILL
    (left,) = own_cache.glob("render-*")
    with work_folder() as folder:
        assert list(own_cache.glob("render-*")) == [folder]
    assert not left.exists()


def test_a_render_under_way_is_left_alone():
    with work_folder() as one, work_folder() as two:
        assert one.is_dir()
        assert two.is_dir()


def test_a_home_that_cannot_be_written_to_is_no_hindrance(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with work_folder() as folder:
        assert folder.is_dir()
