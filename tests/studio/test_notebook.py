"""`soakup.preview` shows a film in a notebook, and it survives what notebooks go through."""

import re

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import expect

import soakup

TEXT = "A <fox> saw"


@pytest.fixture(scope="module")
def previewed(tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    yield soakup.preview(TEXT, only=(1, 2))
    patch.undo()


def test_it_plays_and_shows_every_beat_with_nothing_fetched(previewed, page):
    bundle = previewed._repr_mimebundle_()
    assert "<fox>" not in bundle["text/html"].replace("<soakup", "") and "2 beats" in bundle["text/plain"]
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(f"<!DOCTYPE html><html lang=en><body>{bundle['text/html']}</body></html>")
    page.evaluate("() => { const v = document.querySelector('video'); v.muted = true; return v.play(); }")
    expect(page.locator("video").first).to_have_js_property("paused", False)
    assert page.evaluate("() => document.querySelector('video').videoWidth") == 854
    stills = page.locator("div > figure > img")
    expect(stills).to_have_count(2)
    assert page.evaluate("() => [...document.images].every(i => i.complete && i.naturalWidth > 0)")
    assert all(re.match("data:|blob:|about:", url) for url in asked)


def test_without_scripts_it_is_still_a_video_with_captions(previewed, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(previewed._repr_mimebundle_()["text/html"])
    expect(page.locator("video[controls] > source[src^='data:video/mp4']")).to_have_count(1)
    expect(page.locator("video > track[src^='data:text/vtt']")).to_have_count(1)
    context.close()


def test_it_is_in_an_executed_notebook_and_in_the_page_that_nbconvert_makes_of_it(page, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    code = f"import soakup\nsoakup.preview({TEXT!r}, only=(1, 2), pace=0.2)"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    (output,) = (o for o in notebook.cells[0].outputs if o.output_type == "execute_result")
    assert {"text/html", "text/plain"} <= set(output.data)
    (tmp_path / "notebook.html").write_text(HTMLExporter().from_notebook_node(notebook)[0])
    page.route(
        re.compile("^https?:"), lambda route: route.fulfill(body="")
    )  # what nbconvert's page has for mathematics
    page.goto((tmp_path / "notebook.html").as_uri())
    page.evaluate("() => { const v = document.querySelector('video'); v.muted = true; return v.play(); }")
    expect(page.locator("video").first).to_have_js_property("paused", False)
    expect(page.locator("div > figure > img")).to_have_count(2)
    assert page.evaluate("() => [...document.querySelectorAll('figure img')].every(i => i.naturalWidth > 0)")
