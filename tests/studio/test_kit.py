"""What stands beside a film says what the film says, to whoever cannot watch it; and the film itself carries it."""

import os
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from soakup import film, manifest
from soakup.errors import StudioError
from soakup.scene_file import SceneFile
from soakup.transcript import alt_text, clock, transcript


def track(path: Path) -> list[tuple[float, float, str]]:
    """What is said in the caption track of a film, from when to when."""
    with av.open(path) as opened:
        if not opened.streams.subtitles:
            return []
        packets = list(opened.demux(opened.streams.subtitles[0]))
        said = [(p.pts, p.duration, bytes(p)) for p in packets if p.size > 2]
        return [(start / 1000, (start + length) / 1000, text[2:].decode()) for start, length, text in said]


def is_on(path: Path) -> bool:
    """Whether a player shows the captions of a film unasked."""
    with av.open(path) as opened:
        return bool(opened.streams.subtitles[0].disposition & av.stream.Disposition.default)


def boxes(path: Path) -> list[bytes]:
    data, at, names = path.read_bytes(), 0, []
    while at < len(data):
        names.append(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4], "big")
    return names


def test_the_captions_are_a_track_of_the_film(told_film):
    beats = told_film.manifest["beats"]
    said = [(beat["start"], beat["end"], beat["caption"]) for beat in beats if beat["caption"]]
    assert len(said) == 2
    assert track(told_film.path) == said
    with av.open(told_film.path) as opened:
        assert opened.streams.subtitles[0].metadata["language"] == "eng"


def test_captions_that_are_not_drawn_are_shown_by_the_player(told, scene_file, in_tmp):
    file = SceneFile(scene_file(told))
    for captions, there, on in (("track", True, True), ("burned", True, False), ("none", False, None)):
        made = film.render(file, Path(f"{captions}.mp4"), settings={"captions": captions})
        assert bool(track(made.path)) == there
        assert not there or is_on(made.path) == on
        assert made.files.captions.read_text().count("-->") == 2  # beside the film they stand in any case
        assert made.manifest["settings"]["captions"] == captions


def test_a_player_can_begin_before_it_has_the_whole_file(told_film):
    assert boxes(told_film.path)[:2] == [b"ftyp", b"moov"]


def test_captions_may_hold_any_text(scene_file, in_tmp):
    source = scene_file().read_text().replace("A <b>square</b> --> & more", "吾輩は猫\\n\\n<b>{x}</b>")
    made = film.render(SceneFile(scene_file(source)), Path("film.mp4"))
    assert track(made.path) == [(0, 0.5, "吾輩は猫\n<b>{x}</b>")]
    assert r"吾輩は猫 \<b\>\{x\}\</b\>" in made.files.transcript.read_text()


def test_the_poster_is_the_frame_the_manifest_says(told_film):
    about = told_film.manifest
    assert about["poster"] == pytest.approx(about["beats"][1]["end"] - 1 / about["fps"])
    with av.open(told_film.path) as opened:
        frames = [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]
    for picture, frame in ((told_film.files.poster, about["poster"] * about["fps"]), (told_film.files.last, -1)):
        pixels = np.asarray(Image.open(picture)).astype(int)
        assert np.abs(pixels - frames[round(frame)]).mean() < 2
    assert np.asarray(Image.open(told_film.files.poster)).max() > 100  # the square is on it,
    assert np.asarray(Image.open(told_film.files.last)).max() < 20  # and gone in the end


def test_the_transcript_has_all_that_is_said_with_its_times(told_film):
    text = told_film.files.transcript.read_text()
    assert text.startswith("# the old king saw the cat\n")
    assert "**0:00** start  \nThe text has 6 words." in text
    assert "middle  \nIt turns blue." in text
    assert "Every number is the model's own" in text


def test_the_alt_text_is_one_short_paragraph(told_film):
    text = told_film.files.alt.read_text()
    assert text.count("\n") == 1 and len(text) < 300
    assert "1 second" in text and "“the old king saw the cat”" in text and "It turns blue." in text
    assert text.strip() == alt_text(manifest.read(told_film.path))


def test_text_is_no_markup_in_the_transcript(told_film):
    about = told_film.manifest | {"text": "# *a* [b](c) <i>\n\n- d"}
    assert transcript(about).splitlines()[0] == r"# \# \*a\* \[b\](c) \<i\> - d"


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (59.99, "0:59"), (60, "1:00"), (3599.9999999, "60:00")])
def test_clock(seconds, shown):
    assert clock(seconds) == shown


def test_the_minimal_kit_is_the_film_and_its_manifest(told, scene_file, in_tmp):
    film.render(SceneFile(scene_file(told)), Path("film.mp4"), kit="minimal")
    assert sorted(os.listdir()) == ["film.json", "film.mp4", "mine.py"]
    with pytest.raises(StudioError, match="no kit 'some': choose full or minimal"):
        film.render(SceneFile(scene_file(told)), Path("other.mp4"), kit="some")
