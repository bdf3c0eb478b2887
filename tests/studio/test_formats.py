"""The forms a film stands in beside its .mp4 show the same pictures, and what can be seen through is seen through."""

import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest
from av.codec import CodecContext
from PIL import Image

from soakup import film, manifest
from soakup.drawing.animated import of_film, write_gif
from soakup.drawing.encoding import EncodingError
from soakup.errors import StudioError
from soakup.outputs import FORMATS
from soakup.scene_file import SceneFile
from soakup.scenes import style
from soakup.scenes.errors import SceneError
from soakup.verify import verify

RED = (252, 98, 85)
ONE_BEAT = """
from manim import *
from soakup.scenes.scene import Beat, TraceScene

config.pixel_width, config.pixel_height, config.frame_rate = 128, 72, 10

class Told(TraceScene):
    text = "the old king"
    model = {model!r}
    captions = "none"
    pace = 0.5

    def story(self):
        yield Beat("one", self.one)

    def one(self):
"""
CLEAR = (
    ONE_BEAT
    + """
        square = Square(4, color="#FC6255", stroke_width=0).set_fill(opacity=1)
        glass = Square(4, color="#FC6255", stroke_width=0).set_fill(opacity=0.5).shift(RIGHT * 4)
        self.play(FadeIn(square, glass), run_time=0.4)
        self.wait(0.4)
"""
)


@pytest.fixture(scope="module")
def source(untrained_folder, tmp_path_factory) -> SceneFile:
    path = tmp_path_factory.mktemp("clear") / "clear.py"
    path.write_text(CLEAR.format(model=str(untrained_folder)))
    return SceneFile(path)


@pytest.fixture(scope="module", params=["dark", "light"])
def clear(request, source, tmp_path_factory):
    """A film on no ground, in all forms."""
    settings = {"background": "transparent", "theme": request.param}
    return film.render(source, tmp_path_factory.mktemp("out") / "film.mp4", settings=settings, formats=[*FORMATS])


@pytest.fixture(scope="module")
def opaque(source, tmp_path_factory):
    return film.render(source, tmp_path_factory.mktemp("out") / "film.mp4", formats=[*FORMATS])


def pictures(path: Path, form: str) -> list[np.ndarray]:
    """(height, width, 4) RGBA: all frames of a file."""
    if form in ("gif", "apng", "webp"):
        image = Image.open(path)
        found = []
        for i in range(image.n_frames):
            image.seek(i)
            found.append(np.asarray(image.convert("RGBA")))
        return found
    if form == "png":
        with zipfile.ZipFile(path) as archive:
            assert archive.namelist() == [f"{i:05}.png" for i in range(1, len(archive.namelist()) + 1)]
            data = [archive.read(name) for name in archive.namelist()]
        return [np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")) for png in data]
    with av.open(path) as opened:
        stream = opened.streams.video[0]
        if form != "webm":
            return [frame.to_ndarray(format="rgba") for frame in opened.decode(stream)]
        codec = CodecContext.create("libvpx-vp9", "r")  # FFmpeg's own decoder leaves the alpha out
        return [f.to_ndarray(format="rgba") for packet in opened.demux(stream) for f in codec.decode(packet)]


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_shows_the_film(opaque, form):
    last = pictures(opaque.files.format(form), form)[-1].astype(int)
    assert last.shape[:2] == (72, 128)
    assert np.abs(last[36, 64] - [*RED, 255]).max() < 14
    assert last[2, 2, :3].max() < 8 and last[2, 2, 3] == 255


@pytest.mark.parametrize("form", ["webm", "mov", "apng", "webp", "png"])
def test_what_has_no_ground_can_be_seen_through(clear, form):
    last = pictures(clear.files.format(form), form)[-1].astype(int)
    assert np.abs(last[36, 64] - [*RED, 255]).max() < 14
    assert last[2, 2, 3] < 3
    glass = last[36, 105]
    assert abs(glass[3] - 128) < 6
    assert np.abs(glass[:3] - RED).max() < 24  # its own colour, not what it is on some ground


def test_the_mp4_of_a_transparent_film_stands_on_the_themes_ground(clear):
    ground = 255 if clear.manifest["settings"]["theme"] == "light" else 0
    for form in ("mp4", "gif"):
        path = clear.path if form == "mp4" else clear.files.format("gif")
        last = pictures(path, form)[-1].astype(int)
        assert np.abs(last[2, 2, :3] - ground).max() < 6
        assert np.abs(last[36, 105, :3] - (np.array(RED) + ground) / 2).max() < 14
    poster = np.asarray(Image.open(clear.files.poster))
    assert poster[2, 2, 3] == 0 and poster[36, 64, 3] == 255


def test_codecs_and_tags_are_those_that_programs_ask_for(opaque):
    for form, codec, tag in (("webm", "vp9", None), ("mov", "prores", "ap4h"), ("av1", "libdav1d", "av01")):
        with av.open(opaque.files.format(form)) as opened:
            stream = opened.streams.video[0]
            assert stream.codec_context.name == codec
            assert tag is None or stream.codec_context.codec_tag == tag
            assert stream.codec_context.colorspace == 1  # BT.709
            assert float(opened.duration / 1e6) == pytest.approx(opaque.manifest["duration"], abs=0.01)


@pytest.mark.skipif(not hasattr(os, "sched_getscheduler"), reason="there is no such thing to set here")
def test_writing_av1_takes_no_process_the_machine(opaque, tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from soakup.drawing.transcoding import transcode\n"
        "transcode(Path(sys.argv[1]), Path('film.mp4'), 'av1')\n"
        "print({os.sched_getscheduler(int(thread)) for thread in os.listdir('/proc/self/task')} == {os.SCHED_OTHER})"
    )
    command = [sys.executable, "-c", code, str(opaque.path)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout == "True\n"


@pytest.mark.parametrize("form", ["webm", "mov", "av1"])
def test_the_manifest_is_in_every_film(opaque, form, tmp_path):
    path = Path(shutil.copy(opaque.files.format(form), tmp_path / f"moved{FORMATS[form]}"))
    assert manifest.read(path) == opaque.manifest
    assert verify(path).beats == 1


def test_animated_pictures_last_as_long_as_the_film(opaque):
    for form in ("gif", "apng", "webp"):
        image = Image.open(opaque.files.format(form))
        assert image.info["loop"] == 0
        total = 0
        for i in range(image.n_frames):
            image.seek(i)
            image.load()
            total += image.info["duration"]
        assert total / 1000 == pytest.approx(opaque.manifest["duration"], abs=0.02)


def test_a_gif_is_small_and_as_small_as_it_is_told(king, tmp_path):
    pictures, path = of_film(king), tmp_path / "film.gif"
    write_gif(pictures, path, 10)
    image = Image.open(path)
    assert image.size == (640, 360)
    usual = path.stat().st_size
    write_gif(pictures, path, 10, limit=usual // 2)
    assert path.stat().st_size <= usual // 2 and Image.open(path).width < 640
    with pytest.raises(EncodingError, match=r"the smallest GIF of this film has .* MB, not 0\.001 MB"):
        write_gif(pictures, path, 10, limit=1000)
    assert not path.exists()


def test_a_films_ground_can_be_that_of_the_slides(source, in_tmp):
    made = film.render(source, Path("film.mp4"), settings={"background": "#204060"})
    with av.open(made.path) as opened:
        (frame, *_) = list(opened.decode(video=0))[-1:]
    corner = frame.reformat(format="rgb24", src_colorspace="ITU709").to_ndarray()[2, 2].astype(int)
    assert np.abs(corner - [0x20, 0x40, 0x60]).max() < 6


@pytest.mark.parametrize(
    ("settings", "formats", "error", "said"),
    [
        ({"background": "#EEEEEE"}, [], SceneError, "dark theme cannot be read.*try --theme light"),
        ({"background": "#202020", "theme": "light"}, [], SceneError, "try --theme dark"),
        ({"background": "red"}, [], SceneError, "'red' is no colour of a ground"),
        ({"background": "transparent"}, [], StudioError, "an .mp4 cannot be transparent: add --format"),
        ({"background": "transparent"}, ["gif"], StudioError, "in a GIF a pixel is seen through wholly or not at all"),
        ({}, ["avi"], StudioError, "there is no format 'avi'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(source, in_tmp, settings, formats, error, said):
    with pytest.raises(error, match=said):
        film.render(source, Path("film.mp4"), settings=settings, formats=formats)
    assert list(Path().iterdir()) == []


def test_an_encoder_that_is_missing_is_one_sentence(source, in_tmp, monkeypatch):
    real = av.codec.Codec

    def none(name: str, mode: str) -> object:
        if name == "libvpx-vp9":
            raise ValueError(name)
        return real(name, mode)

    monkeypatch.setattr("av.codec.Codec", none)
    with pytest.raises(EncodingError, match=r"built without the encoder libvpx-vp9, which webm needs.*pip install"):
        film.render(source, Path("film.mp4"), formats=["webm"])


@pytest.mark.parametrize(("one", "two", "ratio"), [("#000000", "#FFFFFF", 21), ("#777777", "#FFFFFF", 4.48)])
def test_contrast_is_as_wcag_has_it(one, two, ratio):
    assert style.contrast(one, two) == pytest.approx(ratio, abs=0.01)
