"""Training from a folder of texts: it learns, it is reproducible, and an interrupted run loses nothing but time."""

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.numpy import load_file

import soakup.model
from soakup.model import corpus
from soakup.model.errors import ModelError
from soakup.model.growth import grown
from soakup.model.lstm import LSTM, LSTMConfig
from soakup.model.train import Settings, bits_per_byte, train
from soakup.model.transformer import Config, Transformer
from soakup.model.weights import as_transformer, open_weights

CONFIG = Config(vocabulary=300, context=16, layers=2, heads=2, width=32)
SETTINGS = Settings(tokens=250 * 4 * 16, batch=4, evaluate_every=100, unseen=("never-read",))


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("books")
    draw = random.Random(0)
    for name in ("mill", "farm", "never-read"):  # each of the first two has one held-out block, by its name
        sentences = (
            f"The {draw.choice(['cat', 'dog', 'hen'])} {draw.choice(['sat on', 'ran to', 'saw'])} the "
            f"{draw.choice(['mat', 'hill', 'king'])}."
            for _ in range(400)
        )
        (folder / f"{name}.txt").write_text("\n\n".join(sentences))
    return folder


@pytest.fixture(scope="module")
def straight(books: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody interrupted."""
    run = tmp_path_factory.mktemp("straight") / "run"
    train(books, run, CONFIG, SETTINGS)
    return run


def losses(run: Path) -> list[dict]:
    return [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()][1:]


def without_times(run: Path) -> list[dict]:
    return [{name: value for name, value in line.items() if name != "seconds"} for line in losses(run)]


def test_it_learns_what_the_texts_are_like(straight: Path) -> None:
    logged = losses(straight)
    assert [line["step"] for line in logged] == [100, 200, 250]
    assert logged[-1]["loss"] < 0.6 * np.log(300)
    assert logged[-1]["held_out_bits_per_byte"] < logged[0]["held_out_bits_per_byte"]
    assert logged[-1]["unseen_bits_per_byte"] is not None
    trace = soakup.model.open(str(straight)).trace("The cat sat on the")
    assert trace.value("count.layers") == 2
    ids = {trace.value(f"vocabulary[{id}]") for id in trace.logits(2)[-1].argsort()[::-1][:3]}
    assert ids & {" mat", " hill", " king", " m", " h", " k", " ki"}


def test_the_log_begins_with_how_it_was_trained(straight: Path, books: Path) -> None:
    about = json.loads((straight / "log.jsonl").read_text().splitlines()[0])
    assert about["config"] == CONFIG.as_dict()
    assert about["settings"]["seed"] == 0 and about["settings"]["unseen"] == ["never-read"]
    assert about["unseen_bytes"] == (books / "never-read.txt").stat().st_size
    assert about["parameters"] == soakup.model.open(str(straight)).parameters


def test_a_recurrent_model_is_trained_the_same_way(books: Path, tmp_path: Path) -> None:
    config = LSTMConfig(vocabulary=300, context=16, layers=2, hidden=24, width=16)
    weights = train(books, tmp_path / "run", config, SETTINGS)
    logged = losses(tmp_path / "run")
    assert logged[-1]["loss"] < 0.7 * np.log(300)
    assert logged[-1]["held_out_bits_per_byte"] < logged[0]["held_out_bits_per_byte"]
    with safe_open(weights, framework="np") as file:
        assert json.loads(file.metadata()["config"]) == config.as_dict()
    read = load_file(weights)
    assert {name: array.shape for name, array in read.items()} == {
        name: tuple(tensor.shape) for name, tensor in LSTM(config).state_dict().items()
    }


def test_of_a_recurrent_model_no_word_knows_what_comes_later() -> None:
    model = LSTM(LSTMConfig(vocabulary=300, context=16, layers=2, hidden=24, width=16)).eval()
    tokens = torch.randint(0, 300, (1, 12))
    other = tokens.clone()
    other[0, 8:] = (other[0, 8:] + 1) % 300
    a, b = model(tokens), model(other)
    assert torch.equal(a.logits[0, :8], b.logits[0, :8]) and not torch.equal(a.logits[0, 8:], b.logits[0, 8:])
    assert a.states.shape == (1, 12, 24) and a.final.shape == (1, 12, 16)


def test_a_part_of_the_text_is_the_same_part_every_time_and_leaves_what_is_held_out(books: Path) -> None:
    whole, half = (corpus.read(books, ("never-read",), part) for part in (1.0, 0.5))
    assert 0 < len(half.training) < len(whole.training) and set(half.training) < set(whole.training)
    assert half == corpus.read(books, ("never-read",), 0.5)
    assert (half.held_out, half.unseen) == (whole.held_out, whole.unseen)


def test_the_same_seed_gives_the_same_weights(straight: Path, books: Path, tmp_path: Path) -> None:
    again = train(books, tmp_path / "again", CONFIG, SETTINGS)
    assert again.read_bytes() == (straight / "weights.safetensors").read_bytes()
    other = train(books, tmp_path / "other", CONFIG, replace(SETTINGS, seed=1, tokens=4 * 16 * 4))
    assert other.read_bytes() != again.read_bytes()


def test_resuming_is_as_good_as_never_stopping(straight: Path, books: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"

    def stop_at(step: int, steps: int, latest: dict) -> None:
        if step == 170:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(books, run, CONFIG, SETTINGS, stop_at)
    assert (run / "checkpoint.pt").exists() and not (run / "weights.safetensors").exists()
    seen = []
    train(books, run, CONFIG, SETTINGS, lambda step, steps, latest: seen.append(step))
    assert seen == list(range(100, 251)), "it goes on from the checkpoint"
    assert (run / "weights.safetensors").read_bytes() == (straight / "weights.safetensors").read_bytes()
    assert without_times(run) == without_times(straight)


def test_a_finished_run_is_left_as_it_is(straight: Path, books: Path) -> None:
    before = (straight / "weights.safetensors").read_bytes()
    train(books, straight, CONFIG, SETTINGS)
    assert (straight / "weights.safetensors").read_bytes() == before


@pytest.mark.parametrize(
    "config, settings, said",
    [
        (CONFIG, replace(SETTINGS, seed=5), "begun with seed = 0, not 5"),
        (replace(CONFIG, layers=3), SETTINGS, "begun with layers = 2, not 3"),
        (CONFIG, replace(SETTINGS, tokens=12_800), "begun with tokens = 16000, not 12800"),
    ],
)
def test_a_run_goes_on_only_as_it_began(
    straight: Path, books: Path, config: Config, settings: Settings, said: str
) -> None:
    with pytest.raises(ModelError, match=said):
        train(books, straight, config, settings)


def test_a_damaged_checkpoint_is_refused(straight: Path, books: Path, tmp_path: Path) -> None:
    for name in ("log.jsonl", "tokenizer.json", "checkpoint.pt"):
        (tmp_path / name).write_bytes((straight / name).read_bytes())
    (tmp_path / "checkpoint.pt").write_bytes((straight / "checkpoint.pt").read_bytes()[:5000])
    with pytest.raises(ModelError, match=r"checkpoint\.pt is damaged: delete it"):
        train(books, tmp_path, CONFIG, SETTINGS)


@pytest.mark.parametrize(
    "config, settings, said",
    [
        (replace(CONFIG, heads=3), SETTINGS, "a width of 32 cannot be shared by 3 heads"),
        (replace(CONFIG, heads=32), SETTINGS, "heads of even width"),
        (replace(CONFIG, vocabulary=256), SETTINGS, "a vocabulary holds 257 to 65,536 tokens, not 256"),
        (CONFIG, replace(SETTINGS, tokens=63), "63 tokens are fewer than one step of 4 × 16"),
        (replace(CONFIG, context=100_000), replace(SETTINGS, tokens=400_000), "too few to fill a window"),
    ],
)
def test_impossible_settings_are_refused(
    books: Path, tmp_path: Path, config: Config, settings: Settings, said: str
) -> None:
    with pytest.raises(ModelError, match=said):
        train(books, tmp_path / "run", config, settings)
    assert not (tmp_path / "run" / "weights.safetensors").exists()


def test_folders_without_texts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no \.txt files"):
        train(tmp_path, tmp_path / "run", CONFIG, SETTINGS)
    (tmp_path / "book.txt").write_bytes(b"caf\xe9")
    with pytest.raises(ModelError, match=r"book\.txt cannot be read as text in UTF-8"):
        train(tmp_path, tmp_path / "run", CONFIG, SETTINGS)
    (tmp_path / "book.txt").write_text("the cat sat on the mat " * 50)
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="cannot train into"):
        train(tmp_path, tmp_path / "file" / "run", CONFIG, SETTINGS)


def test_one_book_without_held_out_passages_is_enough(tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text("the cat sat on the mat " * 50)
    train(tmp_path, tmp_path / "run", CONFIG, replace(SETTINGS, tokens=64 * 3))
    assert losses(tmp_path / "run")[-1]["held_out_bits_per_byte"] is None


def test_bits_per_byte_of_a_model_that_knows_nothing_is_the_tokens_entropy() -> None:
    config = replace(CONFIG, vocabulary=256)
    model = Transformer(config)
    with torch.no_grad():
        model.table.zero_()  # so every token is equally likely: 8 bits each
    ids = np.arange(100, dtype=np.uint16)
    assert bits_per_byte(model, ids, byte_count=400, bos=0) == pytest.approx(2.0, abs=1e-3)
    assert bits_per_byte(model, ids, byte_count=400, bos=0, most=3) == pytest.approx(2.0, abs=1e-3)


def test_held_out_passages_are_not_trained_on(books: Path) -> None:
    from soakup.model import corpus

    texts = corpus.read(books, ("never-read",))
    assert texts.unseen == [(books / "never-read.txt").read_text()]
    whole = sum(len((books / f"{name}.txt").read_text()) for name in ("mill", "farm"))
    kept = sum(len(block.removesuffix("\n\n")) + 2 for block in (*texts.training, *texts.held_out))
    assert kept == whole + 4, "every passage is in one part or the other"
    assert texts == corpus.read(books, ("never-read",))


def test_a_model_that_grows_is_the_same_function_at_first(straight: Path) -> None:
    small = open_weights(straight / "weights.safetensors")
    wide = grown(small, replace(CONFIG, width=64, heads=4, context=24))
    tokens = torch.arange(5, 21)[None]
    with torch.no_grad():
        torch.testing.assert_close(wide(tokens).logits, as_transformer(small)(tokens).logits, rtol=1e-3, atol=1e-3)
        longer = wide(torch.arange(5, 29)[None])
    assert longer.layers[0].pattern.shape == (1, 4, 24, 24)


def test_training_goes_on_from_a_smaller_model(books: Path, straight: Path, tmp_path: Path) -> None:
    settings = replace(SETTINGS, tokens=150 * 4 * 16)
    train(books, tmp_path / "run", replace(CONFIG, width=64, heads=4), settings, begin=straight)
    about = json.loads((tmp_path / "run" / "log.jsonl").read_text().splitlines()[0])
    assert about["begun_with"]["config"] == CONFIG.as_dict()
    assert losses(tmp_path / "run")[-1]["held_out_bits_per_byte"] < losses(straight)[-1]["held_out_bits_per_byte"]
    assert (tmp_path / "run" / "tokenizer.json").read_bytes() == (straight / "tokenizer.json").read_bytes()


@pytest.mark.parametrize("shape", [{"layers": 3}, {"vocabulary": 400}, {"heads": 4}, {"width": 16, "heads": 1}])
def test_a_shape_that_cannot_be_grown_into_is_named(straight: Path, shape: dict) -> None:
    with pytest.raises(ModelError, match="a model"):
        grown(open_weights(straight / "weights.safetensors"), replace(CONFIG, **shape))
