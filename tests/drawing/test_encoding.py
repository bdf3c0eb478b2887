"""What comes back out of an encoded film is what went in, in the right colours, for any player."""

import itertools
import json
import os
import subprocess
import sys
import textwrap
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from soakup.drawing.conversion import Picture
from soakup.drawing.encoding import SPEEDS, Encoder, EncodingError
from soakup.drawing.joining import Chapter, join

BLACK, RED, YELLOW, TEAL, BLUE, VIOLET = "#000000", "#FF0000", "#FFFF00", "#5CD0B3", "#58C4DD", "#9A72AC"
MASK_RED, GREY, WHITE = "#FC6255", "#888888", "#FFFFFF"


def plain(colour: str, width: int = 64, height: int = 36, channels: int = 4) -> np.ndarray:
    pixels = np.full((height, width, channels), 255, np.uint8)
    pixels[..., :3] = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return pixels


def film_of(path: Path, frames: list[np.ndarray], fps: int | Fraction = 30, speed: str = "final", **about) -> Path:
    return film_with(path, lambda encoder: [encoder.write(frame) for frame in frames], frames[0], fps, speed, **about)


def film_with(path: Path, write, frame=None, fps: int | Fraction = 30, speed: str = "final", **about) -> Path:
    """A film of one segment, into which `write` writes."""
    height, width = (36, 64) if frame is None else frame.shape[:2]
    segment = path.with_name("segment.mp4")
    with Encoder(segment, width, height, fps, speed) as encoder:
        write(encoder)
        encoder.finish()
    join([segment], path, Fraction(fps), **about)
    segment.unlink()
    return path


def decoded(path: Path) -> list[av.VideoFrame]:
    with av.open(path) as film:
        return list(film.decode(video=0))


def rgb(frame: av.VideoFrame) -> np.ndarray:
    """As a player shows it that believes the film's own tags."""
    spaces = {1: Colorspace.ITU709, 5: Colorspace.ITU601, 6: Colorspace.SMPTE170M}
    return frame.reformat(
        format="rgb24",
        src_colorspace=spaces[frame.colorspace],
        src_color_range=frame.color_range,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT,
    ).to_ndarray()


@pytest.mark.parametrize("size", [(64, 36), (854, 480), (1920, 1080)])
@pytest.mark.parametrize("channels", [3, 4])
def test_colours_come_back(tmp_path, size, channels):
    colours = [BLACK, RED, YELLOW, TEAL, BLUE, VIOLET, MASK_RED, GREY, WHITE]
    frames = [plain(colour, *size, channels) for colour in colours]
    shown = decoded(film_of(tmp_path / "film.mp4", frames))
    assert len(shown) == len(colours)
    for sent, frame in zip(frames, shown, strict=True):
        off = np.abs(rgb(frame).astype(int) - sent[..., :3])
        assert off.max() <= 2


@pytest.mark.parametrize("size", [(64, 36), (854, 480), (1280, 720), (1920, 1080)])
def test_every_size_is_tagged_bt709(tmp_path, size):
    path = film_of(tmp_path / "film.mp4", [plain(TEAL, *size)])
    with av.open(path) as film:
        codec = film.streams.video[0].codec_context
        assert (codec.name, codec.profile, codec.pix_fmt) == ("h264", "High", "yuv420p")
        assert (codec.width, codec.height) == size
        assert codec.color_primaries == codec.color_trc == codec.colorspace == 1
        assert codec.color_range == ColorRange.MPEG
        assert codec.sample_aspect_ratio == 1
    # Some players read the tags of the file, not those of the pictures.
    assert b"colrnclx\x00\x01\x00\x01\x00\x01\x00" in path.read_bytes()


def test_edges_between_colours_keep_their_place(tmp_path):
    pixels = plain(BLACK, 128, 128)
    pixels[:, 64:, :3] = 255
    shown = rgb(decoded(film_of(tmp_path / "film.mp4", [pixels] * 3))[-1])
    assert shown[:, :62].max() <= 8
    assert shown[:, 66:].min() >= 247


def test_players_find_the_index_first(tmp_path):
    content = film_of(tmp_path / "film.mp4", [plain(RED)] * 10).read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("fps", [15, 60, Fraction(30000, 1001)])
def test_frames_are_evenly_spaced(tmp_path, fps, speed):
    def write(encoder: Encoder) -> None:
        encoder.write(plain(RED), repeat=40)
        encoder.write(plain(BLUE))
        encoder.write(plain(BLUE), repeat=0)
        assert encoder.frames == 41

    path = film_with(tmp_path / "film.mp4", write, fps=fps, speed=speed)
    with av.open(path) as film:
        stream = film.streams.video[0]
        assert stream.average_rate == fps
        assert stream.frames == 41
        assert stream.start_time == 0
        assert stream.duration * stream.time_base == 41 / Fraction(fps)
        times = [frame.pts * stream.time_base for frame in film.decode(stream)]
    assert times == [i / Fraction(fps) for i in range(41)]


def test_a_beat_can_be_jumped_to(tmp_path):
    def write(encoder: Encoder) -> None:
        encoder.write(plain(RED), repeat=7)
        encoder.keyframe()
        encoder.write(plain(RED), repeat=5)
        encoder.keyframe()
        encoder.write(plain(RED), repeat=100)

    path = film_with(tmp_path / "film.mp4", write)
    keys = [i for i, frame in enumerate(decoded(path)) if frame.key_frame]
    assert keys[:3] == [0, 7, 12]
    assert max(b - a for a, b in itertools.pairwise(keys)) <= 60  # two seconds


def test_chapters_and_long_metadata_survive(tmp_path):
    manifest = json.dumps(
        {"quantities": [{"path": f"layers.0.pattern[{i}]", "text": "−0.12 é"} for i in range(20_000)]}
    )
    assert len(manifest) > 1_000_000
    chapters = [Chapter("Words & <vectors>", 0, 30), Chapter("Schluß", 30, 45)]
    path = film_of(
        tmp_path / "film.mp4", [plain(RED)] * 45, chapters=chapters, metadata={"title": "Größe", "synopsis": manifest}
    )
    with av.open(path) as film:
        assert film.metadata["title"] == "Größe"
        assert film.metadata["synopsis"] == manifest
        found = [
            (c["metadata"]["title"], c["start"] * c["time_base"], c["end"] * c["time_base"]) for c in film.chapters()
        ]
    assert found == [("Words & <vectors>", 0, 1), ("Schluß", 1, 1.5)]


def test_metadata_survives_a_copy_by_another_program(tmp_path):
    path = film_of(tmp_path / "film.mp4", [plain(RED)] * 3, metadata={"synopsis": '{"a": 1}'})
    copy = tmp_path / "copy.mp4"
    with av.open(path) as source, av.open(copy, "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        target.metadata.update(source.metadata)
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    with av.open(copy) as film:
        assert film.metadata["synopsis"] == '{"a": 1}'


def test_the_same_frames_give_the_same_file(tmp_path):
    random = np.random.default_rng(0)
    frames = [random.integers(0, 255, (120, 160, 4), np.uint8) for _ in range(40)]
    one = film_of(tmp_path / "one.mp4", [f.copy() for f in frames], chapters=[Chapter("a", 0, 40)])
    two = film_of(tmp_path / "two.mp4", [f.copy() for f in frames], chapters=[Chapter("a", 0, 40)])
    assert one.read_bytes() == two.read_bytes()
    for signature in (b"x264", b"Lavf", b"Lavc"):
        assert signature not in one.read_bytes()


def test_holding_a_frame_is_the_same_as_writing_it_often(tmp_path):
    held = film_with(tmp_path / "held.mp4", lambda encoder: encoder.write(plain(TEAL), repeat=200))
    often = film_of(tmp_path / "often.mp4", [plain(TEAL) for _ in range(200)])
    assert held.read_bytes() == often.read_bytes()


def moving(count: int, width: int = 176, height: int = 144) -> list[np.ndarray]:
    """Noise on which a yellow square moves."""
    ground = np.random.default_rng(0).integers(0, 256, (height, width, 4), np.uint8)
    frames = [ground.copy() for _ in range(count)]
    for i, frame in enumerate(frames):
        frame[i * 5 : i * 5 + 40, i * 7 : i * 7 + 40, :3] = [255, 255, 0]
    return frames


@pytest.mark.parametrize("speed", SPEEDS)
def test_a_hold_costs_nothing_and_shows_its_frame_to_the_end(tmp_path, speed):
    a, b, *more = moving(12)

    def write(hold: int):
        def write(encoder: Encoder) -> None:
            encoder.write(a)
            encoder.write(b, repeat=hold)
            for frame in more:
                encoder.write(frame)

        return write

    brief = film_with(tmp_path / "brief.mp4", write(13), a, fps=60, speed=speed)
    long = film_with(tmp_path / "long.mp4", write(110), a, fps=60, speed=speed)
    assert long.stat().st_size - brief.stat().st_size < 97 * 45  # most of it the index
    shown = [frame.to_ndarray() for frame in decoded(long)]
    assert len(shown) == 121
    assert all((frame == shown[6]).all() for frame in shown[7:111])
    for sent, frame in zip([a, *[b] * 110, *more], decoded(long), strict=True):
        assert np.abs(frame.to_ndarray()[:144].astype(int) - whole(sent)[:144]).mean() < 4  # it is noise


def whole(pixels: np.ndarray) -> np.ndarray:
    """The conversion of a whole frame by itself."""
    picture = Picture(pixels.shape[1], pixels.shape[0])
    picture.bands = [(0, pixels.shape[0])]
    picture.show(pixels, picture.bands)
    return picture.frame.to_ndarray()


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("size", [(64, 36), (854, 480), (1000, 562), (66, 2), (130, 98)])
def test_converting_what_changed_is_converting_it_all(size, channels):
    random = np.random.default_rng(0)
    picture = Picture(*size)
    frame = random.integers(0, 256, (size[1], size[0], channels), np.uint8)
    for _ in range(12):
        bands = picture.changes(frame)
        picture.show(frame, bands)
        assert (picture.frame.to_ndarray() == whole(frame)).all()
        frame = frame.copy()
        top, left = random.integers(0, size[1]), random.integers(0, size[0])
        frame[top : top + random.integers(1, 40), left : left + random.integers(1, 80)] = random.integers(0, 256)
    assert picture.changes(picture._shown.copy()) == []


def test_rows_said_to_be_unchanged_are_not_looked_at():
    frame = moving(1, 64, 128)[0]
    picture = Picture(64, 128)
    picture.show(frame, picture.changes(frame))
    other = 255 - frame
    assert picture.changes(other, slice(40, 60)) == [(32, 64)]
    assert picture.changes(other, slice(63, 65)) == [(32, 64), (64, 96)]
    assert picture.changes(other, slice(0, 0)) == []


def test_segments_are_joined_without_a_seam(tmp_path):
    frames = moving(20)
    with Encoder(tmp_path / "one.mp4", 176, 144, 30) as one, Encoder(tmp_path / "two.mp4", 176, 144, 30) as two:
        for encoder, part in ((one, frames[:1]), (two, frames[1:])):
            for frame in part:
                encoder.write(frame, repeat=3)
            encoder.finish()
    apart = [frame.to_ndarray() for name in ("one.mp4", "two.mp4") for frame in decoded(tmp_path / name)]
    join([tmp_path / "one.mp4", tmp_path / "two.mp4"], tmp_path / "film.mp4", Fraction(30))
    joined = decoded(tmp_path / "film.mp4")
    assert [frame.pts * frame.time_base for frame in joined] == [Fraction(i, 30) for i in range(60)]
    assert [i for i, frame in enumerate(joined) if frame.key_frame] == [0, 3]
    assert all((a == b.to_ndarray()).all() for a, b in zip(apart, joined, strict=True))


def test_an_encoder_that_is_missing_is_one_sentence(tmp_path, monkeypatch):
    def none(name: str, mode: str) -> None:
        raise ValueError(name)

    monkeypatch.setattr("av.codec.Codec", none)
    with pytest.raises(EncodingError, match=r"built without the encoder libx264.*pip install"):
        Encoder(tmp_path / "film.mp4", 64, 36, 30)
    assert os.listdir(tmp_path) == []


def test_nothing_else_remains_beside_the_film(tmp_path):
    film_of(tmp_path / "film.mp4", [plain(RED)] * 3)
    assert os.listdir(tmp_path) == ["film.mp4"]


def test_nothing_remains_of_a_film_that_is_not_finished(tmp_path):
    with pytest.raises(KeyboardInterrupt), Encoder(tmp_path / "film.mp4", 1280, 720, 30) as encoder:
        encoder.write(plain(RED, 1280, 720), repeat=10_000)
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == []


def test_an_older_film_stands_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"older")
    with pytest.raises(RuntimeError), Encoder(path, 64, 36, 30) as encoder:
        encoder.write(plain(RED), repeat=5)
        raise RuntimeError
    assert path.read_bytes() == b"older"


@pytest.mark.parametrize("size", [(853, 480), (854, 479), (0, 0)])
def test_a_size_that_h264_cannot_hold_is_refused(tmp_path, size):
    with pytest.raises(EncodingError, match=f"{size[0]}×{size[1]}.*even"):
        Encoder(tmp_path / "film.mp4", *size, 30)
    assert os.listdir(tmp_path) == []


def test_a_film_without_frames_is_refused(tmp_path):
    with (
        pytest.raises(EncodingError, match="without a single frame"),
        Encoder(tmp_path / "f.mp4", 64, 36, 30) as encoder,
    ):
        encoder.finish()
    assert os.listdir(tmp_path) == []


def test_a_frame_of_another_size_is_refused(tmp_path):
    with pytest.raises(EncodingError, match="64×36"), Encoder(tmp_path / "f.mp4", 64, 36, 30) as encoder:
        encoder.write(plain(RED, 66, 36))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_sentence(tmp_path):
    (tmp_path / ".segment.mp4.pictures").symlink_to("/dev/full")
    random = np.random.default_rng(0)
    with pytest.raises(EncodingError, match=r"cannot write the film segment\.mp4"):
        film_of(tmp_path / "film.mp4", [random.integers(0, 255, (360, 640, 4), np.uint8) for _ in range(60)])
    assert os.listdir(tmp_path) == []


def test_a_killed_program_leaves_no_film(tmp_path):
    program = textwrap.dedent(f"""
        import numpy as np, os, signal
        from pathlib import Path
        from soakup.drawing.encoding import Encoder
        encoder = Encoder(Path({str(tmp_path)!r}) / "film.mp4", 64, 36, 30)
        encoder.write(np.zeros((36, 64, 4), np.uint8), repeat=500)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    assert subprocess.run([sys.executable, "-c", program]).returncode == -9
    assert not (tmp_path / "film.mp4").exists()
    assert all(name.startswith(".") for name in os.listdir(tmp_path))
