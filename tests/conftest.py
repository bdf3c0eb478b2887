"""What tests of all four folders share: the model that comes with soakup, one text it has read, and a model of other
shape that nobody trained, so that what holds for both holds for reasons of structure."""

import atexit
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator

os.environ.setdefault("TORCHDYNAMO_DISABLE", "1")  # compiling takes longer than the few steps a test trains for
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

import soakup.model
from soakup.model.model import Model
from soakup.model.trace import Trace

# What a shell starts in the background ignores Ctrl-C, and so would all that tests start and then interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

os.environ["SOAKUP_CACHE"] = tempfile.mkdtemp(prefix="soakup-cache-")  # the user's own is not the tests' business
atexit.register(shutil.rmtree, os.environ["SOAKUP_CACHE"], ignore_errors=True)

TEXT = "The old king gave his youngest daughter a small golden key"


@pytest.fixture(scope="session")
def model() -> Model:
    return soakup.model.open()


@pytest.fixture(scope="session")
def trace(model: Model) -> Trace:
    return model.trace(TEXT)


@pytest.fixture(scope="session")
def untrained_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small model whose weights are all random, none of them zero, and its tokenizer."""
    return random_model(tmp_path_factory.mktemp("untrained"), layers=3, heads=2, width=24)


def random_model(folder: Path, **shape: int) -> Path:
    """Write a model of this shape, whose weights are all random and none of them zero, and its tokenizer."""
    import torch

    from soakup.model import weights
    from soakup.model.tokenizer import Tokenizer
    from soakup.model.transformer import Config, Transformer

    tokenizer = Tokenizer.train(["the cat saw the cat and the dog saw the old king"] * 4, 300)
    transformer = Transformer(Config(vocabulary=300, context=64, **shape))
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in transformer.parameters():
            parameter.normal_(0, 0.3, generator=generator)
    weights.save(transformer, tokenizer, folder / "weights.safetensors")
    return folder


@pytest.fixture(scope="session")
def untrained(untrained_folder: Path) -> Model:
    return soakup.model.open(str(untrained_folder))


@pytest.fixture(scope="session", params=["tiny", "untrained"])
def any_model(request: pytest.FixtureRequest, model: Model, untrained: Model) -> Model:
    return model if request.param == "tiny" else untrained


@pytest.fixture(scope="session")
def any_trace(any_model: Model) -> Trace:
    return any_model.trace("the old king saw the cat, and the cat saw the king")


CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser, without a window. Where there is none, whatever asks for it fails."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.fail("there is no Chromium here to try the page in: ./soakup test installs it", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What `page` has complained of in its console."""
    return []


@pytest.fixture
def page(chromium: Browser, complaints: list[str]) -> Iterator[Page]:
    """A page in a browser that knows nothing yet. Whatever it complains of in its console fails the test, but for
    answers of the status 422: a refusal that the page itself has to show."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(20_000)
    page = context.new_page()

    def complain(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and "status of 422" not in said.text:
            complaints.append(said.text)

    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", complain)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """The path of a large program that only a few tests open their results with: `program("soffice")`.

    Without it a test is skipped, and pytest names it; in `./soakup test --all`, which installs them, it fails.
    """

    own = Path(sys.prefix, "openers")  # what is in no package of the system
    places = [own / "bin", own / "node_modules" / ".bin", *map(Path, os.environ["PATH"].split(os.pathsep))]

    def find(name: str) -> str:
        if path := shutil.which(name, path=os.pathsep.join(map(str, places))):
            return path
        missing = f"there is no {name} here: ./soakup test --all installs it"
        if os.environ.get("SOAKUP_TEST_ALL"):
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)

    return find


@pytest.fixture(params=["compiled", "plain", "no cairo to compile with"])
def drawing_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn is the same whatever could be compiled."""
    from soakup.drawing import parts, plain_canvas, plain_mobjects  # which import Manim

    if request.param != "plain" and plain_mobjects is parts.mobjects:
        pytest.skip("needs a compiler")
    if request.param != "compiled":
        monkeypatch.setattr(parts, "Canvas", plain_canvas.Canvas)
    elif parts.Canvas is plain_canvas.Canvas:
        pytest.skip("needs cairo to compile with")
    if request.param == "plain":
        monkeypatch.setattr(parts, "mobjects", plain_mobjects)
