"""`soakup preview` as a person meets it, in a real browser."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from .previewing import SENTENCE, WAIT, Preview, beats, settled, told_of_what_is_marked, wait_until
from .watching import ready


def test_tokens_appear_as_a_sentence_is_typed_and_its_storyboard_fills_in(page: Page, sentence: Preview):
    page.goto(sentence.url)
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value(re.compile("fox"), timeout=WAIT)
    page.get_by_role("textbox", name="Sentence").fill("The old king <b>slept</b>")
    expect(page.locator("#tokens li")).to_contain_text(["rest", "The", "old", "king", "<", "b"], timeout=WAIT)
    page.get_by_role("textbox", name="Sentence").fill("The old king slept")
    expect(beats(page).first).to_be_visible(timeout=WAIT)
    expect(page.locator("#state")).to_have_text(re.compile(r"Beat \d+ of \d+|Drawing"), timeout=WAIT)
    expect(page.locator("#command")).to_have_text("soakup render 'The old king slept'")
    assert "text=The+old+king+slept" in page.url


def test_what_is_chosen_is_in_the_address_and_in_the_command(shown: Page):
    shown.get_by_role("button", name=re.compile("Layer 2, head 3")).click()
    expect(shown.locator("#command")).to_have_text(f"soakup render '{SENTENCE}' --layer 2 --head 3")
    shown.locator("#theme label", has_text="light").click()
    shown.get_by_role("combobox", name="Scene").select_option("attention-pattern")
    shown.locator("#tokens button", has_text="moon").click()
    shown.locator("#quality label", has_text="480").click()
    command = f"soakup render '{SENTENCE}' --scene attention-pattern --word moon --theme light -q l"
    expect(shown.locator("#command")).to_have_text(command)
    expect(shown.locator("#storyboard li:not(.stale)")).not_to_have_count(0, timeout=WAIT)
    shown.locator("#size label", has_text="1:1").click()
    command = command.replace("-q l", "--size 1:1 -q l")
    expect(shown.locator("#command")).to_have_text(command)
    shown.reload()
    expect(shown.locator("#command")).to_have_text(command, timeout=WAIT)
    expect(shown.get_by_role("combobox", name="Scene")).to_have_value("attention-pattern")


def test_scrubbing_shows_exactly_the_frame_that_a_render_would_draw(shown: Page, monkeypatch):
    from soakup import film

    expect(beats(shown)).not_to_have_count(1, timeout=WAIT)
    beats(shown).nth(1).get_by_role("button").click()
    settled(shown)
    shown.wait_for_function("() => document.querySelector('#picture').naturalWidth === 1920", timeout=WAIT)
    show = shown.locator("#storyboard li").nth(1).locator("img").get_attribute("src").split("/")
    frame = int(shown.get_by_role("slider", name="Time").get_attribute("aria-valuenow"))
    answer = shown.request.get(shown.url.partition("?")[0] + f"{show[0]}/frame/{show[2]}/{frame}")
    drawn = np.asarray(Image.open(io.BytesIO(answer.body())))
    expected = film.still("layer-by-layer", 2, quality="l", settings={"text": SENTENCE})[..., :3]
    assert drawn.shape == expected.shape
    assert np.abs(drawn.astype(int) - expected).max() <= 2


def test_a_number_that_is_pointed_at_says_where_it_is_from_and_what_it_is(shown: Page):
    import soakup.model

    expect(beats(shown)).not_to_have_count(1, timeout=WAIT)
    beats(shown).nth(1).get_by_role("button").click()
    settled(shown)
    shown.locator("#numbers summary").click()
    region = shown.locator("#number-list button", has_text="“fox”: number 1 of its vector as it enters layer 1")
    region.first.hover()
    trace = soakup.model.open("tiny").trace(SENTENCE, bos=True)
    path, value = told_of_what_is_marked(shown)
    assert path == "embedding[2,0]"
    assert value == pytest.approx(trace.value(path), rel=1e-6)


def test_it_plays_while_it_is_drawn_and_obeys_the_keys_of_a_player(shown: Page):
    time_of = shown.get_by_role("slider", name="Time")
    expect(shown.get_by_role("button", name="Play")).to_be_enabled(timeout=WAIT)
    shown.locator("#screen").focus()
    shown.keyboard.press("Home")
    shown.keyboard.press(" ")
    expect(shown.get_by_role("button", name="Pause")).to_be_visible()
    expect(time_of).not_to_have_attribute("aria-valuenow", re.compile("^.?$"), timeout=WAIT)  # ten frames have passed
    assert shown.evaluate("() => document.querySelector('video').videoWidth") == 854
    shown.keyboard.press("k")
    expect(shown.get_by_role("button", name="Play")).to_be_visible()
    frame = int(time_of.get_attribute("aria-valuenow"))
    shown.keyboard.press(".")
    expect(time_of).to_have_attribute("aria-valuenow", str(frame + 1))
    shown.keyboard.press(",")
    expect(time_of).to_have_attribute("aria-valuenow", str(frame))
    shown.keyboard.press("Home")
    expect(time_of).to_have_attribute("aria-valuenow", "0")
    shown.keyboard.press("]")
    expect(time_of).not_to_have_attribute("aria-valuenow", "0")


def test_a_piece_of_the_draft_that_comes_after_all_was_drawn_is_still_joined(page: Page, mine):
    held: list = []
    page.route("**/draft/**", lambda route: route.continue_() if held else held.append(route))
    page.goto(mine.preview.url)
    expect(beats(page)).to_have_count(3, timeout=WAIT)
    expect(page.locator("#state")).to_have_text("", timeout=WAIT)  # the server has drawn all
    held[0].continue_()
    page.wait_for_function("() => document.querySelector('video').duration < Infinity", timeout=WAIT)
    joined = page.evaluate("""() => {
        const { buffered, duration } = document.querySelector("video");
        return [buffered.length, buffered.start(0), duration - buffered.end(0)];
    }""")
    assert joined == [1, 0, 0]


def test_a_fault_in_what_is_asked_is_one_sentence_and_the_last_picture_stays(shown: Page):
    settled(shown)
    sentence = shown.get_by_role("textbox", name="Sentence")
    with shown.expect_response(re.compile("/show$")):
        sentence.fill("word " * 200)
    expect(shown.get_by_role("alert")).to_contain_text("tells at most 128: shorten it", timeout=WAIT)
    expect(shown.locator("#picture")).to_be_visible()
    sentence.fill(SENTENCE)
    expect(shown.locator("#error")).to_be_hidden(timeout=WAIT)
    expect(beats(shown)).not_to_have_count(0, timeout=WAIT)


def test_two_tabs_are_two_previews(shown: Page):
    other = shown.context.new_page()
    other.goto(shown.url.partition("?")[0] + "?text=The+king+slept")
    expect(other.locator("#command")).to_have_text("soakup render 'The king slept'", timeout=WAIT)
    expect(beats(other)).not_to_have_count(0, timeout=WAIT)
    expect(shown.locator("#command")).to_have_text(f"soakup render '{SENTENCE}'")


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_no_serious_fault(shown: Page, scheme, width):
    shown.emulate_media(color_scheme=scheme)
    shown.set_viewport_size({"width": width, "height": 720})
    settled(shown)
    shown.locator("#numbers summary").click()
    faults = [f for f in Axe().run(shown).response["violations"] if f["impact"] in ("serious", "critical")]
    assert not faults, [(f["id"], [node["html"] for node in f["nodes"]]) for f in faults]
    assert shown.evaluate("() => document.documentElement.scrollWidth") <= width


def test_nothing_moves_for_who_wants_less_motion(shown: Page):
    shown.emulate_media(reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll('*')].filter(e => {
        const s = getComputedStyle(e); return s.animationName !== 'none' || parseFloat(s.transitionDuration) > 0
    }).length"""
    assert shown.evaluate(moving) == 0


def test_a_film_is_rendered_and_downloaded(page: Page, mine, tmp_path):
    from soakup.verify import verify

    page.goto(mine.preview.url)
    expect(beats(page)).to_have_count(3, timeout=WAIT)
    expect(page.locator("#command")).to_have_text("soakup render mine.py:Told")
    page.locator("#quality label", has_text="480").click()
    page.get_by_role("combobox", name="For which tool").select_option("web")
    page.get_by_role("button", name="Render the film").click()
    for kind, name in (("Film", "got.mp4"), ("^Page", "got.html")):
        with page.expect_download(timeout=WAIT) as download:
            page.get_by_role("link", name=re.compile(kind)).click(timeout=WAIT)
        download.value.save_as(tmp_path / name)
    assert verify(tmp_path / "got.mp4")
    page.goto((tmp_path / "got.html").as_uri())
    assert ready(page.locator("soakup-clip")).evaluate("e => [e.video.videoWidth, e.length]") == [128, 3]


def test_a_render_can_be_stopped(shown: Page):
    shown.get_by_role("button", name="Render the film").click()
    expect(shown.locator("#progress-text")).to_have_text(re.compile(r"Beat \d+ of \d+ · \d+:\d\d left"), timeout=WAIT)
    shown.get_by_role("button", name="Cancel").click()
    expect(shown.get_by_role("button", name="Render the film")).to_be_visible()
    expect(shown.locator("#files a")).to_have_count(0)


def test_saving_the_scene_shows_it_anew_and_an_error_names_its_line(page: Page, mine):
    page.goto(mine.preview.url)
    expect(beats(page)).to_have_count(3, timeout=WAIT)
    source = mine.file.read_text()
    mine.file.write_text(source.replace("It turns blue.", "It turns green."))
    expect(page.locator("#storyboard")).to_contain_text("It turns green.", timeout=WAIT)
    expect(beats(page)).to_have_count(3, timeout=WAIT)
    settled(page, quantities=False)
    mine.file.write_text(source.replace("self.square.set_color(BLUE)", "self.square.colour(BLUE)"))
    line = source[: source.index("self.square.set_color(BLUE)")].count("\n") + 1
    expect(page.get_by_role("alert")).to_contain_text(f"line {line} of mine.py", timeout=WAIT)
    expect(page.locator("#picture")).to_be_visible()
    mine.file.write_text(source)
    expect(page.locator("#error")).to_be_hidden(timeout=WAIT)
    expect(beats(page)).to_have_count(3, timeout=WAIT)


def test_closing_the_tab_stops_its_work_and_ctrl_c_leaves_nothing(page: Page, complaints: list[str], start):
    preview = start(SENTENCE)
    page.goto(preview.url)
    expect(beats(page)).not_to_have_count(0, timeout=WAIT)
    working = preview.family()
    assert len(working) > 2
    page.goto("about:blank")
    wait_until(lambda: len(preview.family()) == 1)
    page.goto(preview.url)
    expect(beats(page)).not_to_have_count(0, timeout=WAIT)
    working = preview.family()
    assert preview.end() == 0 and preview.process.stderr.read() == ""
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in working))
    page.close()
    complaints[:] = [said for said in complaints if "ERR_CONNECTION_REFUSED" not in said]  # the server has ended


def test_it_dies_with_its_terminal(start):
    preview = start(SENTENCE)
    working = preview.family()
    preview.process.kill()
    preview.process.wait()
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in working))
