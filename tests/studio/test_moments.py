"""A scene that is played for the preview: its stills, its draft, and any of its frames, from a few forks of it."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from soakup import film
from soakup.app import messages, moments
from soakup.app.jobs import Story
from soakup.app.warm import Line
from soakup.drawing.fast import fast_drawing
from soakup.scene_file import SceneFile
from soakup.staging import manim_at

SCENE = """
from manim import *

config.pixel_width, config.pixel_height, config.frame_rate = 128, 72, 10

class Moving(Scene):
    def construct(self):
        square = Square(color=YELLOW, fill_opacity=1)
        self.play(FadeIn(square), run_time=1.5)
        self.wait(1)
        for k in range(6):
            self.play(square.animate.shift(RIGHT / 4), run_time=0.7, subcaption="It moves." if k == 2 else "")
        self.next_section("left out", skip_animations=True)
        self.wait(1)
        self.next_section("and at last")
        self.play(square.animate.shift(UP), run_time=2.3)
"""


@pytest.fixture
def played(scene_file: Callable[..., Path], tmp_path: Path) -> Iterator[Callable[[], SimpleNamespace]]:
    """Play that scene: the Story, and what it tells."""
    ours, theirs = socket.socketpair()
    told: list[tuple[str, dict[str, Any]]] = []

    def listen() -> None:
        try:
            while True:
                told.append(messages.receive(ours))
        except (EOFError, OSError):
            return

    listening = threading.Thread(target=listen)
    listening.start()
    file = SceneFile(scene_file(SCENE))
    stories: list[Story] = []

    def play() -> SimpleNamespace:
        story = Story(Line(theirs), file.load(), tmp_path)
        stories.append(story)
        story.play()
        return SimpleNamespace(
            story=story, told=told, of=lambda kind: [about for said, about in list(told) if said == kind]
        )

    with manim_at(tmp_path, "l", None, 0), fast_drawing():
        yield play
    for story in stories:
        story.moments.lifeline.__exit__()
        for _, keeper in story.moments.keepers:
            os.waitpid(keeper.process, 0)  # each ends with its parent's lifeline
    theirs.close()
    ours.shutdown(socket.SHUT_RDWR)
    listening.join()
    ours.close()


def test_a_scene_without_sections_has_a_still_before_each_move_with_its_time(played):
    scene = played()
    wait_for(lambda: len(scene.of("beat")) == 4)
    beats = scene.of("beat")
    assert [beat["start"] for beat in beats] == [0, 25, 46, 67]
    assert [beat["end"] for beat in beats] == [25, 46, 67, 90]
    assert [beat["name"] for beat in beats] == ["0:00 – 0:02", "0:02 – 0:04", "0:04 – 0:06", "and at last"]
    assert [beat["caption"] for beat in beats] == ["", "It moves.", "", ""]


@pytest.mark.parametrize(("apart", "most"), [(6, 10), (0.5, 3)])
def test_the_draft_is_the_whole_film_however_few_keepers_there_are(played, monkeypatch, tmp_path, apart, most):
    monkeypatch.setattr(moments, "APART", apart)
    monkeypatch.setattr(moments, "MOST", most)
    scene = played()
    scene.story.draw()
    assert 1 <= len(scene.story.moments.keepers) <= min(most, moments.KEPT)
    wait_for(lambda: sum(d["end"] - d["start"] for d in scene.of("draft")) > 8.99)
    drafts = sorted(scene.of("draft"), key=lambda draft: draft["start"])
    assert drafts[0]["start"] == 0
    assert all(a["end"] == b["start"] for a, b in pairwise(drafts))
    assert drafts[-1]["end"] == pytest.approx(9)
    made = film.render(SceneFile(tmp_path / "mine.py"), tmp_path / "film.mp4", quality="l")
    expected = pictures(made.path)
    got = []
    for k, draft in enumerate(drafts):
        (tmp_path / f"{k}.mp4").write_bytes(draft["pictures"])
        got += pictures(tmp_path / f"{k}.mp4")
    assert len(got) == len(expected) == 90
    assert max(np.abs(a - b).max() for a, b in zip(got, expected, strict=True)) <= 24  # of 255, by encoding


def test_any_frame_can_be_had_however_few_keepers_there_are(played, monkeypatch):
    monkeypatch.setattr(moments, "APART", 0.5)
    monkeypatch.setattr(moments, "MOST", 3)
    scene = played()
    for number in (0, 31, 70, 89):
        assert scene.story.moments.ask(moments.Frame(number, False))
    assert not scene.story.moments.ask(moments.Frame(90, False))
    wait_for(lambda: len(scene.of("frame")) == 4)
    assert {frame["number"] for frame in scene.of("frame") if frame["picture"]} == {0, 31, 70, 89}


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(path) as file:
        return [frame.to_ndarray(format="gray").astype(int) for frame in file.decode(video=0)]


def wait_for(holds: Callable[[], bool], seconds: float = 20) -> None:
    waiting = threading.Event()
    for _ in range(int(seconds * 20)):
        if holds():
            return
        waiting.wait(0.05)
    raise AssertionError("it did not come")
