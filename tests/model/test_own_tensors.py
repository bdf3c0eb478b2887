"""A trace written by another program opens, as docs/trace.md says."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import soakup.cli
from soakup.model.errors import ModelError
from soakup.model.trace import LAYER_ARRAYS, Trace

PAGE = (Path(__file__).parents[2] / "docs" / "trace.md").read_text(encoding="utf-8")


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the program on the page writes."""
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(program, "docs/trace.md", "exec"), {})
    return tmp_path / "mine.safetensors"


def inspect(path: Path) -> str:
    result = CliRunner().invoke(soakup.cli.soakup, ["inspect", path.name])
    if result.exception:
        raise result.exception
    return result.output


def test_the_program_on_the_page_writes_a_trace_that_opens(written: Path) -> None:
    trace = Trace.load(written)
    assert [word.text for word in trace.words] == ["sun", "and", "moon"]
    assert abs(trace.layers[0].pattern.sum(-1) - 1).max() < 1e-5
    assert trace.layers[0].attention_scale.min() == 1
    with pytest.raises(ModelError, match=r"the weights of the model 'mine' .* are not here"):
        trace.logits(0)


def test_it_can_be_looked_at(written: Path) -> None:
    output = inspect(written)
    weight = Trace.load(written).layers[0].pattern[0, 2].max()
    assert "3 tokens" in output and "Layer 1, head 1" in output and f"{weight:.2f}"[1:] in output
    assert "Next" not in output, "without weights nothing is predicted"


def test_a_file_that_is_no_trace_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "no.safetensors").write_text("no")
    with pytest.raises(ModelError, match="is not a whole trace"):
        inspect(tmp_path / "no.safetensors")
    with pytest.raises(ModelError, match="there is no trace at"):
        inspect(tmp_path / "nowhere.safetensors")


def test_a_film_of_a_file_of_tensors_is_refused(written: Path) -> None:
    result = CliRunner().invoke(soakup.cli.soakup, ["render", written.name])
    assert "a film is made from a text" in str(result.exception)
    assert [path.name for path in written.parent.iterdir()] == [written.name]


def test_the_page_names_every_array() -> None:
    for name in (*LAYER_ARRAYS, "head_updates", "embedding", "final"):
        assert f"{name}`" in PAGE, name
