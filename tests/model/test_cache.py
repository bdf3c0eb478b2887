"""A text is computed once and then kept, for as long as everything its numbers depend on stays the same."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import soakup.model
from soakup.model import cache, catalogue
from soakup.model.model import Model
from soakup.model.trace import Trace

TEXT = "the old king saw the cat"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOAKUP_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(untrained_folder: Path, tmp_path: Path) -> Path:
    """A model that a test may change."""
    return shutil.copytree(untrained_folder, tmp_path / "model")


def kept(own_cache: Path) -> list[Path]:
    return sorted((own_cache / "traces").iterdir())


def read_anew(text: str, folder: Path) -> Trace:
    """A trace as another process reads it, which has none at hand."""
    catalogue._trace_at.cache_clear()
    return soakup.model.read(text, str(folder))


def same(one: Trace, other: Trace) -> bool:
    return all((a == b).all() for (_, a), (_, b) in zip(one.arrays(), other.arrays(), strict=True))


def test_a_text_is_computed_once(folder: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = soakup.model.read(TEXT, str(folder))
    monkeypatch.setattr(Model, "trace", lambda *_, **__: pytest.fail("it was read before"))
    again = read_anew(TEXT, folder)
    assert same(first, again) and (again.text, again.tokens, again.model) == (first.text, first.tokens, first.model)
    assert (again.logits(2) == first.logits(2)).all()
    assert len(kept(own_cache)) == 1


def test_what_was_read_before_opens_without_pytorch(folder: Path) -> None:
    expected = soakup.model.read(TEXT, str(folder)).value("ink(3)[4,2]")
    program = f"""
import sys, soakup.model
trace = soakup.model.read({TEXT!r}, {str(folder)!r})
print(repr(trace.value("ink(3)[4,2]")), [m for m in ("torch", "transformers") if m in sys.modules])
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == f"{expected!r} []"


def test_other_weights_other_text_or_other_code_is_computed_anew(
    folder: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = soakup.model.read(TEXT, str(folder))
    soakup.model.read(TEXT + "s", str(folder))
    assert len(kept(own_cache)) == 2
    from safetensors import safe_open

    path = folder / "weights.safetensors"
    with safe_open(path, framework="np") as file:
        about = file.metadata()
    save_file({name: array * np.float16(0.5) for name, array in load_file(path).items()}, path, metadata=about)
    assert not same(first, soakup.model.read(TEXT, str(folder)))
    assert len(kept(own_cache)) == 3
    monkeypatch.setattr(cache, "code_version", lambda: "another")
    soakup.model.read(TEXT, str(folder))
    assert len(kept(own_cache)) == 4


def test_a_damaged_one_is_computed_anew(folder: Path, own_cache: Path) -> None:
    first = soakup.model.read(TEXT, str(folder))
    (path,) = kept(own_cache)
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    assert same(first, read_anew(TEXT, folder))
    assert path.read_bytes() == whole


def test_the_last_one_read_is_at_hand(folder: Path) -> None:
    first = soakup.model.read(TEXT, str(folder))
    assert soakup.model.read(TEXT, str(folder)) is first
    assert soakup.model.read(TEXT + "s", str(folder)).text == TEXT + "s"


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    for age, name in enumerate(["new", "middle", "old"]):
        (tmp_path / name).write_bytes(b"x" * 100)
        os.utime(tmp_path / name, (time.time() - age * 100,) * 2)
    (tmp_path / "killed.part").write_bytes(b"x" * 10)
    (tmp_path / "abandoned.part").write_bytes(b"x" * 10)
    os.utime(tmp_path / "abandoned.part", (time.time() - 7200,) * 2)
    cache._trim(tmp_path, 1000)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["killed.part", "middle", "new", "old"]
    cache._trim(tmp_path, 250)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["killed.part", "middle", "new"]


def test_many_may_read_and_write_at_once(folder: Path, own_cache: Path) -> None:
    program = f"""
import soakup.model
for i in range(4):
    trace = soakup.model.read("the cat" + " saw" * (i % 2), {str(folder)!r})
    print(trace.value("layers.2.residual[1,1]"))
"""
    running = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = {process.communicate()[0] for process in running}
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(said) == 1 and len(said.pop().splitlines()) == 4
    assert [path.suffix for path in kept(own_cache)] == [".safetensors"] * 2


def test_where_nothing_can_be_kept_texts_are_read_all_the_same(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SOAKUP_CACHE", str(tmp_path / "file"))
    assert soakup.model.read(TEXT, str(folder)).text == TEXT


def test_the_fingerprint_of_a_large_file_is_remembered_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "LARGE", 10)
    path = tmp_path / "weights"
    path.write_bytes(b"a" * 100)
    first = cache.known_fingerprint(path)
    monkeypatch.setattr(cache, "fingerprint", lambda _: "computed again")
    assert cache.known_fingerprint(path) == first
    path.write_bytes(b"b" * 101)
    assert cache.known_fingerprint(path) == "computed again"
