"""A weights file is whole and of this model, or refused in one sentence; nothing in it is ever run."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import soakup.model
from soakup import assets
from soakup.model.errors import ModelError
from soakup.model.model import Model
from soakup.model.weights import open_weights

CONFIG = {"vocabulary": 300, "context": 64, "layers": 3, "heads": 2, "width": 24, "positions": "rotary"}
Tensors = dict[str, np.ndarray]


@pytest.fixture
def path(untrained_folder: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    for name in ("weights.safetensors", "tokenizer.json"):
        (tmp_path / name).write_bytes((untrained_folder / name).read_bytes())
    return tmp_path / "weights.safetensors"


def refused(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        open_weights(path)
    message = str(caught.value)
    assert str(path) in message and "\n" not in message and len(message) < 400
    return message


def test_float16_on_disk_is_float32_in_memory(untrained_folder: Path) -> None:
    path = untrained_folder / "weights.safetensors"
    stored, weights = load_file(path), open_weights(path)
    assert {array.dtype for array in stored.values()} == {np.dtype(np.float16)}
    assert weights.W_U.dtype == np.float32 and (stored["table"] == weights.W_U).all()
    assert (weights.layers[2].W_down == stored["layers.2.W_down.weight"]).all()
    assert weights.layers[0].W_up.shape == (96, 24)
    assert weights.parameters == sum(array.size for array in stored.values())


def test_the_fingerprint_is_the_files_sha256(untrained_folder: Path) -> None:
    import hashlib

    path = untrained_folder / "weights.safetensors"
    assert open_weights(path).fingerprint == hashlib.sha256(path.read_bytes()).hexdigest()


def test_one_table_is_embedding_and_unembedding(untrained: Model) -> None:
    assert (untrained.weights.W_E == untrained.weights.W_U).all()


def test_pytorch_gets_the_same_numbers(untrained: Model) -> None:
    state = untrained.transformer.state_dict()
    assert (state["table"].numpy() == untrained.weights.W_U).all()
    assert (state["layers.1.W_O.weight"].numpy() == untrained.weights.layers[1].W_O).all()
    assert not any(parameter.requires_grad for parameter in untrained.transformer.parameters())


def test_learned_positions_open_too(tmp_path: Path) -> None:
    import torch

    from soakup.model import weights
    from soakup.model.tokenizer import Tokenizer
    from soakup.model.transformer import Config, Transformer

    transformer = Transformer(Config(vocabulary=300, context=8, layers=1, heads=2, width=8, positions="learned"))
    tokenizer = Tokenizer.train(["the cat"], 300)
    weights.save(transformer, tokenizer, tmp_path / "weights.safetensors")
    trace = soakup.model.open(str(tmp_path)).trace("the cat")
    with torch.no_grad():
        expected = transformer.half().float()(torch.tensor([[token.id for token in trace.tokens]]))
    assert np.allclose(trace.embedding, expected.embedding[0], atol=1e-6)
    assert (trace.layers[0].queries == trace.layers[0].projected_queries).all()


def test_missing_empty_and_truncated_files_are_refused(path: Path) -> None:
    whole = path.read_bytes()
    for kept in (0, 5, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:kept])
        assert "is not a whole safetensors file" in refused(path)
    path.unlink()
    assert "there are no weights at" in refused(path)


def test_a_pickle_is_refused_and_not_run(path: Path, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Callable, tuple]:
            return (Path.touch, (tmp_path / "sprung",))

    path.write_bytes(pickle.dumps(Trap()))
    assert "is not a whole safetensors file" in refused(path)
    assert not (tmp_path / "sprung").exists()


def without_a_matrix(tensors: Tensors) -> None:
    del tensors["layers.1.W_K.weight"]


def with_one_more(tensors: Tensors) -> None:
    tensors["layers.3.W_K.weight"] = tensors["layers.1.W_K.weight"]


def of_wrong_shape(tensors: Tensors) -> None:
    tensors["layers.0.W_up.weight"] = tensors["layers.0.W_up.weight"].T.copy()


def with_nan(tensors: Tensors) -> None:
    tensors["layers.0.W_V.weight"][3, 3] = np.nan


def with_infinity(tensors: Tensors) -> None:
    tensors["table"][0, 0] = np.inf


@pytest.mark.parametrize(
    "break_it, said",
    [
        (without_a_matrix, "'layers.1.W_K.weight' is missing"),
        (with_one_more, "'layers.3.W_K.weight' does not belong"),
        (of_wrong_shape, "not (96, 24)"),
        (with_nan, "'layers.0.W_V.weight' hold a value that is not a finite number"),
        (with_infinity, "'table' hold a value that is not a finite number"),
    ],
)
def test_wrong_arrays_are_refused(path: Path, break_it: Callable[[Tensors], None], said: str) -> None:
    tensors = load_file(path)
    break_it(tensors)
    save_file(tensors, path, metadata={"config": json.dumps(CONFIG)})
    assert said in refused(path)


@pytest.mark.parametrize(
    "config",
    [
        None,
        "not json",
        "[]",
        "{}",
        json.dumps(CONFIG | {"layers": 10**12}),
        json.dumps(CONFIG | {"layers": 0}),
        json.dumps(CONFIG | {"layers": "3"}),
        json.dumps(CONFIG | {"heads": 5}),
        json.dumps(CONFIG | {"heads": 24}),
        json.dumps(CONFIG | {"width": 48}),
        json.dumps(CONFIG | {"colour": "blue"}),
        json.dumps(CONFIG | {"positions": "learned"}),
    ],
)
def test_a_wrong_description_of_the_model_is_refused(path: Path, config: str | None) -> None:
    save_file(load_file(path), path, metadata=None if config is None else {"config": config})
    refused(path)


def test_an_unknown_name_suggests_the_nearest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=r"no model called 'tinny'; did you mean 'tiny'\?"):
        soakup.model.open("tinny")
    with pytest.raises(ModelError, match="there are: tiny"):
        soakup.model.open("gpt-zzz")
    for strange in ("", "../..", "a\0b", "x" * 5000, "\ud800"):
        with pytest.raises(ModelError):
            soakup.model.open(strange)


def test_a_folder_is_a_model_when_it_has_weights_and_tokenizer(path: Path) -> None:
    assert soakup.model.open(str(path.parent)).layers == 3
    (path.parent / "tokenizer.json").write_text('{"version": 1')
    with pytest.raises(ModelError, match="is not a whole tokenizer"):
        soakup.model.open(str(path.parent))
    (path.parent / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match="there is no tokenizer"):
        soakup.model.open(str(path.parent))
    path.unlink()
    with pytest.raises(ModelError, match="there are no weights"):
        soakup.model.open(str(path.parent))


def test_another_models_tokenizer_is_refused(path: Path) -> None:
    (path.parent / "tokenizer.json").write_bytes((assets.MODELS / "tiny" / "tokenizer.json").read_bytes())
    with pytest.raises(ModelError, match="does not belong to the weights beside it"):
        soakup.model.open(str(path.parent))


def test_the_models_there_are_have_one_line_each() -> None:
    assert "tiny" in soakup.model.names()
    assert all("\n" not in line for line in soakup.model.names().values())


def test_opening_a_model_does_not_import_pytorch() -> None:
    import subprocess
    import sys

    program = "import sys, soakup.model; soakup.model.names(); soakup.model.open(); print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
