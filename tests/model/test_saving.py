"""A saved Trace is one file that is whole or refused, and opens without PyTorch."""

import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import soakup.assets
import soakup.model
from soakup.model.errors import ModelError
from soakup.model.model import Model
from soakup.model.trace import Trace


@pytest.fixture
def saved(any_trace: Trace, tmp_path: Path) -> Path:
    return any_trace.save(tmp_path / "t.safetensors")


def metadata(path: Path) -> dict[str, str]:
    from safetensors import safe_open

    with safe_open(path, framework="np") as file:
        return file.metadata()


def refused(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        Trace.load(path)
    message = str(caught.value)
    assert path.name in message and "\n" not in message and len(message) < 400
    return message


def test_a_saved_trace_comes_back_unchanged(any_trace: Trace, saved: Path) -> None:
    loaded = Trace.load(saved)
    assert (loaded.text, loaded.tokens, loaded.words) == (any_trace.text, any_trace.tokens, any_trace.words)
    assert (loaded.model, loaded.versions) == (any_trace.model, any_trace.versions)
    for (name, a), (other, b) in zip(loaded.arrays(), any_trace.arrays(), strict=True):
        assert name == other and (a == b).all()
        with pytest.raises(ValueError, match="read-only"):
            a[...] = 0


def test_the_file_holds_the_arrays_under_their_names_and_no_weights(any_trace: Trace, saved: Path) -> None:
    arrays = load_file(saved)
    assert arrays.keys() == dict(any_trace.arrays()).keys()
    assert {"embedding", "final", "layers.0.pattern", "layers.2.head_updates"} <= arrays.keys()
    sizes = [array.shape for array in arrays.values()]
    assert not any(any_trace.model.vocabulary in shape for shape in sizes)


def test_saving_twice_gives_the_same_bytes(any_trace: Trace, saved: Path, tmp_path: Path) -> None:
    again = any_trace.save(tmp_path / "again.safetensors")
    assert again.read_bytes() == saved.read_bytes()
    assert Trace.load(saved).save(again).read_bytes() == saved.read_bytes()


def test_a_loaded_trace_finds_its_weights_by_their_fingerprint(trace: Trace, tmp_path: Path) -> None:
    loaded = Trace.load(trace.save(tmp_path / "t.safetensors"))
    assert loaded.weights.fingerprint == trace.model.fingerprint
    assert (loaded.logits(4) == trace.logits(4)).all()


def test_without_its_model_a_trace_still_has_all_but_the_weights(untrained_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(untrained_folder, tmp_path / "model")
    original = soakup.model.open(str(folder)).trace("the old king")
    loaded = Trace.load(original.save(tmp_path / "t.safetensors"))
    shutil.rmtree(folder)
    assert loaded.value("layers.1.head_updates[1,2,3]") == original.value("layers.1.head_updates[1,2,3]")
    for ask in (lambda: loaded.weights, lambda: loaded.logits(0), lambda: loaded.value("weights.W_E[0,0]")):
        with pytest.raises(ModelError, match="are not here"):
            ask()


def test_loading_and_asking_does_not_import_pytorch(trace: Trace, tmp_path: Path) -> None:
    path = trace.save(tmp_path / "t.safetensors")
    program = f"""
import sys
import soakup.model, soakup.model.trace, soakup.model.findings
trace = soakup.model.trace.Trace.load({str(path)!r})
for path in ("layers.0.pattern[1,0,0]", "weights.W_E[3,3]", "ink(4)[5,1]", "probability(4)[3,7]", "vocabulary[9]"):
    trace.value(path)
soakup.model.findings.findings(trace)
print(sorted(name for name in sys.modules if name == "torch" or name.startswith("manim")))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("kept", [0, 7, 200, -1, -4000])
def test_a_truncated_file_is_refused(saved: Path, kept: int) -> None:
    saved.write_bytes(saved.read_bytes()[:kept])
    assert "is not a whole trace" in refused(saved)


def test_files_of_other_kinds_are_refused(saved: Path, untrained_folder: Path, tmp_path: Path) -> None:
    saved.write_bytes(pickle.dumps({"embedding": [1.0]}))
    assert "is not a whole trace" in refused(saved)
    saved.write_text("A fluffy blue creature")
    assert "is not a whole trace" in refused(saved)
    saved.write_bytes((untrained_folder / "weights.safetensors").read_bytes())
    assert "not marked as a trace" in refused(saved)
    assert "there is no trace" in refused(tmp_path)
    assert "there is no trace" in refused(tmp_path / "nowhere.safetensors")


def broken(arrays: dict[str, np.ndarray], how: str) -> None:
    if how == "missing":
        del arrays["layers.1.values"]
    elif how == "shape":
        arrays["layers.0.neurons"] = arrays["layers.0.neurons"][:-1].copy()
    else:
        arrays["final"][0, 0] = np.nan


@pytest.mark.parametrize("how, said", [("missing", "missing"), ("shape", "not \\("), ("nan", "not a finite number")])
def test_a_file_with_broken_arrays_is_refused(saved: Path, how: str, said: str) -> None:
    arrays, about = load_file(saved), metadata(saved)
    broken(arrays, how)
    save_file(arrays, saved, metadata=about)
    with pytest.raises(ModelError, match=said):
        Trace.load(saved)


@pytest.mark.parametrize(
    "old, new",
    [('"format": 1', '"format": 99'), ('"layers"', '"lairs"'), ('"tokens"', '"pieces"'), ('"layers": ', '"layers": -')],
)
def test_a_file_with_broken_metadata_is_refused(saved: Path, old: str, new: str) -> None:
    arrays, about = load_file(saved), metadata(saved)
    save_file(arrays, saved, metadata={"trace": about["trace"].replace(old, new)})
    refused(saved)


def test_what_cannot_be_written_is_said_and_leaves_nothing(trace: Trace, tmp_path: Path) -> None:
    for path in (tmp_path / "missing" / "t.safetensors", tmp_path / "t.npz", tmp_path / "folder.safetensors"):
        (tmp_path / "folder.safetensors").mkdir(exist_ok=True)
        with pytest.raises(ModelError) as caught:
            trace.save(path)
        assert str(path) in str(caught.value)
    assert [p.name for p in tmp_path.iterdir()] == ["folder.safetensors"]


def test_the_models_here_are_in_the_assets(model: Model) -> None:
    assert (soakup.assets.MODELS / model.name / "weights.safetensors").is_file()
