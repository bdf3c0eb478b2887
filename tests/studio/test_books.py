"""Films in documents, books and slides of Markdown: what each tool's own build makes of them, in a real browser."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page
from starlette.staticfiles import StaticFiles

import soakup
from soakup import film
from soakup.lectures.clip import Clip
from soakup.scene_file import SceneFile

from .watching import ready, stood

AWKWARD = 'the </script>````` {{ king }} --> "of" $x$ <b>it</b>'


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder's files, of which a browser may ask for parts, as it does to jump in a film."""
    server = uvicorn.Server(uvicorn.Config(StaticFiles(directory=folder, html=True), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(params=["king", "awkward"])
def clip(request, king, told, scene_file, in_tmp) -> Path:
    """A film in an empty folder, one of them of a text that means something to every one of these tools."""
    if request.param == "king":
        shutil.copy(king, "king.mp4")
    else:
        film.render(SceneFile(scene_file(told)), Path("king.mp4"), settings={"text": AWKWARD}, kit="minimal")
    return Path("king.mp4")


def run(*command: object, **options) -> None:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, errors="replace", **options)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def shows(page: Page, clip: Path) -> None:
    """The film stands on a page, with its poster, its captions and its beats to step through."""
    there = ready(page.locator("soakup-clip"))
    told = Clip.open(clip)
    assert there.evaluate("e => [e.video.videoWidth, e.video.videoHeight]") == list(told.size)
    assert there.evaluate("e => [e.video.loop, e.video.muted, e.video.controls, e.video.textTracks.length]")[1] is True
    assert there.evaluate("e => e.hasAttribute('loop')")
    poster = there.evaluate(
        "e => new Promise(d => { const i = new Image(); i.onload = () => d(i.naturalWidth); "
        "i.onerror = () => d(0); i.src = e.video.poster; })"
    )
    assert poster == told.size[0]
    cues = there.evaluate("""e => new Promise(done => {
        const track = e.video.textTracks[0]; track.mode = 'hidden';
        const said = () => [...track.cues].map(c => c.getCueAsHTML().textContent);
        const look = () => track.cues?.length ? done(said()) : setTimeout(look, 50);
        look();
    })""")
    assert cues == [cue.text for cue in told.cues if cue.text]
    assert there.evaluate("e => e.length") == len(told.beats)
    assert stood(there, lambda: there.evaluate("e => e.show(1)")) == 1


def test_pandoc_which_quarto_runs_makes_a_page_of_it(clip, page, program):
    soakup.embed(clip, "quarto")
    clip.unlink()  # nothing asks for the clip where it was
    shutil.copy("media/king.mp4", "moved.mp4")
    if quarto := shutil.which("quarto"):  # no registry has it
        run(quarto, "render", "king.qmd")
    else:
        run(program("pandoc"), "-f", "markdown", "-t", "html5", "-s", "king.qmd", "-o", "king.html")
    with served(Path()) as address:
        page.route("**/favicon.ico", lambda route: route.fulfill(body=""))
        page.goto(f"{address}/king.html")
        shows(page, Path("moved.mp4"))


def test_jupyter_book_makes_a_page_of_it(clip, page, program, complaints):
    soakup.embed(clip, "jupyter-book")
    Path("_config.yml").write_text("title: A book\nexecute:\n  execute_notebooks: 'off'\n")
    Path("_toc.yml").write_text("format: jb-book\nroot: king.book\n")
    run(program("jupyter-book"), "build", "--builder", "html", ".")
    with served(Path("_build/html")) as address:
        page.route("**/*", lambda route: route.continue_() if address in route.request.url else route.abort())
        page.goto(f"{address}/king.book.html")
        shows(page, clip)
        complaints.clear()  # they are of the book's own scripts
        heading = page.locator("article h1").inner_text()
        assert heading.startswith(("The old king", "the </script>````` {{ king }} "))


def test_slidev_makes_a_slide_of_it(clip, page, program):
    soakup.embed(clip, "slidev")
    slidev = Path(program("slidev"))
    Path("node_modules").symlink_to(slidev.parents[1], target_is_directory=True)
    Path("vite.config.mjs").write_text("export default { build: { cssMinify: false } }\n")  # not of our films
    path = f"{slidev.parents[2] / 'bin'}{os.pathsep}{os.environ['PATH']}"
    run(slidev, "build", "king.slidev.md", env=os.environ | {"PATH": path}, timeout=300)
    with served(Path("dist")) as address:
        page.route("**/*", lambda route: route.continue_() if address in route.request.url else route.fulfill(body=""))
        page.goto(address)
        video = page.locator("video")
        video.wait_for()
        page.wait_for_function("document.querySelector('video').currentTime > 0")
        told = Clip.open(clip)
        assert video.evaluate("v => [v.videoWidth, v.videoHeight]") == list(told.size)
        assert video.evaluate("v => [v.loop, v.controls]") == [True, True]
        assert video.get_attribute("poster") == "/king.poster.png"
        assert video.get_attribute("aria-label") == " ".join(told.alt.split())
        assert video.locator("track").get_attribute("src") == "/king.vtt"
        box = video.bounding_box()
        assert (box["width"], box["height"]) == pytest.approx((1280, 720), abs=2)


@pytest.mark.parametrize("target", ["quarto", "jupyter-book"])
def test_the_film_is_one_block_that_no_line_of_the_text_ends(clip, target: str):
    (page, *_) = soakup.embed(clip, target).files
    figure = page.read_text().partition("<figure")[2].partition("</figure>")
    assert figure[1] and "\n\n" not in figure[0] and "`````\n" not in figure[0]


def test_a_film_is_found_by_its_own_name_where_the_page_was_named_otherwise(king, in_tmp):
    made: Callable = partial(soakup.embed, king)
    names = [path.name for path in made("slidev", "deck/lecture.md").files]
    assert names == ["lecture.md", "lecture.mp4", "lecture.poster.png", "lecture.vtt"]
    assert (in_tmp / "deck/public/lecture.mp4").read_bytes() == king.read_bytes()
    assert 'src="/lecture.mp4"' in (in_tmp / "deck/lecture.md").read_text()
