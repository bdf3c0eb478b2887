"""A reveal.js deck: in a real browser its arrow keys step through the beats of a film, and back, without flicker."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from soakup.lectures.clip import Clip
from soakup.lectures.embedding import embed

from .watching import picture, ready, same, stood


@pytest.fixture(scope="module")
def deck(king, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("reveal")
    return embed(king, "reveal", folder / "lecture.html").files[0]


@pytest.fixture
def clip(page: Page, deck: Path) -> Locator:
    page.goto(deck.as_uri())
    page.wait_for_function("Reveal.isReady()")
    return ready(page.locator("soakup-clip"))


def slide(page: Page) -> int:
    return page.evaluate("Reveal.getIndices().h")


def test_the_deck_needs_nothing_but_itself_and_keeps_reveals_licence(chromium: Browser, deck):
    asked: list[str] = []
    page = chromium.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(deck.as_uri())
    page.wait_for_function("Reveal.isReady()")
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [deck.as_uri()]
    assert "Permission is hereby granted, free of charge" in deck.read_text()
    page.close()


def test_arrows_step_through_the_beats_and_back(clip, king):
    stills = Clip.open(king).stills
    press = clip.page.keyboard.press
    for i in range(4):
        assert stood_last(clip, lambda: press("ArrowRight")) == i
        assert same(picture(clip), stills[i])
    for i in (2, 1, 0):
        assert stood(clip, lambda: press("ArrowLeft")) == i
        assert same(picture(clip), stills[i])
    assert slide(clip.page) == 1
    press("ArrowLeft")
    assert slide(clip.page) == 0


def stood_last(clip: Locator, act) -> int:
    """As `stood`, but arriving at the slide stands at the start first."""
    return i if (i := stood(clip, act)) >= 0 else stood(clip, lambda: None)


def test_there_is_no_flicker_on_the_way_back(clip):
    """While it goes back, every frame that the browser composes is of the film: no black, no poster."""
    page = clip.page
    page.keyboard.press("ArrowRight")
    clip.evaluate("e => e.show(2)")
    page.evaluate("Reveal.slide(1, 0, 1)")
    clip.evaluate("e => new Promise(done => e.video.seeking ? (e.video.onseeked = done) : done())")
    states = clip.evaluate("""async e => {
        const states = new Set();
        Reveal.prev();
        for (let i = 0; i < 40; i++) {
            await new Promise(requestAnimationFrame);
            const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 36 });
            const context = canvas.getContext('2d', { willReadFrequently: true });
            context.drawImage(e.video, 0, 0, 64, 36);
            const lit = context.getImageData(0, 0, 64, 36).data.filter((v, k) => k % 4 < 3 && v > 60).length;
            states.add(lit > 20 ? 'film' : 'nothing');
        }
        return [...states];
    }""")
    assert states == ["film"]


@pytest.mark.parametrize("slide", ["whole", "pasted"])
def test_going_back_from_the_next_slide_shows_the_end(chromium: Browser, king, tmp_path, slide):
    """In a deck of one's own, with the slide of the film between two others."""
    made = embed(king, "reveal", tmp_path / "lecture.html").files
    deck = made[0].read_text()
    start, end = deck.index("<section data-background-color"), deck.index("</div>\n</div>\n<script>")
    middle = made[1].read_text() if slide == "pasted" else deck[start:end]
    (tmp_path / "own.html").write_text(deck[:start] + middle + "<section>after</section>" + deck[end:])
    page = chromium.new_page()
    page.goto((tmp_path / "own.html").as_uri())
    page.wait_for_function("Reveal.isReady()")
    clip = ready(page.locator("soakup-clip"))
    page.evaluate("Reveal.slide(2)")
    assert stood(clip, lambda: page.keyboard.press("ArrowLeft")) == 3
    if slide == "whole":  # a browser lets no one look into a film that is a file
        assert same(picture(clip), Clip.open(king).stills[3])
    page.close()


def test_the_notes_hold_the_captions(clip, king):
    beats = Clip.open(king).beats
    first = clip.page.locator("section aside.notes").nth(1).text_content()
    rest = clip.page.locator(".fragment").evaluate_all("all => all.map(f => f.dataset.notes)")
    assert [first, *rest] == [beat.caption for beat in beats]


def test_a_number_on_a_slide_can_be_asked_about(clip):
    stood_last(clip, lambda: clip.page.keyboard.press("ArrowRight"))
    box = clip.locator("video").bounding_box()
    x, y = clip.evaluate("""e => {
        const data = JSON.parse(e.querySelector('script').textContent).regions, now = e.video.currentTime;
        const at = data.at.find(a => a[1] <= now && now < a[2] && data.quantities[a[0]][0].startsWith('embedding'));
        return [(at[3] + at[5]) / 2, (at[4] + at[6]) / 2];
    }""")
    clip.page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    assert clip.locator(".answer code").inner_text().startswith("embedding[")


def test_where_less_motion_is_asked_for_a_step_jumps(chromium: Browser, deck):
    page = chromium.new_page(reduced_motion="reduce")
    page.goto(deck.as_uri())
    page.wait_for_function("Reveal.isReady()")
    clip = ready(page.locator("soakup-clip"))
    clip.evaluate("e => e.video.addEventListener('play', () => { e.played = true })")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert clip.evaluate("e => [e.index, e.video.paused, e.played ?? false]") == [1, True, False]
    page.close()
