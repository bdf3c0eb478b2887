"""Whatever goes wrong in a preview is one sentence with a way out, and the last good picture stays."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .previewing import SENTENCE, SOAKUP, WAIT, Preview, beats, settled, wait_until


def said(*arguments: str) -> tuple[int, str]:
    done = subprocess.run([SOAKUP, "preview", *arguments], capture_output=True, text=True, timeout=60)
    assert done.stdout == "" and "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_a_port_that_is_taken(sentence: Preview):
    port = sentence.url.split(":")[2].split("/")[0]
    code, err = said("--no-browser", "--port", port)
    assert code == 1 and err.count("\n") == 1
    assert f"cannot listen at 127.0.0.1, port {port}" in err and "choose another --port" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "99999"], "--port"),
        (["--port", "eighty"], "--port"),
        (["--host", "203.0.113.9"], "--host takes an address of this machine"),
        (["missing.py"], "there is no scene file missing.py"),
    ],
)
def test_what_it_cannot_be_started_with(arguments, message):
    code, err = said("--no-browser", *arguments)
    assert code != 0 and message in err


def test_others_in_the_network_are_let_in_with_a_warning(start):
    preview = start("--host", "0.0.0.0")
    assert preview.url.startswith("http://127.0.0.1:")
    assert preview.end() == 0
    warned = preview.process.stderr.read()
    assert warned.count("\n") == 1 and "others in your network reach the preview" in warned


def test_the_browser_is_opened_at_the_address_that_is_printed(start, tmp_path):
    """What opens an address on a desktop is `xdg-open`: here it writes down which."""
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n')
    opener.chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    running = subprocess.Popen([SOAKUP, "preview", SENTENCE], env=env, stdout=subprocess.PIPE, text=True)
    assert running.stdout
    try:
        url = running.stdout.readline().strip()
        wait_until(lambda: (tmp_path / "opened").exists() and (tmp_path / "opened").read_text() == url)
        assert "text=A+fox+saw+the+moon" in url
    finally:
        running.terminate()
        running.wait(20)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("word " * 200, "tells at most 128: shorten it"),
        ("\U00013000 saw", "typeface that soakup ships has EGYPTIAN HIEROGLYPH A001 (U+13000): leave it out"),
        ("a\tfox", "put a space in its place"),
        ("\u200b", "blank: give a few words"),
    ],
)
def test_a_sentence_that_cannot_be_shown(shown: Page, text, message):
    settled(shown)
    shown.get_by_role("textbox", name="Sentence").fill(text)
    alert = shown.locator("#error-text")
    expect(alert).to_contain_text(message, timeout=WAIT)
    assert "fault of soakup" not in alert.inner_text()
    expect(shown.locator("#picture")).to_be_visible()
    shown.get_by_role("textbox", name="Sentence").fill(SENTENCE)
    expect(shown.locator("#error")).to_be_hidden(timeout=WAIT)
    expect(beats(shown)).not_to_have_count(0, timeout=WAIT)


def test_no_sentence_at_all_leaves_what_was_shown(shown: Page):
    settled(shown)
    shown.get_by_role("textbox", name="Sentence").fill("")
    expect(shown.locator("#state")).to_have_text("Type a sentence")
    expect(shown.locator("#empty")).to_be_hidden()
    expect(shown.locator("#picture")).to_be_visible()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("A <b>fox</b> & a <i>king", ["fox", "&", "king"]),
        ("שועל ראה ירח", ["שועל"]),
        ("A 🦊 saw the 🌙", ["🦊", "🌙"]),
        ("'; DROP TABLE --\"", [";"]),
    ],
)
def test_any_other_sentence_is_shown(shown: Page, text, tokens):
    shown.get_by_role("textbox", name="Sentence").fill(text)
    expect(shown.locator("#command")).to_contain_text(text.split()[-1][:4], timeout=WAIT)
    expect(beats(shown)).not_to_have_count(0, timeout=WAIT)
    expect(shown.locator("#error")).to_be_hidden()
    expect(shown.locator("#tokens b, #storyboard b, #storyboard i")).to_have_count(0)
    row = "".join(shown.locator("#tokens li button").all_inner_texts())
    assert all(row.count(token) == 1 for token in tokens), row
    rtl = shown.evaluate("() => getComputedStyle(document.querySelector('#tokens')).direction")
    assert rtl == ("rtl" if text.startswith("ש") else "ltr")


BROKEN = {
    "it is not Python": ("def story(self):", "def story(self:", "mine.py cannot be used: SyntaxError in line"),
    "a beat fails": ('self.say("It turns blue.")', "self.say(nobody)", "line"),
    "it has another scene": ("class Told(", "class Tale(", "it has Tale"),
    "it does not come to an end": ("self.wait(0.3)", "raise SystemExit(3)", "SystemExit"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_scene_file_with_a_fault(page: Page, mine, fault):
    old, new, message = BROKEN[fault]
    page.goto(mine.preview.url)
    expect(beats(page)).to_have_count(3, timeout=WAIT)
    settled(page, quantities=False)
    source = mine.file.read_text()
    mine.file.write_text(source.replace(old, new))
    expect(page.locator("#error-text")).to_contain_text(message, timeout=WAIT)
    assert "\n" not in page.locator("#error-text").inner_text()
    expect(page.locator("#error-note")).to_be_visible()
    expect(page.locator("#picture")).to_be_visible()
    mine.file.write_text(source)
    expect(page.locator("#error")).to_be_hidden(timeout=WAIT)


def test_a_scene_file_that_is_deleted_and_comes_back(page: Page, mine):
    page.goto(mine.preview.url)
    expect(beats(page)).to_have_count(3, timeout=WAIT)
    source = mine.file.read_text()
    mine.file.unlink()
    expect(page.locator("#error-text")).to_contain_text("mine.py", timeout=WAIT)
    mine.file.write_text(source)
    expect(page.locator("#error")).to_be_hidden(timeout=WAIT)
    expect(beats(page)).to_have_count(3, timeout=WAIT)


def test_a_scene_file_that_was_broken_from_the_start(page: Page, start, tmp_path: Path, told: str):
    (tmp_path / "mine.py").write_text(told.replace("def story(self):", "def story(self:"))
    page.goto(start("mine.py:Told", cwd=tmp_path).url)
    expect(page.locator("#error-text")).to_contain_text("SyntaxError in line", timeout=WAIT)
    expect(page.locator("#error-note")).to_be_hidden()  # there is no picture yet
    time.sleep(0.5)
    (tmp_path / "mine.py").write_text(told)
    expect(beats(page)).to_have_count(3, timeout=WAIT)
    expect(page.locator("#error")).to_be_hidden()
