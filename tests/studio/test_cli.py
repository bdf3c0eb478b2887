"""What a person meets at the command line: a film, or one sentence."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from soakup import cli, manifest

SECRETS = ("Traceback", 'File "')


@pytest.fixture
def soakup(capfd, monkeypatch):
    """Run a command line in this process; returns exit code, stdout and stderr."""
    handler = signal.getsignal(signal.SIGTERM)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["soakup", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capfd.readouterr()
        return ended.value.code, out, err

    yield run
    signal.signal(signal.SIGTERM, handler)


def start(*arguments: str, **options) -> subprocess.Popen:
    command = [sys.executable, "-m", "soakup", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def one_sentence(err: str) -> str:
    assert err.count("\n") == 1, err
    assert not any(secret in err for secret in SECRETS)
    return err.strip()


def test_help_needs_neither_manim_nor_torch():
    program = (
        "import sys; sys.argv = ['soakup', {!r}]\n"
        "from soakup.cli import main\n"
        "try: main()\n"
        "finally: assert not {{'manim', 'torch', 'av', 'numpy', 'rich'}} & set(sys.modules), sorted(sys.modules)\n"
    )
    for option in ("--help", "--version"):
        done = subprocess.run([sys.executable, "-c", program.format(option)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_help_shows_how(soakup):
    code, out, _ = soakup("--help")
    assert code == 0
    assert re.search(r'soakup render "\w', out)
    for name in cli.COMMANDS:
        assert re.search(rf"^  {name} ", out, re.MULTILINE)


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_every_command_has_help(soakup, name):
    code, out, _ = soakup(name, "--help")
    assert code == 0
    assert out.startswith(f"Usage: soakup {name}")


def test_version(soakup):
    assert soakup("--version") == (0, "soakup 0.1.0\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["render"],
        ["render", "a", "-q", "x"],
        ["render", "a", "--fps", "0"],
        ["render", "a", "--fps", "many"],
        ["render", "a", "--beats", "3-2"],
        ["render", "a", "--beats", "0"],
        ["render", "a", "--beats", "b"],
        ["render", "a", "--theme", "pink"],
        ["render", "a", "--pace", "0"],
        ["render", "a", "--seed", "-1"],
        ["verify"],
    ],
)
def test_wrong_usage_exits_with_2(soakup, in_tmp, arguments):
    code, out, err = soakup(*arguments)
    assert (code, out) == (2, "")
    assert "Error: " in err
    assert not any(secret in err for secret in SECRETS)
    assert os.listdir() == []


def test_scenes_are_listed(soakup):
    code, out, _ = soakup("scenes")
    assert code == 0
    assert re.search(r"^layer-by-layer  .*layer", out, re.MULTILINE)


def test_a_film_of_a_plain_scene(soakup, in_tmp, scene_file):
    scene_file()
    code, out, err = soakup("render", "mine.py:Plain")
    assert (code, err) == (0, "")
    assert re.fullmatch(r"out/plain\.mp4 \(1\.0 s, 128×72, 10 frames a second, \d+ kB\)\n", out)
    kit = ("alt.txt", "json", "last.png", "md", "mp4", "poster.png", "srt", "vtt")
    assert sorted(os.listdir("out")) == [f"plain.{end}" for end in kit]


def test_a_film_of_a_told_scene_can_be_verified(soakup, in_tmp, scene_file, told):
    scene_file(told)
    code, out, err = soakup("render", "mine.py", "-o", "my film.mp4", "--word", "king", "--beats", "1-2", "--seed", "7")
    assert code == 0
    assert "soakup verify 'my film.mp4'" in out
    assert err.splitlines() == ["1 of 3 · start", "2 of 3 · middle"]
    settings = manifest.read(Path("my film.mp4"))["settings"]
    assert (settings["word"], settings["only"], settings["seed"], settings["theme"]) == ("king", [1, 2], 7, "dark")
    code, out, err = soakup("verify", "my film.mp4")
    assert (code, err) == (0, "")
    assert "all 9 quantities in 2 beats" in out


def test_what_is_kept_can_be_seen_and_cleared(soakup, in_tmp, scene_file, own_cache):
    scene_file()
    assert soakup("render", "mine.py")[0] == 0
    kept = list((own_cache / "segments").iterdir())
    code, out, err = soakup("cache")
    assert (code, err, len(kept)) == (0, "", 2)
    assert re.search(r"holds 2 segments of films, 0\.0 MB of at most 2000 MB", out)
    code, out, err = soakup("cache", "clear")
    assert (code, err) == (0, "")
    assert "2 files" in out
    assert not any(path.exists() for path in kept)
    assert "holds 0 segments" in soakup("cache")[1]


def test_verify_exit_codes(soakup, in_tmp, told_film):
    shutil.copy(told_film.path, "film.mp4")
    text = told_film.files.manifest.read_text()
    Path("film.json").write_text(text.replace("It turns blue.", "It turns red."))
    code, out, err = soakup("verify", "film.mp4")
    assert (code, out) == (1, "")
    assert "beats[1].caption differs" in one_sentence(err)
    for name in ("missing.mp4", "film.txt"):
        Path("film.txt").write_text("no film")
        code, out, err = soakup("verify", name)
        assert (code, out) == (2, "")
        assert name in one_sentence(err)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["A king", "-o", "film.mov"], ".mp4"),
        (["A king", "-o", "film"], ".mp4"),
        (["A king", "-o", "there.mp4"], "there.mp4 exists: write over it with --force"),
        (["A king", "-o", "there.mp4/film.mp4"], "cannot write into"),
        (["A king", "--scene", "layer-by-leyer"], "did you mean layer-by-layer"),
        (["mine.py", "--scene", "layer-by-layer"], "leave out --scene"),
        (["mine.py", "--layer", "2"], "plain Manim scene"),
        (["missing.py:Mine"], "no scene file missing.py"),
        (["mine.py:Plane"], "did you mean Plain"),
        (["A king", "--model", "tyni"], "model called 'tyni'"),
        ([""], "empty or blank"),
        (["  "], "empty or blank"),
        (["a\tb"], "tab"),
        (["a\x1b[31mb"], "U+001B"),
        (["half \udc80 a character"], "not valid Unicode"),
    ],
)
def test_bad_input_is_one_sentence(soakup, in_tmp, scene_file, arguments, said):
    scene_file()
    Path("there.mp4").write_text("older")
    code, out, err = soakup("render", *arguments, "-q", "l")
    assert (code, out) == (1, "")
    assert said in one_sentence(err)
    assert sorted(os.listdir()) == ["mine.py", "there.mp4"]
    assert Path("there.mp4").read_text() == "older"


def test_a_fault_of_ours_is_one_sentence_too(soakup, monkeypatch):
    monkeypatch.setattr("soakup.verify.verify", lambda path: [][1])
    code, out, err = soakup("verify", "film.mp4")
    assert (code, out) == (1, "")
    assert re.search(r"report it: IndexError: .* \(test_cli\.py, line \d+\)", one_sentence(err))


@pytest.mark.parametrize("content", ["garbage", "[CLI]\nframe_height = tall"])
def test_a_broken_manim_cfg_is_one_sentence(in_tmp, content):
    Path("manim.cfg").write_text(content)
    with start("scenes") as scenes:
        out, err = scenes.communicate()
    assert (scenes.returncode, out) == (1, "")
    assert "manim.cfg" in one_sentence(err)


def test_a_reader_that_goes_away_is_no_fault(in_tmp):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-m", "soakup", "scenes"], stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert done.stderr == b""


ENDLESS = """
from pathlib import Path
from manim import *
config.pixel_width, config.pixel_height, config.frame_rate = 128, 72, 10
class Endless(Scene):
    def construct(self):
        self.wait(0.5)
        Path("drawing").touch()
        while True:
            self.play(Rotate(Square()), run_time=0.5)
"""


@pytest.mark.parametrize(
    ("by", "code", "said"),
    [
        (signal.SIGINT, 130, "Stopped; nothing was written."),
        (signal.SIGTERM, 143, "Stopped; nothing was written."),
        (signal.SIGKILL, -9, ""),
    ],
)
def test_a_stopped_render_leaves_nothing(in_tmp, own_cache, scene_file, by, code, said):
    scene_file(ENDLESS)
    with start("render", "mine.py", "-o", "out/film.mp4") as render:
        try:
            deadline = time.monotonic() + 60
            while not Path("drawing").exists() and render.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            render.send_signal(by)
            out, err = render.communicate(timeout=60)
        finally:
            render.kill()  # the scene has no end of its own
    assert (render.returncode, out, err.strip()) == (code, "", said)
    assert sorted(os.listdir()) == ["drawing", "mine.py"]
    assert bool(list(own_cache.glob("render-*"))) == (by == signal.SIGKILL)


def test_check_says_what_it_looked_at(soakup, scene_file):
    code, out, err = soakup("check", str(scene_file()))
    assert (code, err) == (0, "")
    assert out.startswith("mine.py:Plain: nothing wrong in 1 seconds.")


def test_check_names_each_fault_in_a_line(soakup, scene_file):
    path = scene_file("from manim import *\nclass Bad(Scene):\n    def construct(self):\n        self.add(Square(9))\n"
                      "        self.wait(1)\n")  # fmt: skip
    code, out, err = soakup("check", str(path))
    assert (code, err) == (1, "")
    assert out == "0.0–1.0 s · outside the frame: the square is cut off by the edge of the frame\n"


@pytest.mark.parametrize("wrong", [["the old king", "--layer", "9"], ["missing.py"], ["the king", "--scene", "nosuch"]])
def test_what_cannot_be_checked_is_one_sentence(soakup, in_tmp, wrong):
    code, out, err = soakup("check", *wrong)
    assert (code, out) == (1, "")
    one_sentence(err)


def test_check_plays_a_film_again_as_it_was_made(soakup, told_film, in_tmp):
    shutil.copy(told_film.path.parent / "mine.py", "mine.py")
    code, out, _ = soakup("check", str(told_film.path))
    assert code == 1
    assert [line.partition(" s · ")[2] for line in out.splitlines()] == [
        "middle · flash: the square changes its colour or brightness at once",
        "end · gone at once: the square is gone without a play",
    ]
    code, out, err = soakup("check", str(told_film.path), "--layer", "1")
    assert (code, out) == (1, "")
    assert "leave out the options" in one_sentence(err)
