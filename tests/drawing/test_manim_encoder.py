"""What Manim writes inside fast_drawing is what it writes outside, bit for bit."""

from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter
from manim import Circle, FadeIn, Scene, Square, config, tempconfig

from soakup.drawing.conversion import Picture
from soakup.drawing.fast import fast_drawing
from soakup.drawing.manim_encoder import HOW, MARGIN


@pytest.mark.parametrize(("width", "height"), [(854, 480), (426, 240), (64, 34)])
def test_converting_what_changed_is_converting_all_as_manim_does(width, height):
    random = np.random.default_rng(0)
    picture, whole = Picture(width, height, HOW, MARGIN), VideoReformatter()
    pixels = random.integers(0, 256, (height, width, 4), dtype=np.uint8)
    for _ in range(12):
        pixels = pixels.copy()
        top, left = random.integers(0, height), random.integers(0, width)
        pixels[top : top + random.integers(1, 20), left:] = random.integers(0, 256, 4)
        picture.show(pixels, picture.changes(pixels))
        frame = whole.reformat(av.VideoFrame.from_ndarray(pixels, format="rgba"), format="yuv420p")
        assert (picture.frame.to_ndarray() == frame.to_ndarray()).all()


class Moving(Scene):
    def construct(self):
        square = Square(fill_opacity=1)
        self.play(FadeIn(square), run_time=0.5)
        self.play(square.animate.shift([2, 0, 0]), FadeIn(Circle()), run_time=0.5)
        self.wait(0.5)


def packets(folder: Path, size: tuple[int, int]) -> list[bytes]:
    settings = {"pixel_width": size[0], "pixel_height": size[1], "frame_rate": 8, "media_dir": str(folder)}
    quiet = {"progress_bar": "none", "verbosity": "ERROR", "disable_caching": True, "renderer": "cairo"}
    same = {"video_encoder_options": {"preset": "ultrafast", "threads": "1"}}  # else x264 itself may vary
    with tempconfig(settings | quiet | same):
        assert not config.dry_run
        scene = Moving()
        scene.render()
        with av.open(scene.renderer.file_writer.movie_file_path) as film:
            return [bytes(packet) for packet in film.demux(video=0)]


@pytest.mark.parametrize("size", [(320, 180), (322, 182)])
def test_the_film_is_the_same(tmp_path, size):
    theirs = packets(tmp_path / "theirs", size)
    with fast_drawing():
        ours = packets(tmp_path / "ours", size)
    assert len(ours) > 12
    assert ours == theirs
