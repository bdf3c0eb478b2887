"""The page of the preview in use: pointer, finger and keys, what a frame is asked, and what the audit finds."""

import os
import re

import pytest
from playwright.sync_api import Page, expect

import soakup.model
from soakup.app import watch

from .previewing import SENTENCE, WAIT, Preview, beats, settled, wait_until


def regions(page: Page) -> list[dict]:
    """What stands where on the frame that is shown."""
    settled(page)
    show = page.locator("#storyboard li:not(.stale) img").first.get_attribute("src").split("/")
    frame = page.get_by_role("slider", name="Time").get_attribute("aria-valuenow")
    return page.request.get(page.url.partition("?")[0] + f"{show[0]}/quantities/{show[2]}/{frame}").json()


@pytest.mark.parametrize(
    ("scene", "beat", "drawn"),
    [
        ("layer-by-layer", "layer 1, words look", "arc"),
        ("layer-by-layer", "layer 1, attention", "ink"),
        ("attention-pattern", "who looks at whom", "dot"),
    ],
)
def test_what_is_drawn_without_digits_can_be_asked_too(page: Page, sentence: Preview, scene, beat, drawn):
    page.goto(f"{sentence.url}&scene={scene}")
    card = beats(page).get_by_role("button", name=re.compile(beat))
    card.first.click(timeout=WAIT)
    there = [region for region in regions(page) if region["shown"] == drawn]
    assert there
    trace = soakup.model.open("tiny").trace(SENTENCE, bos=True)
    screen = page.locator("#screen").bounding_box()
    asked = 0
    for region in there:
        x, y = middle(region)
        page.mouse.move(screen["x"] + x * screen["width"], screen["y"] + y * screen["height"])
        tip = page.locator(".pointed-tip")
        expect(tip).to_be_visible()
        if tip.locator("code").inner_text() != region["path"]:
            continue  # something smaller lies here, and is what is meant
        asked += 1
        said = float(tip.locator("strong").inner_text().replace("−", "-"))
        assert said == pytest.approx(trace.value(region["path"]), rel=1e-5)
    assert asked > len(there) / 2


def middle(region: dict) -> tuple[float, float]:
    if line := region.get("line"):
        return tuple(line[len(line) // 2])
    x0, y0, x1, y1 = region["box"]
    return (x0 + x1) / 2, (y0 + y1) / 2


def test_a_finger_can_ask_too_and_the_answer_stays_when_it_is_lifted(chromium, sentence: Preview):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(sentence.url)
    beats(page).nth(1).get_by_role("button").tap(timeout=WAIT)
    region = next(region for region in regions(page) if region["text"] and region["path"].startswith("embedding["))
    page.locator("#screen").scroll_into_view_if_needed()
    screen = page.locator("#screen").bounding_box()
    x, y = middle(region)
    page.touchscreen.tap(screen["x"] + x * screen["width"], screen["y"] + y * screen["height"])
    page.wait_for_timeout(300)
    expect(page.locator(".pointed-tip code")).to_have_text(re.compile("^embedding"))
    context.close()


def test_dragging_along_the_time_shows_the_frame_that_lies_there(shown: Page):
    expect(shown.locator("#state")).to_have_text(re.compile("Drawing|^$"), timeout=WAIT)  # it has all its length
    expect(beats(shown)).not_to_have_count(1, timeout=WAIT)
    line = shown.get_by_role("slider", name="Time")
    box, last = line.bounding_box(), int(line.get_attribute("aria-valuemax"))
    y = box["y"] + box["height"] / 2
    shown.mouse.move(box["x"] + 0.3 * box["width"], y)
    expect(shown.locator("#hover")).to_have_text(re.compile(r"^\d:\d\d\.\d \w"))
    shown.mouse.down()
    shown.mouse.move(box["x"] + 0.6 * box["width"], y, steps=5)
    expect(line).to_have_attribute("aria-valuenow", re.compile(f"^({round(0.6 * last)}|{round(0.6 * last) - 1})$"))
    shown.mouse.up()
    settled(shown)
    name = shown.locator("#beat-name").inner_text()
    assert name and name in shown.locator("#hover, #storyboard li.now button").first.inner_text() + (
        shown.locator("#storyboard li.now button").get_attribute("aria-label") or ""
    )
    shown.mouse.move(5, 5)
    expect(shown.locator("#hover")).to_be_hidden()


def test_a_layer_can_be_chosen_without_a_head_and_given_back(shown: Page):
    shown.get_by_role("button", name="Layer 2", exact=True).click()
    expect(shown.locator("#command")).to_have_text(f"soakup render '{SENTENCE}' --layer 2")
    shown.locator("#heads .cell").first.focus()
    shown.keyboard.press("ArrowDown")
    shown.keyboard.press("ArrowRight")
    shown.keyboard.press("Enter")
    expect(shown.locator("#command")).to_have_text(f"soakup render '{SENTENCE}' --layer 2 --head 2")
    shown.get_by_role("button", name="let the scene choose").click()
    expect(shown.locator("#command")).to_have_text(f"soakup render '{SENTENCE}'")


FOCUSED = """() => {
    const e = document.activeElement;
    if (e === document.body) return null;
    const shown = e.matches('input[type=radio]') ? e.nextElementSibling : e, s = getComputedStyle(shown);
    return [e.id || e.className || e.getAttribute('name') || e.textContent.trim().slice(0, 20),
        s.outlineStyle !== 'none' || s.boxShadow !== 'none', e.matches(':focus-visible')];
}"""


def test_the_keyboard_reaches_everything_and_one_sees_where_it_is(shown: Page):
    settled(shown)
    shown.locator("#sentence").focus()
    reached = {"sentence"}
    for _ in range(80):
        shown.keyboard.press("Tab")
        at = shown.evaluate(FOCUSED)
        if at is None or at[0] == "sentence":
            break
        name, seen, _ = at
        reached.add(name)
        assert seen, f"one does not see that {name} has the focus"
    ids = {"sentence", "screen", "timeline", "play", "before", "after", "scene", "model", "render", "target", "command"}
    assert (ids | {"theme", "size", "quality", "copy"}) - reached == set()


def test_what_the_audit_finds_is_marked_on_the_time(page: Page, start, tmp_path):
    (tmp_path / "mine.py").write_text("""
from manim import *

class Crowded(Scene):
    def construct(self):
        self.next_section("alone")
        self.play(FadeIn(Text("A word by itself")))
        self.wait(2)
        self.next_section("crowded")
        self.play(FadeIn(Text("Another word on it").shift(0.2 * DOWN)))
        self.wait(2)
""")
    page.goto(start("mine.py", cwd=tmp_path).url)
    marks = page.locator("#marks button")
    expect(marks).not_to_have_count(0, timeout=WAIT)
    expect(page.locator("#checks-count")).to_have_text(re.compile(r"\d to look at"))
    marks.last.click()
    expect(page.locator("#beat-name")).to_have_text("crowded")
    for nothing in ("#heads-field", "#model-field", "#look-field"):
        expect(page.locator(nothing)).to_be_hidden()


def test_a_new_sentence_stops_the_work_on_the_old_one(shown: Page, sentence: Preview):
    expect(beats(shown)).not_to_have_count(1, timeout=WAIT)
    working = sentence.family()
    shown.get_by_role("textbox", name="Sentence").fill("The king slept")
    expect(shown.locator("#command")).to_have_text("soakup render 'The king slept'", timeout=WAIT)
    wait_until(lambda: len(working & sentence.family()) <= 1)  # what is left has Manim and the model loaded


def test_saving_the_style_shows_the_same_frame_anew(shown: Page):
    expect(beats(shown)).not_to_have_count(1, timeout=WAIT)
    beats(shown).nth(1).get_by_role("button").click()
    frame = shown.get_by_role("slider", name="Time").get_attribute("aria-valuenow")
    style = next(folder for folder in watch.OURS if folder.name == "scenes") / "style.py"
    before = shown.locator("#storyboard li img").first.get_attribute("src")
    os.utime(style)
    first = shown.locator("#storyboard li:not(.stale) img").first
    expect(first).not_to_have_attribute("src", before, timeout=WAIT)
    expect(beats(shown).nth(1)).to_be_visible(timeout=WAIT)
    settled(shown)
    expect(shown.get_by_role("slider", name="Time")).to_have_attribute("aria-valuenow", frame)


def test_nothing_comes_from_elsewhere(page: Page, sentence: Preview):
    asked: list[str] = []
    ours = sentence.url.partition("?")[0]
    page.on("request", lambda request: asked.append(request.url))
    page.goto(sentence.url)
    settled(page)
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith((ours, f"blob:{ours[:17]}", "data:"))] == []
