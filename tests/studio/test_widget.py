"""`soakup.explore` in a notebook whose kernel runs, and its view in a real browser."""

import asyncio
import base64
import io
import queue
import re
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image
from playwright.sync_api import Page, expect

import soakup
import soakup.model
from soakup.app import widget
from soakup.errors import StudioError

from .previewing import told_of_what_is_marked

CELLS = [
    "import asyncio, soakup\nwidget = soakup.explore('A fox saw', scene='attention-pattern')\nwidget",
    "while not widget.stills: await asyncio.sleep(0.1)\nprint(widget.command)",
    "widget.asked = {**widget.asked, 'scene': 'nothing'}\n"
    "while not (widget._told and widget._told[-1][0]['kind'] == 'failed'): await asyncio.sleep(0.1)\n"
    "print(widget._told[-1][0]['message'][:29])\nwidget.close()",
]


def test_in_a_notebook_it_has_stills_and_says_what_it_cannot_do(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown, command, fault = (cell.outputs[0] for cell in notebook.cells)
    assert "application/vnd.jupyter.widget-view+json" in shown.data
    assert command.text == "soakup render 'A fox saw' --scene attention-pattern\n"
    assert fault.text == "there is no scene 'nothing': \n"


def test_outside_a_notebook_it_says_so():
    with pytest.raises(StudioError, match="soakup preview"):
        soakup.explore("A fox saw")


VIEW = """async ([script, styles, asked]) => {
    const { default: widget } = await import(`data:text/javascript;base64,${script}`);
    const style = document.createElement("style");
    style.textContent = styles;
    document.head.append(style);
    const state = { asked, command: "soakup render 'A fox'" }, heard = {};
    window.saved = [];
    window.sent = [];
    const model = {
        get: (name) => state[name], set: (name, value) => { state[name] = value; },
        save_changes: () => window.saved.push(state.asked), off: () => {}, send: (content) => window.sent.push(content),
        on: (name, hear) => { heard[name] = hear; },
    };
    widget.render({ model, el: document.querySelector("#here") });
    const bytes = (data) => Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    window.tell = (about, data) => heard["msg:custom"](about, data ? [bytes(data)] : []);
}"""


@pytest.fixture
def view(page: Page) -> Page:
    """The widget's view, whose kernel is the test: it reads `window.sent`, and may `tell`."""
    page.set_content("<!DOCTYPE html><html lang=en><body><div id=here></div></body></html>")
    script = base64.b64encode(widget.Explorer._esm.encode()).decode()
    page.evaluate(VIEW, [script, widget.Explorer._css, {"text": "A fox"}])
    return page


def png() -> str:
    file = io.BytesIO()
    Image.new("RGB", (32, 18)).save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


def test_its_view_shows_the_stills_and_asks_for_what_is_chosen(view):
    beat = {"kind": "beat", "total": 2, "name": "n", "caption": "<b>It</b>", "fps": 15, "aspect": 16 / 9}
    view.evaluate("told => tell(told)", {"kind": "choices", "show": 1, "scenes": ["layer-by-layer", "values"]})
    view.evaluate("told => tell(told)", {"kind": "reading", "model": {"layers": 4, "heads": 6}})
    for k in (0, 1):
        told = {**beat, "number": k + 1, "start": 9 * k, "end": 9 * k + 9}
        view.evaluate("([told, data]) => tell(told, data)", [told, png()])
    expect(view.get_by_role("textbox", name="Sentence")).to_have_value("A fox")
    expect(view.get_by_role("listitem")).to_have_count(2)
    expect(view.get_by_role("listitem").first).to_contain_text("<b>It</b>")
    view.get_by_role("combobox", name="Layer").select_option("3")
    view.get_by_role("textbox", name="Sentence").fill("A fox saw")
    view.wait_for_function("() => window.saved.length === 2")
    assert view.evaluate("() => window.saved[1]") == {"text": "A fox saw", "layer": 3}
    view.evaluate("() => tell({ kind: 'failed', message: 'there is no word' })")
    expect(view.get_by_role("status")).to_have_text("There is no word")
    expect(view.locator(".picture img")).to_be_visible()
    asked = view.evaluate("() => window.sent")
    assert asked[0] == {"kind": "here"} and {"kind": "frame", "show": 1, "number": 8} in asked


class Kernel:
    """An Explorer in a loop of its own, as in a kernel, and its view in a page; `pump` carries what they say."""

    def __init__(self, view: Page, **asked: Any) -> None:
        self.view, self.said = view, queue.SimpleQueue[tuple[dict, list[bytes]]]()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.explorer = self.run(self._explorer(asked))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    async def _explorer(self, asked: dict[str, Any]) -> widget.Explorer:
        explorer = widget.Explorer(asked)
        explorer.send = lambda content, buffers=None: self.said.put((content, buffers or []))
        return explorer

    def pump(self, until: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < end
            for content in self.view.evaluate("() => window.sent.splice(0)"):
                self.loop.call_soon_threadsafe(self.explorer._heard, self.explorer, content, [])
            with suppress(queue.Empty):
                about, buffers = self.said.get(timeout=0.1)
                data = base64.b64encode(buffers[0]).decode() if buffers else None
                self.view.evaluate("([about, data]) => tell(about, data)", [about, data])

    async def _end(self) -> None:
        self.explorer.close()
        assert widget.Explorer._warm
        await widget.Explorer._warm.end()

    def end(self) -> None:
        self.run(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def kernel(view, monkeypatch) -> Iterator[Kernel]:
    for name in ("_warm", "_working", "_starting"):
        monkeypatch.setattr(widget.Explorer, name, None)
    kernel = Kernel(view, text="A fox saw the moon", scene="attention-pattern")
    yield kernel
    kernel.end()


def test_a_frame_that_stands_still_can_be_asked_for_its_numbers(view, kernel):
    """Each number of the list is the trace's, and what is said of it is said as well by who points at its place."""
    cards = view.locator("ol button")
    kernel.pump(lambda: cards.filter(has=view.get_by_alt_text("who looks at whom")).count() == 1)
    trace = soakup.model.open("tiny").trace(kernel.explorer.asked["text"], bos=True)
    for beat, meant in (
        ("a query meets a key", re.compile("number 1 of|score of|query · key")),
        ("who looks at whom", "how much of its attention"),
    ):
        cards.filter(has=view.get_by_alt_text(beat)).click()
        kernel.pump(lambda: view.locator(".numbers summary span").inner_text() not in ("", "0"))
        view.locator(".numbers summary").click()
        view.locator(".numbers button", has_text=meant).first.hover()
        path, value = told_of_what_is_marked(view)
        assert value == pytest.approx(trace.value(path), rel=1e-6)
        view.locator(".numbers summary").click()


def test_its_draft_plays_and_stands_still_where_it_is_stopped(view, kernel):
    slider, play = view.get_by_role("slider", name="Time"), view.locator(".transport button")
    kernel.pump(lambda: view.locator("ol li").count() > 1)
    slider.evaluate("e => { e.value = 0; e.dispatchEvent(new Event('input')); }")
    play.click()
    kernel.pump(lambda: int(slider.input_value()) > 10)
    assert view.locator("video").evaluate("e => e.videoWidth") == 854
    play.click()
    expect(play).to_have_text("Play")
    frame = slider.input_value()
    kernel.pump(lambda: view.locator(".numbers summary span").inner_text() != "")
    assert slider.input_value() == frame
    expect(view.locator(".picture img")).to_have_js_property("naturalWidth", 1920)
