"""Small scenes, of a size that draws in no time, and a cache of their own for the renders of a test."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from .previewing import SENTENCE, WAIT, Preview

PLAIN = """
from manim import *

config.pixel_width, config.pixel_height, config.frame_rate = 128, 72, 10

class Plain(Scene):
    def construct(self):
        self.next_section("first")
        square = Square(color="#FFFF00", fill_opacity=1)
        self.play(FadeIn(square), run_time=0.5, subcaption="A <b>square</b> --> & more")
        self.next_section("second")
        self.wait(0.5)
"""

TOLD = """
from manim import BLUE, FadeIn, Square, config

from soakup.scenes.quantity import Quantity
from soakup.scenes.scene import Beat, TraceScene

config.pixel_width, config.pixel_height, config.frame_rate = 128, 72, 10

class Told(TraceScene):
    text = "the old king saw the cat"
    model = {model!r}
    captions = "track"
    pace = 0.1
    poster_beat = "middle"

    def story(self):
        yield Beat("start", self.start)
        yield Beat("middle", self.middle)
        yield Beat("end", self.end)

    def quantity(self, kind, path, format, shown="digits"):
        return Quantity(kind, path, self.trace.value(path), format, shown)

    def start(self):
        self.say("The text has ", self.quantity("count", "count.words", "d"), " words.")
        self.square = Square(fill_opacity=1)
        self.square.quantities = [
            self.quantity("element", "layers.0.pattern[0,3,1]", ".2f"),
            self.quantity("derived", "ink(2)[3,1]", "percent"),
            self.quantity("derived", "ink(2)[3,1]", "", "colour"),
            self.quantity("text", "token[1]", "s"),
        ]
        self.play(FadeIn(self.square), run_time=0.3)

    def middle(self):
        self.say("It turns blue.")
        self.square.set_color(BLUE)
        self.wait(0.3)

    def end(self):
        self.remove(self.square)
        self.wait(0.3)
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the renders of this test work."""
    monkeypatch.setattr(sys, "path", list(sys.path))  # loading a scene file adds its folder
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    return cache / "soakup"


@pytest.fixture
def in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is where a user stands."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def scene_file(tmp_path: Path) -> Callable[[str], Path]:
    """Write a scene file."""

    def write(source: str = PLAIN, name: str = "mine.py") -> Path:
        path = tmp_path / name
        path.write_text(source, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def told(untrained_folder: Path) -> str:
    """A scene file that tells three beats from a Trace."""
    return TOLD.format(model=str(untrained_folder))


@pytest.fixture(scope="session")
def told_film(told: str, tmp_path_factory: pytest.TempPathFactory):
    """The film of that scene; only to be read."""
    from soakup.film import render
    from soakup.scene_file import SceneFile

    folder = tmp_path_factory.mktemp("told")
    (folder / "mine.py").write_text(told)
    return render(SceneFile(folder / "mine.py"), folder / "film.mp4")


@pytest.fixture(scope="session")
def king(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short film of the real model and the real flagship, with all that stands beside it; only to be read."""
    import soakup

    folder = tmp_path_factory.mktemp("king")
    made = soakup.render("The old king", folder / "king.mp4", quality="l", fps=10, only=(1, 4), pace=0.1)
    return made.path


@pytest.fixture(scope="session")
def stands(king):
    """What one can point at in it, found once for all."""
    from soakup.lectures.clip import Clip
    from soakup.lectures.questions import standing

    return standing(Clip.open(king))


# --- a preview that runs ---


@pytest.fixture(scope="module")
def start(tmp_path_factory) -> Iterator[Callable[..., Preview]]:
    running: list[Preview] = []
    env = os.environ | {"XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}

    def started(*arguments: str, cwd: Path | None = None) -> Preview:
        running.append(Preview(*arguments, env=env, cwd=cwd or tmp_path_factory.mktemp("here")))
        return running[-1]

    yield started
    for preview in running:
        if preview.process.poll() is None:
            preview.end()


@pytest.fixture(scope="module")
def sentence(start) -> Preview:
    """One that shows a sentence."""
    return start(SENTENCE)


@pytest.fixture
def shown(page: Page, sentence: Preview) -> Page:
    """Its page, with the first beats on it."""
    page.goto(sentence.url)
    expect(page.locator("#storyboard li")).not_to_have_count(0, timeout=WAIT)
    return page


@pytest.fixture(scope="module")
def of_a_file(start, told: str, tmp_path_factory) -> SimpleNamespace:
    file = tmp_path_factory.mktemp("mine") / "mine.py"
    file.write_text(told)
    return SimpleNamespace(file=file, preview=start("mine.py:Told", cwd=file.parent))


@pytest.fixture
def mine(of_a_file: SimpleNamespace, told: str) -> SimpleNamespace:
    """A preview of a scene file, which nobody has touched yet."""
    of_a_file.file.write_text(told)
    return of_a_file
