"""RGB frames into one lasting YUV picture, of which only the rows that changed are converted.

Colour stands at half the resolution, so two rows of pixels share a row of it. Rows are converted in bands of an even
number of them, which is why a band comes out as it would in the conversion of the whole frame, bit for bit.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

BAND = 32  # rows; less than about 16 is slower, and of very few rows libswscale averages the colour in another way
MOST = 0.75  # of the bands: if more have changed, the whole frame is converted sooner at one go

# Averages colour over each 2×2 block, with exact rounding: the defaults lose 1 dB on coloured text and are slower.
SUBSAMPLING = Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP
BT709 = {
    "interpolation": SUBSAMPLING,
    "src_colorspace": Colorspace.ITU709,
    "dst_colorspace": Colorspace.ITU709,
    "src_color_range": ColorRange.JPEG,
    "dst_color_range": ColorRange.MPEG,
    "threads": 1,
}


class Picture:
    """The picture on the screen as YUV 4:2:0, of BT.709 and limited range unless told otherwise.

    `width` and `height` are in pixels and even. `how` are options of VideoReformatter.reformat; `margin` is on how many
    rows to each side, an even number, the colour of two rows depends by these.
    """

    def __init__(self, width: int, height: int, how: dict[str, Any] = BT709, margin: int = 0) -> None:
        self.how, self.margin = how, margin
        tops = [*range(0, max(height - BAND, 0) + 1, BAND)]  # the last band holds what is left over, too
        self.bands = list(zip(tops, [*tops[1:], height], strict=True))
        self.frame = VideoFrame(width, height, "yuv420p")
        self._planes = _planes(self.frame)
        self._shown: np.ndarray | None = None
        self._convert: dict[int, VideoReformatter] = defaultdict(VideoReformatter)  # by the height they are set up for

    def changes(self, pixels: np.ndarray, changed: slice | None = None) -> list[tuple[int, int]]:
        """The bands, each from its first row up to its last, in which `pixels` differ from what is shown.

        (height, width, 4 or 3) uint8, RGBA (alpha is ignored) or RGB. `changed` are the rows beyond which nothing has
        changed, where that is known.
        """
        before = self._shown
        if before is None or before.shape != pixels.shape:
            return self.bands
        if before is pixels:
            return []
        first, last, _ = (changed or slice(None)).indices(len(pixels))
        return [
            (top, bottom)
            for top, bottom in self.bands
            if top < last and bottom > first and not _same(before[top:bottom], pixels[top:bottom])
        ]

    def show(self, pixels: np.ndarray, bands: Iterable[tuple[int, int]]) -> None:
        """Show `pixels`, which differ from what is shown in these bands only; they must stay as they are."""
        height, margin = len(pixels), self.margin
        bands = list(bands)
        if len(bands) > MOST * len(self.bands):
            bands = [(0, height)]
        for top, bottom in bands:
            # What changed changes the colour of rows near it, which depends on rows near them.
            top, bottom = max(top - margin, 0), min(bottom + margin, height)
            first, last = max(top - margin, 0), min(bottom + margin, height)
            band = self._convert[last - first].reformat(
                VideoFrame.from_numpy_buffer(pixels[first:last], "rgba" if pixels.shape[2] == 4 else "rgb24"),
                format="yuv420p",
                **self.how,
            )
            for plane, part, scale in zip(self._planes, _planes(band), (1, 2, 2), strict=True):
                plane[top // scale : bottom // scale] = part[(top - first) // scale : (bottom - first) // scale]
        self._shown = pixels


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays hold the same bytes, compared eight at a time where they can be."""
    if a.flags.c_contiguous and b.flags.c_contiguous and a.nbytes % 8 == 0:
        a, b = a.reshape(-1).view(np.uint64), b.reshape(-1).view(np.uint64)
    return np.array_equal(a, b)


def _planes(frame: VideoFrame) -> list[np.ndarray]:
    """The three planes of a frame, to be written to: luma and, at half the size, the two of colour."""
    return [
        np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]  # type: ignore[call-overload]
        for plane in frame.planes
    ]
