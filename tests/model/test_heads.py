"""What a head does whatever the text is measured on random tokens, and found where it was put."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import soakup.cli
from soakup.model import heads
from soakup.model.model import Computed, Model, OwnModel


class Staged(OwnModel):
    """A model whose heads do what they are told: look one back, two back, at the first copy of a token, at what
    followed it, or rest."""

    def compute(self, tokens):
        real = super().compute(tokens)
        T, ids = len(tokens), [token.id for token in tokens]
        pattern = np.tile(np.eye(T, dtype=np.float32), (self.heads, 1, 1))
        for i in range(2, T):
            before = [j for j in range(1, i) if ids[j] == ids[i]]
            looks = (i - 1, i - 2, before[0] if before else i, before[0] + 1 if before else i, 0)
            for head, source in enumerate(looks):
                pattern[head, i, i] -= 0.75
                pattern[head, i, source] += 0.75
        return Computed(real.embedding, [dict(layer) | {"pattern": pattern} for layer in real.layers], real.final)


@pytest.fixture(scope="module")
def measured(model: Model) -> heads.Habits:
    about = {name: getattr(model, name) for name in (field.name for field in fields(model))}
    return heads.measure(Staged(**about))


def test_heads_are_found_where_they_were_put(measured: heads.Habits) -> None:
    assert measured.previous[1, 0] == pytest.approx(0.75, abs=0.02) and measured.place[1, 0] == 1
    assert measured.place_share[1, 1] == pytest.approx(0.75, abs=0.03) and measured.place[1, 1] == 2
    assert measured.duplicate[1, 2] == pytest.approx(0.75, abs=1e-5)
    assert measured.induction[1, 3] == pytest.approx(0.75, abs=1e-5)
    assert measured.rest[1, 4] == pytest.approx(0.75, abs=0.02)
    assert measured.duplicate[1, 3] == measured.induction[1, 2] == 0
    names = [measured.name(1, head) for head in range(6)]
    assert names == ["previous token", "looks 2 back", "duplicate token", "induction", "rests", "looks at itself"]
    assert measured.entropy[1, 5] == 0 and measured.entropy[1, 0] > 0.7


def test_random_tokens_give_no_untrained_head_a_habit(untrained: Model) -> None:
    found = heads.measure(untrained)
    assert found.previous.shape == (3, 2)
    assert not (found.induction > 0.3).any() and not (found.duplicate > 0.3).any()


def test_habits_are_measured_once(untrained: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOAKUP_CACHE", str(tmp_path))
    first = heads.habits(untrained)
    monkeypatch.setattr(heads, "measure", lambda _: pytest.fail("they were measured before"))
    assert (heads.habits(untrained).rest == first.rest).all()
    (path,) = (tmp_path / "heads").iterdir()
    path.write_bytes(b"damaged")
    monkeypatch.setattr(heads, "measure", lambda _: replace(first, rest=first.rest + 1))
    assert (heads.habits(untrained).rest == first.rest + 1).all()


def test_every_head_is_listed(model: Model) -> None:
    result = CliRunner().invoke(soakup.cli.soakup, ["heads"])
    assert result.exit_code == 0, result.output
    rows = [line.split()[:3] for line in result.output.splitlines()[1:]]
    found = heads.habits(model)
    expected = [
        [str(layer + 1), str(head + 1), f"{found.previous[layer, head]:.2f}"]
        for layer in range(model.layers)
        for head in range(model.heads)
    ]
    assert rows == expected
