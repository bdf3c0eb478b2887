"""A film whose numbers are not the model's own is found out, by the first path that differs."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from soakup import film, manifest
from soakup.errors import NotAClip
from soakup.model.errors import ModelError
from soakup.scene_file import SceneFile
from soakup.scenes.quantity import write
from soakup.verify import Mismatch, Verified, differences, verify


@pytest.fixture
def clip(told_film, tmp_path) -> Path:
    """A film with its sidecar, to be tampered with."""
    shutil.copy(told_film.files.film, tmp_path / "film.mp4")
    shutil.copy(told_film.files.manifest, tmp_path / "film.json")
    return tmp_path / "film.mp4"


def tamper(clip: Path, change: Callable[[dict], None]) -> Path:
    """Change the manifest alike inside and beside a film."""
    about = manifest.read(clip)
    change(about)
    text = json.dumps(about, ensure_ascii=False)
    changed = clip.with_name("changed.mp4")
    with av.open(clip) as source, av.open(changed, "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        target.metadata[manifest.TAG] = text
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    changed.with_suffix(".json").write_text(text)
    return changed


def first(about: dict, kind: str) -> dict:
    return next(q for beat in about["beats"] for q in beat["quantities"] if q["kind"] == kind)


def test_an_honest_film(clip, told_film):
    about = told_film.manifest
    expected = sum(len(beat["quantities"]) for beat in about["beats"])
    assert expected == 9
    for path in (clip, clip.with_suffix(".json")):
        assert verify(path) == Verified(path, 9, 3, about["model"]["name"], about["model"]["fingerprint"])


def test_without_its_sidecar(clip):
    clip.with_suffix(".json").unlink()
    assert verify(clip).quantities == 9


def test_a_changed_value(clip):
    def change(about: dict) -> None:
        quantity = first(about, "element")
        quantity["value"] *= 1.001

    with pytest.raises(
        Mismatch, match=r"^layers\.0\.pattern\[0,3,1\] in the beat 'start' differs: the film says 0\.\d+ "
    ):
        verify(tamper(clip, change))


def test_a_value_within_tolerance(clip):
    def change(about: dict) -> None:
        first(about, "element")["value"] *= 1 + 5e-5

    assert verify(tamper(clip, change)).quantities == 9


@pytest.mark.parametrize("kind", ["element", "derived", "count", "text"])
def test_a_changed_text(clip, kind):
    def change(about: dict) -> None:
        quantity = first(about, kind)
        quantity["text"] = {"element": "0.99", "derived": "99%", "count": "7", "text": "cat"}[kind]

    with pytest.raises(Mismatch, match="is written differently: the film shows"):
        verify(tamper(clip, change))


def test_a_count_must_be_exact(clip):
    def change(about: dict) -> None:
        quantity = first(about, "count")
        quantity.update(path="count.parameters", value=quantity["value"])

    with pytest.raises(Mismatch, match=r"count\.parameters in the beat 'start' differs: the film says 6 and"):
        verify(tamper(clip, change))

    def nearly(about: dict) -> None:
        count = film_count(about)
        first(about, "count").update(path="count.parameters", value=count + 1, text=write(count + 1, "d"))

    with pytest.raises(Mismatch, match="differs"):
        verify(tamper(clip, nearly))


def film_count(about: dict) -> int:
    import soakup.model

    return soakup.model.open(about["model"]["name"]).parameters


def test_either_neighbour_will_do_at_a_rounding_edge(clip):
    def written(share: float) -> Callable[[dict], None]:
        def change(about: dict) -> None:
            quantity = first(about, "element")
            edge = "+.12f"  # so fine that every value stands at an edge
            quantity.update(format=edge, text=write(quantity["value"] * share, edge))

        return change

    with pytest.raises(Mismatch, match="written differently"):
        verify(tamper(clip, written(1.01)))
    quantity = first(manifest.read(clip), "element")
    decimals = next(
        n for n in range(1, 8) if write(quantity["value"] * 1.0001, f".{n}f") != write(quantity["value"], f".{n}f")
    )

    def neighbour(about: dict) -> None:
        first(about, "element").update(format=f".{decimals}f", text=write(quantity["value"] * 1.0001, f".{decimals}f"))

    assert verify(tamper(clip, neighbour)).quantities == 9


def test_a_path_that_leads_nowhere(clip):
    def change(about: dict) -> None:
        first(about, "element")["path"] = "layers.9.pattern[0,0,0]"

    with pytest.raises(Mismatch, match=r"^layers\.9\.pattern\[0,0,0\] in the beat 'start' leads nowhere"):
        verify(tamper(clip, change))


def test_a_changed_sidecar(clip):
    about = json.loads(clip.with_suffix(".json").read_text())
    about["beats"][1]["caption"] = "Something else."
    clip.with_suffix(".json").write_text(json.dumps(about))
    with pytest.raises(
        Mismatch, match=r"^beats\[1\]\.caption differs: film\.mp4 says 'It turns blue\.' and film\.json says"
    ):
        verify(clip)


def test_another_model(clip):
    def change(about: dict) -> None:
        about["model"]["fingerprint"] = "0" * 64

    with pytest.raises(Mismatch, match=r"^model\.fingerprint differs"):
        verify(tamper(clip, change))


def test_a_model_that_is_not_here(clip):
    def change(about: dict) -> None:
        about["model"]["name"] = "nowhere"

    with pytest.raises(ModelError, match="nowhere"):
        verify(tamper(clip, change))


def test_changed_tokens(clip):
    def change(about: dict) -> None:
        about["tokens"][2] = "else"

    with pytest.raises(Mismatch, match=r"^tokens\[2\] differs"):
        verify(tamper(clip, change))


@pytest.mark.parametrize("key", ["value", "format", "kind", "path"])
def test_a_damaged_manifest_is_one_sentence(clip, key):
    with pytest.raises(NotAClip, match="damaged"):
        verify(tamper(clip, lambda about: first(about, "element").pop(key)))


def test_values_of_the_wrong_kind(clip):
    for wrong in ({"value": [1]}, {"format": "%Q"}, {"format": ".999999999f"}, {"path": 3}, {"value": "0.1"}):
        with pytest.raises(NotAClip, match="damaged"):
            verify(tamper(clip, lambda about: first(about, "element").update(wrong)))  # noqa: B023


def test_a_plain_scene_has_nothing_to_check(in_tmp, scene_file):
    film.render(SceneFile(scene_file()), Path("film.mp4"))
    with pytest.raises(NotAClip, match="nothing to check"):
        verify(Path("film.mp4"))


def test_differences_are_found_where_they_are():
    a = {"x": 1, "list": [1, {"y": "same"}], "more": 1}
    b = {"x": 1, "list": [1, {"y": "other"}, 3]}
    assert list(differences(a, b)) == [
        ("list[1].y", "same", "other"),
        ("list[2]", None, 3),
        ("more", 1, None),
    ]
    assert list(differences({"x": 1}, {"x": 1.0})) == [("x", 1, 1.0)]
