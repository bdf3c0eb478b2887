"""Films in the cells of a notebook: `%%soakup`, `soakup.show` and the notebook made for a film, run and exported."""

import re
import shutil
from pathlib import Path

import nbclient
import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import expect

import soakup

from .watching import ready, stood


@pytest.fixture(scope="module")
def ran(king, tmp_path_factory) -> Path:
    """A folder in which a notebook of one's own was run, with the cell of a film's notebook as its last."""
    folder = tmp_path_factory.mktemp("notebook")
    shutil.copy(king, folder / "king.mp4")
    (made,) = soakup.embed(folder / "king.mp4", "notebook").files
    cells = [
        "%load_ext soakup",
        "%%soakup --beats 1-2 --fps 10\nThe old\nking",
        "%%soakup --still 1 -o one.png\nA king",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.cells += nbformat.read(made, as_version=4).cells
    resources = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=200, kernel_name="python3", resources=resources).execute()
    nbformat.write(notebook, folder / "ran.ipynb")
    return folder


def html(cell: nbformat.NotebookNode) -> list[str]:
    return [output.data["text/html"] for output in cell.outputs if "text/html" in output.get("data", {})]


def test_a_cell_is_filmed_and_its_film_is_in_the_exported_page(ran, page, tmp_path):
    notebook = nbformat.read(ran / "ran.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert [len(html(cell)) for cell in notebook.cells] == [0, 1, 0, 1]
    assert "image/png" in notebook.cells[2].outputs[-1].data
    assert {path.name for path in ran.iterdir()} == {"king.mp4", "king.ipynb", "one.png", "ran.ipynb"}
    notebook.cells = notebook.cells[:3]
    exported, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    (tmp_path / "page.html").write_text(f"<!DOCTYPE html><html lang=en><title>a</title><body>{exported}</body></html>")
    page.goto((tmp_path / "page.html").as_uri())
    clip = ready(page.locator("soakup-clip"))
    assert clip.evaluate("e => [e.video.videoWidth, e.length]") == [854, 2]
    assert stood(clip, lambda: clip.evaluate("e => e.show(0)")) == 0


def test_the_notebook_of_a_film_shows_it_and_can_be_run_again(ran, page):
    made, again = (nbformat.read(ran / name, as_version=4) for name in ("king.ipynb", "ran.ipynb"))
    nbformat.validate(made)
    assert html(made.cells[0]) == html(again.cells[-1]) != []
    exported, _ = HTMLExporter(template_name="basic").from_notebook_node(made)
    page.set_content(f"<!DOCTYPE html><html lang=en><body>{exported}</body></html>")
    assert ready(page.locator("soakup-clip")).evaluate("e => e.length") == 4


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--theme pink", "Invalid value for '--theme'"),
        ("--word queen --fps 10 --beats 1", "the sentence has no word 'queen'"),
        ("--word 'queen", "No closing quotation"),
        ("--scene nonsense", "there is no scene called 'nonsense'"),
    ],
)
def test_what_cannot_be_filmed_is_one_sentence(in_tmp, line, said):
    from IPython.core.error import UsageError

    from soakup.magic import soakup as magic

    with pytest.raises(UsageError, match=said) as raised:
        magic(line, "The old king")
    assert "\n" not in str(raised.value)
    assert list(in_tmp.iterdir()) == []


def test_it_is_small_and_without_scripts_a_video_with_its_captions(king, told, chromium):
    from soakup.lectures.clip import Clip
    from soakup.lectures.notebook import Shown

    shown = Shown(Clip.open(king), [])
    assert len(shown.html) < 1.5 * king.stat().st_size + 400_000
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(shown.html)
    expect(page.locator("video[controls][poster^='data:image/webp'] > source[src^='data:video/mp4']")).to_have_count(1)
    expect(page.locator("video > track[src^='data:text/vtt']")).to_have_count(1)
    assert re.fullmatch("<soakup: “The old king”>", repr(shown))
    context.close()


def test_a_large_film_is_shown_smaller(scene_file, in_tmp, chromium):
    from soakup import film
    from soakup.scene_file import SceneFile

    path = scene_file("""
from manim import *
config.pixel_width, config.pixel_height, config.frame_rate = 1280, 720, 5

class Large(Scene):
    def construct(self):
        self.play(FadeIn(Square(color=RED)), run_time=0.4)
""")
    film.render(SceneFile(path), Path("film.mp4"))
    page = chromium.new_page()
    page.set_content(soakup.show("film.mp4")._repr_mimebundle_()["text/html"])
    assert ready(page.locator("soakup-clip")).evaluate("e => [e.video.videoWidth, e.video.videoHeight]") == [854, 480]
    page.close()
