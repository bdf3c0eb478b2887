"""A finding is there when its definition holds, names where, and claims no more than its value."""

from dataclasses import replace

import numpy as np
import pytest

from soakup.model import derived
from soakup.model.findings import Finding, findings
from soakup.model.heads import Habits
from soakup.model.model import Model
from soakup.model.trace import Trace
from soakup.model.weights import rms_norm

KINDS = {
    "previous token",
    "rest",
    "attention",
    "contribution",
    "turned",
    "alike",
    "carried",
    "prediction",
    "flip",
    "mixture",
}


def asleep(trace: Trace) -> Trace:
    """The same text as read by a model in which every token looks at itself and nothing is ever added."""
    alone = np.broadcast_to(np.eye(len(trace.tokens), dtype=np.float32), trace.layers[0].pattern.shape)
    layers = tuple(replace(layer, pattern=alone, residual=trace.embedding) for layer in trace.layers)
    return replace(trace, layers=layers, final=rms_norm(trace.embedding))


def change(trace: Trace, layer: int, **arrays: np.ndarray) -> Trace:
    layers = list(trace.layers)
    layers[layer] = replace(layers[layer], **arrays)
    return replace(trace, layers=tuple(layers))


def of_kind(trace: Trace, kind: str) -> list[Finding]:
    return [finding for finding in findings(trace) if finding.kind == kind]


@pytest.mark.parametrize(
    "text",
    [
        "The old king gave his youngest daughter a small golden key",
        "A fluffy blue creature roamed the verdant forest",
        "Once upon a time there was a little girl, and her mother's cat.",
        "key",
        "日本 🙂 שלום",
        "the of and to",
    ],
)
def test_every_finding_can_be_looked_up_and_lies_within_the_trace(any_model: Model, text: str) -> None:
    trace = any_model.trace(text)
    for finding in findings(trace):
        assert finding.kind in KINDS
        assert finding.value == trace.value(finding.path)
        assert finding.layer is None or 0 <= finding.layer < trace.model.layers
        assert finding.head is None or 0 <= finding.head < trace.model.heads
        for token in (finding.source, finding.target):
            assert token is None or 0 <= token < len(trace.tokens)
        assert finding.evidence and "\n" not in finding.evidence


def test_the_trained_model_has_something_worth_showing(trace: Trace) -> None:
    kinds = {finding.kind for finding in findings(trace)}
    assert {"previous token", "attention", "contribution", "turned", "mixture"} <= kinds


def test_where_nothing_happens_nothing_is_found(trace: Trace) -> None:
    assert findings(asleep(trace)) == []


def test_a_head_that_looks_one_back_is_found(trace: Trace) -> None:
    T = len(trace.tokens)
    pattern = asleep(trace).layers[2].pattern.copy()
    pattern[4] = 0.1 * np.eye(T) + 0.9 * np.eye(T, k=-1)
    pattern[4, 0, 0] = 1
    (found,) = of_kind(change(asleep(trace), 2, pattern=pattern), "previous token")
    assert (found.layer, found.head) == (2, 4)
    assert found.value == pytest.approx(0.9)
    assert found.evidence == "head 5 of layer 3 gives 90% of its attention to the token just before"


def test_a_head_that_rests_is_found(trace: Trace) -> None:
    pattern = asleep(trace).layers[1].pattern.copy()
    pattern[3] *= 0.25
    pattern[3, :, 0] += 0.75
    (found,) = of_kind(change(asleep(trace), 1, pattern=pattern), "rest")
    assert (found.layer, found.head, found.source) == (1, 3, 0)
    assert found.value == pytest.approx(0.75)


def test_a_few_tokens_do_not_show_a_habit(model: Model) -> None:
    trace = model.trace("the king")
    assert len(trace.tokens) == 3
    assert not of_kind(trace, "rest") + of_kind(trace, "previous token")


def looking(trace: Trace, target: str, source: str, weight: float) -> Trace:
    """Asleep, but in head 3 of layer 1 (from 0) one word gives another so much of its attention."""
    index = {word.text: word.tokens[-1] for word in trace.words}
    pattern = asleep(trace).layers[1].pattern.copy()
    pattern[3, index[target], index[target]] = 1 - weight
    pattern[3, index[target], index[source]] = weight
    return change(asleep(trace), 1, pattern=pattern)


def test_a_word_that_looks_at_another_is_found(trace: Trace) -> None:
    changed = looking(trace, target="daughter", source="king", weight=0.41)
    (found,) = of_kind(changed, "attention")
    tokens = [token.text for token in trace.tokens]
    assert (found.layer, found.head) == (1, 3)
    assert (tokens[found.source], tokens[found.target]) == (" king", " daughter")
    assert found.value == pytest.approx(0.41)
    assert found.evidence == "in head 4 of layer 2, “daughter” gives 41% of its attention to “king”"
    assert [(f.layer, tokens[f.source], tokens[f.target]) for f in of_kind(changed, "contribution")] in (
        [],
        [(1, " king", " daughter")],
    )


@pytest.mark.parametrize(
    "target, source, weight", [("daughter", "his", 0.9), ("his", "king", 0.9), ("key", "king", 0.2)]
)
def test_little_attention_or_attention_to_small_words_is_not(
    trace: Trace, target: str, source: str, weight: float
) -> None:
    assert not of_kind(looking(trace, target, source, weight), "attention")


def test_what_a_word_has_soaked_up_is_found(trace: Trace) -> None:
    index = {word.text: word.tokens[-1] for word in trace.words}
    changed = looking(trace, target="golden", source="king", weight=0.5)
    values = changed.layers[1].values.copy()
    values[3, index["king"]] *= 10
    (found,) = of_kind(change(changed, 1, values=values), "mixture")
    assert (found.source, found.target) == (index["king"], index["golden"])
    assert 0.1 < found.value < 0.95
    assert found.evidence.startswith("“golden” ends as ") and f"{found.value:.0%} “king”" in found.evidence


def test_the_word_that_turned_is_found(trace: Trace) -> None:
    residual = trace.embedding.copy()
    residual[3] *= -1
    (found,) = of_kind(change(asleep(trace), 3, residual=residual), "turned")
    assert found.target == 3
    assert found.value == pytest.approx(-1)


def test_flips_and_the_prediction_that_stays_are_found(trace: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soakup.model.findings.PREDICTED", 0.0)
    table = trace.weights.W_E
    one, other = [t for t in range(300, 1000) if (table @ table[t]).argmax() == t][:2]  # whose own vector predicts them
    changed = asleep(trace)
    for layer, token in ((0, one), (1, one), (2, other), (3, other)):
        residual = trace.embedding.copy()
        residual[-1] = trace.weights.W_E[token]
        changed = change(changed, layer, residual=residual)
    changed = replace(changed, final=rms_norm(changed.layers[3].residual))
    last = len(trace.tokens) - 1
    found = [f for f in findings(changed) if f.kind in ("flip", "prediction")]
    tops = [int(changed.logits(passed)[-1].argmax()) for passed in range(5)]
    assert tops[0] != tops[1] == tops[2] != tops[3] == tops[4]
    assert [(f.kind, f.layer, f.path) for f in found] == [
        ("flip", 0, f"probability(1)[{last},{tops[1]}]"),
        ("prediction", 2, f"probability(3)[{last},{tops[3]}]"),
    ]
    assert found[1].evidence.endswith("and stays it")


# --- heads that do something whatever the text ---


def habits(trace: Trace, **strong: tuple[int, int, float, float]) -> Habits:
    """Habits of nobody, but for those named: the layer and head, the share, and the place."""
    shape = (trace.model.layers, trace.model.heads)
    arrays = {name: np.zeros(shape, np.float32) for name in Habits.__dataclass_fields__}
    for name, (layer, head, share, place) in strong.items():
        arrays[name][layer, head] = share
        arrays["place"][layer, head] = place
    return Habits(**arrays)


def repeating(model: Model) -> Trace:
    """“king” comes twice, “old” follows it the first time: “king old … king”, all asleep."""
    return asleep(model.trace("the king old the dog king"))


def with_pattern(trace: Trace, layer: int, head: int, row: int, column: int, weight: float) -> Trace:
    pattern = trace.layers[layer].pattern.copy()
    pattern[head, row, row] -= weight
    pattern[head, row, column] += weight
    return change(trace, layer, pattern=pattern)


def places(trace: Trace) -> tuple[int, int]:
    """Where “king” comes first and last."""
    kings = [i for i, token in enumerate(trace.tokens) if token.text == " king"]
    return kings[0], kings[-1]


def test_an_induction_head_is_found_where_it_is_one_in_text_and_on_random_tokens(model: Model) -> None:
    trace = repeating(model)
    first, last = places(trace)
    changed = with_pattern(trace, 1, 3, last, first + 1, 0.8)
    assert not [f for f in findings(changed) if f.kind == "induction"], "without habits nothing is claimed"
    assert not [f for f in findings(changed, habits(trace)) if f.kind == "induction"]
    (found,) = [f for f in findings(changed, habits(trace, induction=(1, 3, 0.6, 0))) if f.kind == "induction"]
    assert (found.layer, found.head, found.source, found.target) == (1, 3, first + 1, last)
    assert found.value == pytest.approx(0.8) == changed.value(found.path)
    assert "“king” gives 80% of its attention to “old”, which followed it then" in found.evidence


def test_a_duplicate_token_head_is_found(model: Model) -> None:
    trace = changed = repeating(model)
    for row, column in np.argwhere(derived._repeated(trace)):
        changed = with_pattern(changed, 2, 1, int(row), int(column), 0.7)
    found = [f for f in findings(changed, habits(trace, duplicate=(2, 1, 0.6, 0))) if f.kind == "duplicate token"]
    assert [(f.layer, f.head) for f in found] == [(2, 1)]
    assert found[0].value == pytest.approx(0.7) and "70%" in found[0].evidence
    assert not [f for f in findings(changed, habits(trace)) if f.kind == "duplicate token"]


def test_a_positional_head_is_found(trace: Trace) -> None:
    T = len(trace.tokens)
    pattern = asleep(trace).layers[2].pattern.copy()
    pattern[4] = 0.2 * np.eye(T) + 0.8 * np.eye(T, k=-2)
    changed = change(asleep(trace), 2, pattern=pattern)
    (found,) = [f for f in findings(changed, habits(trace, place_share=(2, 4, 0.7, 2))) if f.kind == "positional"]
    assert (found.layer, found.head, found.path) == (2, 4, "back_share(2,2)[4]")
    assert "80% of its attention to the token 2 back" in found.evidence
    assert not [f for f in findings(changed, habits(trace, place_share=(2, 4, 0.7, 1))) if f.kind == "positional"]


def test_what_a_head_mostly_carries_is_found(trace: Trace) -> None:
    changed = looking(trace, target="key", source="golden", weight=0.9)
    carried = [f for f in findings(changed) if f.kind == "carried" and f.layer == 1]
    assert [(f.head, trace.tokens[f.target].text, trace.tokens[f.source].text) for f in carried] == [
        (3, " key", " golden")
    ]
    assert f"{carried[0].value:.0%} of what head 4 of layer 2 carries into “key” comes from “golden”" in (
        carried[0].evidence
    )


def test_vectors_that_become_alike_are_found(trace: Trace) -> None:
    index = {word.text: word.tokens[-1] for word in trace.words}
    residual = trace.embedding.copy()
    residual[index["key"]] = residual[index["king"]] + 0.1 * residual[index["key"]]
    changed = change(change(asleep(trace), 2, residual=residual), 3, residual=residual)
    found = [f for f in findings(changed) if f.kind == "alike"]
    assert [(f.layer, f.source, f.target) for f in found] == [(2, index["king"], index["key"])]
    assert "after layer 3 the vectors most alike are those of “king” and “key”" in found[0].evidence
