"""A model in a folder is read as its tokenizer and its files say, or turned down in one sentence that says why."""

import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner
from safetensors.numpy import load_file, save_file

import soakup.cli
import soakup.model
from soakup.model.errors import ModelError
from soakup.model.trace import Trace

transformers = pytest.importorskip("transformers", reason="run the tests with --all, which installs it")


def refused(folder: Path | str, text: str = "the king") -> str:
    with pytest.raises(ModelError) as caught:
        soakup.model.open(str(folder)).trace(text)
    message = str(caught.value)
    assert "\n" not in message and len(message) < 600
    return message


def configure(folder: Path, **settings: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))


# --- tokenizers ---


def test_tokens_spell_the_text_whether_or_not_the_tokenizer_counts_spaces(llama_folder: Path) -> None:
    text = "the old king, 日本 🙂 saw"
    trace = soakup.model.open(str(llama_folder)).trace(text)
    assert trace.tokens[0].text == "the" and trace.tokens[1].text[0] == " "
    spelled, at = "", 0
    for token in trace.tokens:
        spelled += text[max(at, token.start) : token.end]
        at = max(at, token.end)
    assert spelled == text
    assert [word.text for word in trace.words][:4] == ["the", "old", "king", ","]


def test_bos_is_there_when_asked_for_or_when_the_tokenizer_puts_it_there(
    llama_folder: Path, write_tokenizer: Callable[..., None]
) -> None:
    opened = soakup.model.open(str(llama_folder))
    assert not opened.trace("the king").tokens[0].special
    asked = opened.trace("the king", bos=True)
    assert (asked.tokens[0].text, asked.tokens[0].special, asked.tokens[1].special) == ("<s>", True, False)
    assert soakup.model.read("the king", str(llama_folder)).tokens == asked.tokens
    for options, tokens in ((["--bos"], asked.tokens), ([], opened.trace("the king").tokens)):
        saved = llama_folder.parent / "t.safetensors"
        arguments = ["trace", "the king", "--model", str(llama_folder), "-o", str(saved), "--force", *options]
        assert CliRunner().invoke(soakup.cli.soakup, arguments).exit_code == 0
        assert Trace.load(saved).tokens == tokens
    write_tokenizer(llama_folder, add=True)
    assert soakup.model.open(str(llama_folder)).trace("the king").tokens == asked.tokens


def test_without_a_bos_there_is_none(llama_folder: Path, write_tokenizer: Callable[..., None]) -> None:
    write_tokenizer(llama_folder, bos=None)
    trace = soakup.model.read("the king", str(llama_folder))
    assert not any(token.special for token in trace.tokens)
    assert trace.words[0].text == "the"


def test_text_that_spells_a_special_token_is_text(llama_folder: Path) -> None:
    trace = soakup.model.open(str(llama_folder)).trace("<s> the")
    assert not any(token.special for token in trace.tokens) and trace.tokens[0].text != "<s>"


def test_a_tokenizer_without_offsets_is_refused(llama_folder: Path) -> None:
    (llama_folder / "tokenizer.json").unlink()
    (llama_folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "ByT5Tokenizer"}))
    assert "does not say which characters a token stands for" in refused(llama_folder)


def test_a_damaged_tokenizer_is_refused(llama_folder: Path) -> None:
    (llama_folder / "tokenizer.json").write_text("{")
    assert "is not a whole tokenizer" in refused(llama_folder)


# --- folders ---


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    assert "there are no weights" in refused(tmp_path)
    (tmp_path / "notes.txt").write_text("none")
    assert "is not a model" in refused(tmp_path / "notes.txt")


def test_a_config_without_weights_and_weights_without_a_config_are_refused(llama_folder: Path) -> None:
    weights, config = llama_folder / "model.safetensors", llama_folder / "config.json"
    kept = weights.read_bytes()
    weights.unlink()
    assert "has a config.json but no weights" in refused(llama_folder)
    weights.write_bytes(kept)
    config.unlink()
    assert "holds weights without the config.json" in refused(llama_folder)
    config.write_text("{}")
    assert "does not describe a model" in refused(llama_folder)


def test_an_architecture_that_cannot_be_read_is_refused_naming_those_that_can(llama_folder: Path) -> None:
    configure(llama_folder, model_type="mamba")
    message = refused(llama_folder)
    assert "is a 'mamba' model" in message
    for name in ("GPT-2", "Llama", "Mistral", "Qwen 3", "Pythia", "Gemma 2", "Phi 3"):
        assert name in message


@pytest.mark.parametrize("kept", [0, 7, 500, -1])
def test_truncated_weights_are_refused(llama_folder: Path, kept: int) -> None:
    path = llama_folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:kept])
    assert "is not a whole safetensors file" in refused(llama_folder)


def test_pickled_weights_are_refused_and_not_opened(llama_folder: Path, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "sprung",))

    (llama_folder / "model.safetensors").unlink()
    (llama_folder / "pytorch_model.bin").write_bytes(pickle.dumps(Trap()))
    assert "is a pickle, which may run code" in refused(llama_folder)
    assert not (tmp_path / "sprung").exists()


def test_code_that_comes_with_a_model_is_not_run(llama_folder: Path, tmp_path: Path) -> None:
    (llama_folder / "modeling_trap.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')")
    configure(llama_folder, auto_map={"AutoModelForCausalLM": "modeling_trap.Trap", "AutoConfig": "modeling_trap.Trap"})
    assert soakup.model.open(str(llama_folder)).trace("the king").layers
    configure(llama_folder, model_type="trap")
    assert "is a 'trap' model" in refused(llama_folder)
    assert not (tmp_path / "sprung").exists()


def change(folder: Path, how: str) -> None:
    path = folder / "model.safetensors"
    arrays = load_file(path)
    name = "model.layers.1.mlp.up_proj.weight"
    if how == "nan":
        arrays[name][3, 3] = np.nan
    elif how == "missing":
        del arrays[name]
    else:
        arrays[name] = arrays[name][:-1].copy()
    save_file(arrays, path, metadata={"format": "pt"})


@pytest.mark.parametrize("how, said", [("nan", "not a finite number"), ("missing", "is missing"), ("shape", "shape")])
def test_broken_weights_are_refused_by_name(llama_folder: Path, how: str, said: str) -> None:
    change(llama_folder, how)
    message = refused(llama_folder)
    assert said in message and "layers.1.mlp.up_proj.weight" in message


def test_a_text_longer_than_the_context_is_refused_with_the_limit(llama_folder: Path) -> None:
    assert "reads at most 64: shorten it" in refused(llama_folder, "the" + " king" * 200)


def test_too_little_memory_is_said_with_the_size_needed(llama_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=1000))
    message = refused(llama_folder)
    assert "not enough memory for the model" in message and message.endswith("GB free")


def test_a_trace_too_large_for_memory_is_refused_before_it_is_made(
    llama_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = soakup.model.open(str(llama_folder))
    opened.trace("the king")
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=1000))
    with pytest.raises(ModelError, match=r"not enough memory for the trace of 2 tokens: .* needs .* GB free"):
        opened.trace("the king")


def test_without_the_library_one_sentence_says_how_to_get_it(
    llama_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soakup.model.pretrained.find_spec", lambda name: None)
    assert "run `soakup models add transformers`" in refused(llama_folder)


def test_a_config_that_leaves_out_what_the_library_knows_is_filled_in(llama_folder: Path) -> None:
    path = llama_folder / "config.json"
    before = soakup.model.open(str(llama_folder))
    path.write_text(json.dumps({k: v for k, v in json.loads(path.read_text()).items() if k != "rms_norm_eps"}))
    after = soakup.model.open(str(llama_folder))
    assert after.weights.epsilon == before.weights.epsilon == 1e-6
    assert after.fingerprint != before.fingerprint


def test_bfloat16_and_several_files_are_read(
    llama_folder: Path, tmp_path: Path, write_tokenizer: Callable[..., None]
) -> None:
    import torch

    model = transformers.AutoModelForCausalLM.from_pretrained(llama_folder, dtype=torch.bfloat16)
    folder = tmp_path / "shards"
    model.save_pretrained(folder, max_shard_size="20KB")
    write_tokenizer(folder)
    assert len(list(folder.glob("*.safetensors"))) > 1
    opened = soakup.model.open(str(folder))
    trace = opened.trace("the old king")
    product = trace.layers[1].neurons @ opened.weights.layers[1].W_down.T
    assert np.allclose(product, trace.layers[1].mlp_update, rtol=1e-4, atol=1e-4)


# --- names on the hub ---


def test_a_hub_name_is_found_in_the_local_cache_and_nowhere_else(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "`hf download nobody/nothing` gets one" in refused("nobody/nothing")
    snapshot = tmp_path / "hub" / "models--nobody--small" / "snapshots" / "abc"
    snapshot.parent.mkdir(parents=True)
    llama_folder.rename(snapshot)
    (tmp_path / "hub" / "models--nobody--small" / "refs").mkdir()
    (tmp_path / "hub" / "models--nobody--small" / "refs" / "main").write_text("abc")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    assert soakup.model.open("nobody/small").trace("the king").model.name == "nobody/small"


def test_names_that_nothing_has_are_refused_with_a_hint() -> None:
    assert "did you mean 'smollm2'?" in refused("smollm")
    assert "there are: tiny" in refused("zzz")


# --- GGUF ---


def test_a_file_that_is_no_gguf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGML and more")
    assert "does not begin with GGUF" in refused(path)
    path.write_bytes(b"GGUF\x03\x00\x00\x00")
    assert "is not a GGUF file that the library can read" in refused(path)
    assert refused(tmp_path) == refused(path)


def permuted(matrix: np.ndarray, heads: int) -> np.ndarray:
    """Rows as GGUF has them: the two coordinates that turn together stand next to each other."""
    return matrix.reshape(heads, 2, -1, matrix.shape[1]).swapaxes(1, 2).reshape(matrix.shape)


def write_gguf(path: Path, folder: Path) -> Path:
    """A Llama model's folder as one GGUF file."""
    from gguf import GGUFWriter, TokenType

    config = json.loads((folder / "config.json").read_text())
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    writer = GGUFWriter(path, "llama")
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(10_000.0)
    writer.add_vocab_size(config["vocab_size"])
    vocabulary = sorted(tokenizer["model"]["vocab"].items(), key=lambda entry: entry[1])
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([token for token, _ in vocabulary])
    writer.add_token_types([TokenType.CONTROL if token == "<s>" else TokenType.NORMAL for token, _ in vocabulary])
    writer.add_token_merges([" ".join(pair) for pair in tokenizer["model"]["merges"]])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    names = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v"}
    names |= {"self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up"}
    names |= {"mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}
    outside = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
    for name, array in load_file(folder / "model.safetensors").items():
        module = name.removesuffix(".weight")
        if module in outside:
            writer.add_tensor(f"{outside[module]}.weight", array)
            continue
        layer, inside = module.removeprefix("model.layers.").split(".", 1)
        heads = {"self_attn.q_proj": "num_attention_heads", "self_attn.k_proj": "num_key_value_heads"}.get(inside)
        writer.add_tensor(f"blk.{layer}.{names[inside]}.weight", permuted(array, config[heads]) if heads else array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_gguf_file_says_what_its_folder_says_and_is_unpacked_once(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_gguf(tmp_path / "small.gguf", llama_folder)
    text = "the old king saw the cat"
    opened = soakup.model.open(str(path))
    one, other = opened.trace(text), soakup.model.open(str(llama_folder)).trace(text)
    assert [token.id for token in one.tokens] == [token.id for token in other.tokens]
    for a, b in zip(one.layers, other.layers, strict=True):
        assert np.allclose(a.pattern, b.pattern, atol=5e-3)
        assert np.abs(a.residual - b.residual).max() < 1e-2 * np.abs(b.residual).max()  # its weights are float16
    assert load_file(opened.weights.folder / "model.safetensors")["model.norm.weight"].dtype == np.float16
    monkeypatch.setattr("soakup.model.gguf._convert", lambda *_: pytest.fail("it was unpacked before"))
    assert soakup.model.open(str(path)).fingerprint == opened.fingerprint


def test_opening_a_model_imports_neither_the_library_nor_pytorch(llama_folder: Path) -> None:
    program = f"""
import sys, soakup.model
opened = soakup.model.open({str(llama_folder)!r})
opened.weights.layers[1].W_K, opened.weights.W_U
print(opened.layers, [m for m in ("torch", "transformers") if m in sys.modules])
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "3 []"
