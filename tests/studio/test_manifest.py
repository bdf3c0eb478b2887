"""A manifest holds what a film shows, once each, exactly, and the same every time."""

import json
from dataclasses import dataclass
from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest

from soakup import manifest
from soakup.errors import NotAClip, SceneFault
from soakup.manifest import FilmedBeat
from soakup.scenes.quantity import Quantity

TRACE = SimpleNamespace(
    text="a <b>", tokens=(SimpleNamespace(text="a"),), model=SimpleNamespace(name="tiny", fingerprint="f00d")
)


def describe(*quantities: Quantity) -> dict:
    beats = [FilmedBeat("one", "Caption.", 0, 20), FilmedBeat("two", "", 20, 50, quantities)]
    return manifest.describe(
        scene="layer-by-layer",
        trace=TRACE,
        settings={"pace": 1.0},
        size=(64, 36),
        fps=Fraction(20),
        beats=beats,
        poster=19,
        frames=50,
    )


def test_what_a_film_was_made_from():
    about = describe()
    assert (about["text"], about["tokens"]) == ("a <b>", ["a"])
    assert about["model"] == {"name": "tiny", "fingerprint": "f00d"}
    assert (about["width"], about["height"], about["fps"], about["duration"]) == (64, 36, 20, 2.5)
    assert about["poster"] == 0.95
    assert about["versions"]["manim"].startswith("0.22")
    assert about["settings"] == {"pace": 1.0}
    assert [(beat["name"], beat["start"], beat["end"]) for beat in about["beats"]] == [("one", 0, 1), ("two", 1, 2.5)]


def test_a_quantity_stands_once_in_a_beat():
    shown = Quantity("element", "embedding[0,0]", 0.5, "+.1f")
    as_colour = Quantity("element", "embedding[0,0]", 0.5, "", "colour")
    records = describe(shown, as_colour, shown)["beats"][1]["quantities"]
    assert records == [shown.record(), as_colour.record()]


def test_numbers_come_back_as_they_were():
    values = [float(np.float32(0.1)), 1 / 3, 1e-30, np.float32(0.7), np.float64(0.7), np.int64(5), 12, "text “…”"]
    quantities = [Quantity("element", f"embedding[0,{i}]", value) for i, value in enumerate(values)]
    again = json.loads(manifest.dumps(describe(*quantities)))
    found = [record["value"] for record in again["beats"][1]["quantities"]]
    assert found == [value.item() if isinstance(value, np.generic) else value for value in values]
    assert [type(value) for value in found] == [float, float, float, float, float, int, int, str]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float32("nan")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(SceneFault, match=r"'two' shows final\[0,1\], which is"):
        manifest.dumps(describe(Quantity("element", "final[0,1]", value)))


def test_the_same_film_has_the_same_manifest():
    assert manifest.dumps(describe()) == manifest.dumps(describe())
    assert list(json.loads(manifest.dumps(describe()))) == sorted(describe())


def test_a_plain_scene_has_no_model():
    about = manifest.describe(
        scene="Mine",
        trace=None,
        settings={},
        size=(64, 36),
        fps=Fraction(20),
        beats=[FilmedBeat("one", "", 0, 1)],
        poster=0,
        frames=1,
    )
    assert about.keys().isdisjoint({"text", "tokens", "model"})


@dataclass
class Bad:
    name: str
    content: bytes | None
    said: str


@pytest.mark.parametrize(
    "bad",
    [
        Bad("missing.mp4", None, "there is no file"),
        Bad("text.mp4", b"this is no film", "is not a film"),
        Bad("empty.mp4", b"", "is not a film"),
        Bad("damaged.json", b'{"soakup": ', "damaged"),
        Bad("binary.json", b"\xff\xfe\x00", "cannot read"),
        Bad("other.json", b'{"beats": []}', "no manifest of soakup's"),
        Bad("list.json", b"[1, 2]", "no manifest of soakup's"),
    ],
    ids=lambda bad: bad.name,
)
def test_what_is_not_ours_is_one_sentence(tmp_path, bad):
    path = tmp_path / bad.name
    if bad.content is not None:
        path.write_bytes(bad.content)
    with pytest.raises(NotAClip, match=bad.said) as caught:
        manifest.read(path)
    assert str(path) in str(caught.value)


def test_another_programs_film_is_one_sentence(tmp_path):
    path = tmp_path / "other.mp4"
    with av.open(path, "w") as film:
        stream = film.add_stream("libx264", rate=10)
        stream.width, stream.height = 64, 36
        film.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((36, 64, 3), np.uint8))))
        film.mux(stream.encode())
    with pytest.raises(NotAClip, match="holds no manifest"):
        manifest.read(path)
