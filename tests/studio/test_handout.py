"""The beats of a film on paper: outlines on white, and the same pictures as on the screen."""

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import soakup
from soakup import film
from soakup.lectures.clip import Clip
from soakup.lectures.handout import A4, A_PAGE, FRAME, GAP, MARGIN
from soakup.lectures.replay import MadeOtherwise
from soakup.scene_file import SceneFile


def test_every_beat_stands_on_paper_as_it_ends(king, in_tmp, program):
    shutil.copy(king, "king.mp4")
    (made,) = soakup.embed("king.mp4", "handout").files
    assert b"/Image" not in made.read_bytes()  # nothing in it is made of pixels
    high = (A4[1] - 2 * MARGIN - (A_PAGE - 1) * GAP) / A_PAGE
    wide = high * 854 / 480
    dpi = 72 * 854 / wide  # a pixel of the film is a pixel here
    subprocess.run([program("pdftoppm"), "-r", f"{dpi:.3f}", "-png", made, "page"], check=True)
    pages = [Image.open(page).convert("RGB") for page in sorted(Path().glob("page-*.png"))]
    assert len(pages) == 2
    beats = Clip.open(king).beats
    for i, beat in enumerate(beats):
        left, top = (A4[0] - wide) / 2 * dpi / 72, (MARGIN + i % A_PAGE * (high + GAP)) * dpi / 72
        shown = pages[i // A_PAGE].crop((round(left), round(top), round(left) + 854, round(top) + 480))
        still = film.still(
            "layer-by-layer", beat.name, quality="l", settings={"text": "The old king", "theme": "light", "pace": 0.1}
        )
        inside = (slice(6, -6), slice(6, -6))  # without the line round it
        far = np.abs(np.asarray(shown).astype(int)[inside] - still[..., :3].astype(int)[inside])
        assert far.mean() < 2.5, beat.name
        colours = [np.asarray(picture)[inside].reshape(-1, 3).mean(0) for picture in (shown, still[..., :3])]
        assert np.abs(colours[0] - colours[1]).max() < 1.5  # red is red, and blue blue


def test_a_story_that_has_changed_is_not_passed_off_as_the_films(told, scene_file, in_tmp):
    film.render(SceneFile(scene_file(told)), Path("film.mp4"))
    scene_file(told.replace("self.wait(0.3)", "self.wait(0.9)"))
    with pytest.raises(MadeOtherwise, match="render it again"):
        soakup.embed("film.mp4", "handout")
    assert not Path("film.handout.pdf").exists()


def test_as_an_svg_it_shows_the_same_and_is_outlines_too(king, in_tmp, page):
    shutil.copy(king, "king.mp4")
    (made,) = soakup.embed("king.mp4", "handout", "king.svg").files
    svg = made.read_text()
    assert "<image" not in svg and "<text" not in svg and "font" not in svg
    clip = Clip.open(king)
    page.goto(made.absolute().as_uri())
    assert page.evaluate("document.querySelector('title').textContent") == clip.title
    assert page.evaluate("document.querySelector('desc').textContent") == clip.alt
    high = (A4[1] - 2 * MARGIN - (A_PAGE - 1) * GAP) / A_PAGE
    wide = high * 854 / 480
    scale = 854 / wide  # a pixel of the film is a pixel here
    page.set_viewport_size({"width": 854, "height": 480})
    page.goto("about:blank")
    left, top = (-scale * at for at in (FRAME, FRAME + 3 * (high + GAP)))
    place = f"position: absolute; left: {left}px; top: {top}px; width: {scale * (wide + 2 * FRAME)}px; height: auto"
    page.set_content(f"<style>svg {{ {place} }}</style>{svg[svg.index('<svg') :]}")
    shown = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)
    still = film.still(
        "layer-by-layer",
        clip.beats[3].name,
        quality="l",
        settings={"text": "The old king", "theme": "light", "pace": 0.1},
    )
    inside = (slice(6, -6), slice(6, -6))  # without the line round it
    far = np.abs(shown[inside] - still[..., :3].astype(int)[inside])
    assert far.mean() < 3
