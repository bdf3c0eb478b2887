"""The commands that show what a model does: trace, inspect, models and train."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import soakup.cli
from soakup.model.trace import Trace

TEXT = "The old king gave his youngest daughter a small golden key"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(soakup.cli.soakup, [str(argument) for argument in arguments], terminal_width=100)


def said(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: object) -> str:
    """The sentence with which a command is turned down."""
    result = run(*arguments)
    assert result.exit_code != 0
    if isinstance(result.exception, SystemExit):
        return result.output
    assert isinstance(result.exception, ValueError) and type(result.exception).__module__.startswith("soakup.")
    message = str(result.exception)
    assert message and "\n" not in message
    return message


def test_trace_saves_a_file_that_opens(tmp_path: Path, trace: Trace) -> None:
    path = tmp_path / "new" / "t.safetensors"
    output = said("trace", TEXT, "-o", path)
    assert str(path) in output.replace("\n", "") and f"4 layers of {trace.model.heads} heads" in output
    loaded = Trace.load(path)
    assert loaded.text == TEXT and loaded.value("layers.2.pattern[5,3,1]") == trace.value("layers.2.pattern[5,3,1]")


def test_trace_does_not_write_over_a_file_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    path.write_text("mine")
    assert "exists: write over it with --force" in refused("trace", TEXT, "-o", path)
    assert path.read_text() == "mine"
    said("trace", "the king", "-o", path, "--force")
    assert Trace.load(path).text == "the king"


@pytest.mark.parametrize(
    "text, name, options, expected",
    [
        ("", "t.safetensors", (), "empty or blank"),
        ("a\nb", "t.safetensors", (), "line break"),
        ("half \udcff", "t.safetensors", (), "not valid Unicode"),
        ("the" + " king" * 300, "t.safetensors", (), "at most 255"),
        ("the king", "t.npz", (), "call it"),
        ("the king", "t", (), "call it"),
        ("the king", "file/t.safetensors", (), "cannot write into"),
        ("the king", "t.safetensors", ("--model", "tinny"), "did you mean 'tiny'?"),
    ],
)
def test_trace_leaves_nothing_when_it_cannot(
    tmp_path: Path, text: str, name: str, options: tuple[str, ...], expected: str
) -> None:
    (tmp_path / "file").touch()
    assert expected in refused("trace", text, "-o", tmp_path / name, *options)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_inspect_shows_tokens_pattern_predictions_and_findings(trace: Trace) -> None:
    output = said("inspect", TEXT, "--layer", 3, "--head", 2)
    assert "12 tokens" in output
    assert "Layer 3, head 2" in output
    rows = {int(row[1]): row[0] for row in re.finditer(r"^ *(\d+) \S+ .*$", output, re.MULTILINE)}
    for target, token in enumerate(trace.tokens):
        numbers = [
            float(number) for number in re.findall(r"(?<= )(?:1\.0|\.\d\d|·)(?= |$)", rows[target]) if number != "·"
        ]
        weights = [w for w in trace.layers[2].pattern[1, target, : target + 1] if w >= 0.005]
        assert token.text.strip() in rows[target]
        assert len(numbers) == len(weights)
        assert all(abs(number - weight) <= 0.0051 for number, weight in zip(numbers, weights, strict=True))
    chances = sorted((float(p) for p in probabilities(trace)), reverse=True)[:3]
    assert [int(share) for share in re.findall(r"█ (\d+)%", output)][:3] == [round(p * 100) for p in chances]
    assert "gives" in output and "“" in output


def probabilities(trace: Trace):
    from soakup.model import derived

    return derived.probability(trace, 4)[-1]


def test_inspect_chooses_a_head_where_something_happens() -> None:
    chosen = re.search(r"Layer (\d), head (\d)", said("inspect", TEXT))
    assert chosen and f"in head {chosen[2]} of layer {chosen[1]}, “" in said("inspect", TEXT)
    assert "Layer 3, head" in said("inspect", TEXT, "--layer", 3)


@pytest.mark.parametrize("option, number, most", [("--layer", 5, 4), ("--layer", 0, 4), ("--head", 9, 8)])
def test_inspect_says_which_layers_and_heads_there_are(option: str, number: int, most: int) -> None:
    assert f"no {option[2:]} {number} in tiny: choose 1 to {most}" in refused("inspect", TEXT, option, number)


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "[bold]not markup[/bold] [red]",
        "日本 🙂",
        "שלום",
        "the" + " king" * 60,
        "a" + " b" * 126,
        "100% {x}",
        "\u202eabc",
    ],
)
def test_inspect_shows_any_text_literally(text: str) -> None:
    output = said("inspect", text).replace("|", "")  # which stands between tokens
    assert "Layer" in output and "Next" in output
    for mark in ("[", "red", "{", "100"):
        assert (mark in output) or mark not in text


def test_models_lists_shape_and_quality() -> None:
    output = said("models")
    row = next(line for line in output.splitlines() if line.startswith("tiny") and "8,192" in line)
    assert row.split()[1:4] == ["4", "8", "256"]
    assert 0.5 < float(row.split()[-1]) < 3


def test_models_names_one_that_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "weights.safetensors").write_bytes(b"nothing")
    monkeypatch.setattr("soakup.assets.MODELS", tmp_path)
    assert "broken cannot be used" in said("models")


@pytest.fixture
def books(tmp_path: Path) -> Path:
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "mill.txt").write_text("\n\n".join(f"The cat number {i} sat on the mat by the mill." for i in range(400)))
    return folder


TINY = ("--layers", 1, "--heads", 2, "--width", 16, "--context", 16, "--vocabulary", 300)


def test_train_makes_a_model_that_the_other_commands_open(books: Path, tmp_path: Path) -> None:
    run_folder = tmp_path / "runs" / "mine"
    output = said("train", books, "-o", run_folder, "--tokens", "13k", *TINY)
    assert "weights.safetensors" in output and "bits per byte" in output and "soakup inspect" in output
    assert "Layer 1" in said("inspect", "The cat sat", "--model", run_folder)
    assert "begun with tokens = 13000" in refused("train", books, "-o", run_folder, "--tokens", "26k", *TINY)


def test_train_stopped_says_how_to_go_on(books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C comes at step 120 of 190; the first checkpoint is at step 100."""
    from dataclasses import replace

    from soakup.model import train as training

    original, interrupt_at = training.train, 120

    def interrupted(folder, run_folder, config, settings, progress):
        def watched(step, steps, latest):
            progress(step, steps, latest)
            if step == interrupt_at:
                raise KeyboardInterrupt

        return original(folder, run_folder, config, replace(settings, evaluate_every=100), watched)

    monkeypatch.setattr(training, "train", interrupted)
    folder = tmp_path / "run"
    arguments = ("train", books, "-o", folder, "--tokens", 190 * 8 * 16, *TINY)
    result = run(*arguments)
    assert result.exit_code == 130
    assert f"Stopped; the same command goes on from the checkpoint in {folder}." in result.output
    assert not (folder / "weights.safetensors").exists()
    interrupt_at = 0
    assert "step 100 of 190" in said(*arguments)
    assert (folder / "weights.safetensors").exists()


def test_train_stopped_before_a_checkpoint_says_so(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soakup.model.tokenizer.Tokenizer.train", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    result = run("train", books, "-o", tmp_path / "run", *TINY)
    assert result.exit_code == 130 and "there is no checkpoint yet" in result.output


@pytest.mark.parametrize("tokens", ["many", "-5", "1e9", "16MB", "", "٣"])
def test_train_says_how_tokens_are_written(books: Path, tokens: str) -> None:
    assert "write it as 16M, 500k or 16000000" in refused("train", books, "--tokens", tokens)


def test_train_refuses_what_it_cannot_train_on(tmp_path: Path) -> None:
    assert "does not exist" in refused("train", tmp_path / "nowhere")
    assert "holds no .txt files" in refused("train", tmp_path, "-o", tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["trace", "inspect", "models", "train"])
def test_help_needs_no_heavy_imports(name: str) -> None:
    import subprocess
    import sys

    program = f"""
import sys, soakup.cli
soakup.cli.soakup(["{name}", "--help"], standalone_mode=False)
print([m for m in ("torch", "numpy", "manim", "rich") if m in sys.modules])
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("Usage:") and result.stdout.strip().endswith("[]")
