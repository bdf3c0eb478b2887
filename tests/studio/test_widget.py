"""`soakup.explore` in a notebook whose kernel runs, and its view in a real browser."""

import base64

import nbformat
import pytest
from nbclient import NotebookClient
from playwright.sync_api import expect

import soakup
from soakup.app import widget
from soakup.errors import StudioError

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


def test_its_view_shows_the_stills_and_asks_for_what_is_chosen(page):
    script = base64.b64encode((widget.HERE / "widget.js").read_bytes()).decode()
    page.set_content("<!DOCTYPE html><html lang=en><body><div id=here></div></body></html>")
    page.evaluate(
        """async (script) => {
            const { default: widget } = await import(`data:text/javascript;base64,${script}`);
            const state = { asked: { text: "A fox" }, command: "soakup render 'A fox'" }, heard = {};
            window.saved = [];
            const model = {
                get: (name) => state[name], set: (name, value) => { state[name] = value; },
                save_changes: () => window.saved.push(state.asked), off: () => {}, send: () => {},
                on: (name, hear) => { heard[name] = hear; },
            };
            widget.render({ model, el: document.querySelector("#here") });
            window.tell = heard["msg:custom"];
            const canvas = new OffscreenCanvas(2, 2);
            canvas.getContext("2d").fillRect(0, 0, 2, 2);
            const png = await (await canvas.convertToBlob()).arrayBuffer();
            tell({ kind: "choices", scenes: ["layer-by-layer", "values"], models: ["tiny"] });
            tell({ kind: "reading", model: { layers: 4, heads: 6 } });
            const beat = { kind: "beat", total: 2, name: "n", caption: "<b>It</b>", start: 0, end: 9, fps: 15 };
            for (const number of [1, 2]) tell({ ...beat, number }, [png]);
        }""",
        script,
    )
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value("A fox")
    expect(page.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_role("listitem").first).to_contain_text("<b>It</b>")
    page.get_by_role("combobox", name="Layer").select_option("3")
    page.get_by_role("textbox", name="Sentence").fill("A fox saw")
    page.wait_for_function("() => window.saved.length === 2")
    assert page.evaluate("() => window.saved[1]") == {"text": "A fox saw", "layer": 3}
    page.evaluate("() => tell({ kind: 'failed', message: 'there is no word' })")
    expect(page.get_by_role("status")).to_have_text("There is no word")
