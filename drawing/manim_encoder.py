"""Manim's own encoder, which need not convert again what a frame has in common with the one before.

The film is the one that Manim would write, bit for bit.
"""

from fractions import Fraction
from typing import cast

import numpy as np
from av import VideoStream
from manim.scene.video_segment_encoder import VideoSegmentEncoder

from soakup.drawing.conversion import Picture

MARGIN = 2  # rows: Manim leaves it to libswscale how to average colour, and that takes in those beside
HOW = {"threads": 1}  # more of them take half as long again, and the time of other work

_write_frame = VideoSegmentEncoder.write_frame


def write_frame(self: VideoSegmentEncoder, pixels: np.ndarray, *, repeat: int = 1) -> None:
    """VideoSegmentEncoder.write_frame."""
    spec = self.spec
    if spec.pixel_format != "yuv420p" or spec.width % 2 or spec.height % 2:
        _write_frame(self, pixels, repeat=repeat)
        return
    self._validate_frame(pixels, repeat)
    picture: Picture = vars(self).get("_picture") or Picture(spec.width, spec.height, HOW, MARGIN)
    vars(self)["_picture"] = picture
    try:
        picture.show(pixels, picture.changes(pixels))
        stream, frame = cast(VideoStream, self._stream), picture.frame
        frame.time_base = 1 / Fraction(spec.frame_rate)
        for _ in range(repeat):
            frame.pts = self._next_pts
            self._next_pts += 1
            for packet in stream.encode(frame):
                self._container.mux(packet)
    except BaseException as error:
        raise self._operation_error("encode", error) from error
