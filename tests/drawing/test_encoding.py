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

from soakup.drawing.encoding import Chapter, Encoder, EncodingError

BLACK, RED, YELLOW, TEAL, BLUE, VIOLET = "#000000", "#FF0000", "#FFFF00", "#5CD0B3", "#58C4DD", "#9A72AC"
MASK_RED, GREY, WHITE = "#FC6255", "#888888", "#FFFFFF"


def plain(colour: str, width: int = 64, height: int = 36, channels: int = 4) -> np.ndarray:
    pixels = np.full((height, width, channels), 255, np.uint8)
    pixels[..., :3] = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return pixels


def film_of(path: Path, frames: list[np.ndarray], fps: int | Fraction = 30, **about) -> Path:
    height, width = frames[0].shape[:2]
    with Encoder(path, width, height, fps) as encoder:
        for frame in frames:
            encoder.write(frame)
        encoder.finish(**about)
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


@pytest.mark.parametrize("fps", [15, 60, Fraction(30000, 1001)])
def test_frames_are_evenly_spaced(tmp_path, fps):
    path = tmp_path / "film.mp4"
    with Encoder(path, 64, 36, fps) as encoder:
        encoder.write(plain(RED), repeat=40)
        encoder.write(plain(BLUE))
        encoder.write(plain(BLUE), repeat=0)
        assert encoder.frames == 41
        encoder.finish()
    with av.open(path) as film:
        stream = film.streams.video[0]
        assert stream.average_rate == fps
        assert stream.frames == 41
        assert stream.start_time == 0
        assert stream.duration * stream.time_base == 41 / Fraction(fps)
        times = [frame.pts * stream.time_base for frame in film.decode(stream)]
    assert times == [i / Fraction(fps) for i in range(41)]


def test_a_beat_can_be_jumped_to(tmp_path):
    path = tmp_path / "film.mp4"
    with Encoder(path, 64, 36, 30) as encoder:
        encoder.write(plain(RED), repeat=7)
        encoder.keyframe()
        encoder.write(plain(RED), repeat=5)
        encoder.keyframe()
        encoder.write(plain(RED), repeat=100)
        encoder.finish()
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
    with Encoder(tmp_path / "held.mp4", 64, 36, 30) as encoder:
        encoder.write(plain(TEAL), repeat=20)
        encoder.finish()
    often = film_of(tmp_path / "often.mp4", [plain(TEAL)] * 20)
    assert (tmp_path / "held.mp4").read_bytes() == often.read_bytes()


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
    (tmp_path / ".film.mp4.pictures").symlink_to("/dev/full")
    random = np.random.default_rng(0)
    with pytest.raises(EncodingError, match=r"cannot write the film film\.mp4"):
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
