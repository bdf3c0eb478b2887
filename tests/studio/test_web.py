"""A film on a page: in a real browser it is stepped through, asked what it shows, read, and shown as stills."""

import http.server
import shutil
import threading
from functools import partial
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from soakup.lectures.clip import Clip
from soakup.lectures.embedding import embed

from .watching import picture, ready, same, stood


@pytest.fixture(scope="module")
def web(king, tmp_path_factory) -> Path:
    """The page, in a folder with nothing else."""
    folder = tmp_path_factory.mktemp("web")
    return embed(king, "web", folder / "king.html").files[0]


@pytest.fixture
def clip(page: Page, web: Path) -> Locator:
    """The film on the page, opened as a file."""
    page.goto(web.as_uri())
    return ready(page.locator("soakup-clip"))


def test_the_page_needs_nothing_but_itself(chromium: Browser, web):
    asked: list[str] = []
    page = chromium.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(web.as_uri())
    ready(page.locator("soakup-clip"))
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [web.as_uri()]
    page.close()


def test_keys_step_from_beat_to_beat_and_back(clip, king):
    stills = Clip.open(king).stills
    clip.locator(".stage").focus()
    press = clip.page.keyboard.press
    for i in range(4):
        assert stood(clip, lambda: press("ArrowRight")) == i
        assert same(picture(clip), stills[i])
    for i in (2, 1, 0):
        assert stood(clip, lambda: press("ArrowLeft")) == i
        assert same(picture(clip), stills[i])
    assert stood(clip, lambda: press("End")) == 3
    assert stood(clip, lambda: press("Home")) == -1


def test_a_second_press_goes_to_the_end_of_the_beat_that_plays(clip):
    clip.evaluate("e => e.run(3)")
    clip.evaluate("e => new Promise(done => e.video.requestVideoFrameCallback(done))")
    assert stood(clip, lambda: clip.evaluate("e => e.next()")) == 3
    assert clip.evaluate("e => e.video.paused")


def test_a_click_and_a_swipe_step_too(clip):
    box = clip.locator("video").bounding_box()
    left, middle, top = box["x"] + 40, box["x"] + box["width"] / 2, box["y"] + 40
    assert stood(clip, lambda: clip.page.mouse.click(left, top)) == 0

    def swipe(by: int) -> None:
        clip.page.mouse.move(middle, top)
        clip.page.mouse.down()
        clip.page.mouse.move(middle + by, top, steps=4)
        clip.page.mouse.up()

    assert stood(clip, lambda: swipe(-120)) == 1
    assert stood(clip, lambda: swipe(120)) == 0


def test_buttons_are_named_and_the_beats_can_be_chosen(clip):
    names = clip.get_by_role("button").evaluate_all("all => all.map(b => b.ariaLabel)")
    assert names[:3] == ["Previous beat", "Play", "Next beat"]
    assert names[3:7] == [
        f"Beat {i + 1}: {name}"
        for i, name in enumerate(
            ["words become vectors", "each knows only itself", "layer 1, words look", "layer 1, attention"]
        )
    ]
    assert stood(clip, lambda: clip.get_by_label("Beat 2: each knows only itself").click()) == 1
    assert clip.locator(".where").inner_text() == "2 of 4 · each knows only itself"


def test_whoever_points_at_a_number_reads_which_it_is(clip, stands):
    stood(clip, lambda: clip.evaluate("e => e.show(3)"))
    end = clip.evaluate("e => e.video.currentTime")
    there = [s for s in stands if s.start <= end < s.end]
    entry = next(s for s in there if s.path == "middle(0)[3,2]")
    box = clip.locator("video").bounding_box()
    x0, y0, x1, y1 = entry.box
    clip.page.mouse.move(box["x"] + box["width"] * (x0 + x1) / 2, box["y"] + box["height"] * (y0 + y1) / 2)
    answer = clip.locator(".answer")
    assert answer.locator("code").inner_text() == "middle(0)[3,2]"
    assert float(answer.locator("b").inner_text().replace("−", "-")) == entry.value
    assert f"shown as {entry.text}" in answer.inner_text()
    assert "“king”: number 3 of its vector after the attention of layer 1" in answer.inner_text()
    assert clip.locator("svg rect.mark").count() == 1
    arc = next(s for s in there if s.shown == "arc" and s.path == "update_share(0)[3,0]")
    x, y = arc.line[len(arc.line) // 2]
    clip.page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    assert answer.locator("code").inner_text() == "update_share(0)[3,0]"
    clip.page.mouse.move(box["x"] + 5, box["y"] + 5)
    assert not answer.is_visible()


def test_what_is_asked_is_what_the_model_computes(stands):
    import soakup.model

    trace = soakup.model.open("tiny").trace("The old king", bos=True)
    assert len(stands) > 50
    for s in stands:
        assert trace.value(s.path) == pytest.approx(s.value) if s.shown != "token" else True
        assert 0 <= s.box[0] <= s.box[2] <= 1 and 0 <= s.box[1] <= s.box[3] <= 1 and s.start < s.end


def test_the_keyboard_asks_too(clip):
    stood(clip, lambda: clip.evaluate("e => e.show(1)"))
    clip.locator(".stage").focus()
    clip.page.keyboard.press("q")
    said = clip.locator("[aria-live]")
    first = said.inner_text()
    assert " is " in first
    clip.page.keyboard.press("ArrowDown")
    assert said.inner_text() != first
    clip.page.keyboard.press("Escape")
    assert not clip.locator(".answer").is_visible()
    assert clip.evaluate("e => e.index") == 1  # asking has not stepped on


def test_the_transcript_and_the_captions_can_be_read(clip):
    clip.get_by_role("button", name="Transcript").click()
    lines = clip.locator(".transcript li").all_inner_texts()
    assert len(lines) == 4 and "Each piece of text becomes a vector: 256 numbers" in lines[0]
    assert stood(clip, lambda: clip.locator(".transcript button").nth(2).click()) == 2
    assert not clip.locator(".caption").is_visible()  # they are in the picture
    clip.get_by_role("button", name="Captions").click()
    said = clip.locator(".caption").inner_text()
    assert said and " ".join(said.split()) in " ".join(lines[2].split())


def test_where_less_motion_is_asked_for_the_beats_are_stills(chromium: Browser, web):
    page = chromium.new_page(reduced_motion="reduce")
    page.goto(web.as_uri())
    clip = page.locator("soakup-clip")
    pictures = clip.locator(".board img")
    assert pictures.count() == 4
    assert pictures.evaluate_all("all => all.every(i => i.alt && i.getAttribute('src').startsWith('data:image/webp'))")
    assert not clip.locator(".stage").is_visible()
    assert clip.evaluate("e => e.video.paused")
    clip.get_by_role("button", name="Play the film").click()
    assert clip.locator(".stage").is_visible()
    page.close()


def test_no_serious_fault_of_accessibility(clip):
    clip.get_by_role("button", name="Transcript").click()
    faults = [f for f in Axe().run(clip.page).response["violations"] if f["impact"] in ("serious", "critical")]
    assert faults == []


def test_the_snippet_plays_beside_its_files_twice_on_one_page_and_in_a_frame(page, king, tmp_path):
    folder = tmp_path / "site"
    shutil.copytree(king.parent, folder)
    embed(folder / "king.mp4", "web")
    snippet = (folder / "king.snippet.html").read_text()
    (folder / "two.html").write_text(f"<!DOCTYPE html><title>a</title>{snippet}{snippet}")
    (folder / "frame.html").write_text("<!DOCTYPE html><title>a</title><iframe src='two.html' width=900></iframe>")
    page.goto((folder / "frame.html").as_uri())
    inside = page.frame_locator("iframe").locator("soakup-clip")
    clips = [ready(inside.nth(i)) for i in (0, 1)]
    assert stood(clips[1], lambda: clips[1].evaluate("e => e.show(2)")) == 2
    assert clips[0].evaluate("e => e.index") == -1
    assert clips[0].evaluate("e => e.video.poster").endswith("king.poster.png")


def test_without_scripts_it_is_a_video_with_captions_and_a_transcript(chromium: Browser, king, tmp_path):
    shutil.copytree(king.parent, tmp_path / "site")
    embed(tmp_path / "site" / "king.mp4", "web")
    (tmp_path / "site" / "page.html").write_text((tmp_path / "site" / "king.snippet.html").read_text())
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path / "site")
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = chromium.new_page(java_script_enabled=False)
    page.goto(f"http://127.0.0.1:{server.server_port}/page.html")
    video = page.locator("video")
    assert video.is_visible()
    for name in ("playsinline", "muted", "loop", "controls"):
        assert video.get_attribute(name) is not None
    assert video.get_attribute("poster") == "king.poster.png"
    assert page.locator("track").get_attribute("src") == "king.vtt"
    page.get_by_text("Transcript").click()
    assert page.locator("details li").count() == 4
    page.close()
    server.shutdown()
    server.server_close()


def test_text_in_a_page_is_text(page, told, tmp_path):
    from soakup import film
    from soakup.scene_file import SceneFile

    text = 'the </script><b>king</b> & "I"'
    (tmp_path / "mine.py").write_text(told)
    film.render(SceneFile(tmp_path / "mine.py"), tmp_path / "film.mp4", settings={"text": text})
    made = embed(tmp_path / "film.mp4", "web")
    page.goto(made.files[0].as_uri())
    ready(page.locator("soakup-clip"))
    assert page.locator("h1").inner_text() == text
    assert page.locator("h1 b").count() == 0
