"""A film as an animated picture (GIF, APNG, WebP), or as its frames one by one."""

import io
import zipfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from soakup.drawing.encoding import EncodingError

GIF_SMALLER = [(640, 15), (640, 10), (480, 10), (400, 8), (320, 6)]  # width and frames a second, tried in turn
COLOURS = 256  # of a GIF
SAMPLES = 12  # frames from which its palette is taken

Pictures = Callable[[], Iterator[tuple[Image.Image, int]]]  # each picture, and for how many frames it stands


def of_film(path: Path) -> Pictures:
    """The pictures of a film, those that stay the same taken together."""

    def pictures() -> Iterator[tuple[Image.Image, int]]:
        before: Image.Image | None = None
        count = 0
        with av.open(path) as film:
            for frame in film.decode(video=0):
                shown = frame.reformat(
                    format="rgb24", src_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.JPEG
                )
                picture = Image.fromarray(shown.to_ndarray())
                if before is not None and picture.tobytes() == before.tobytes():
                    count += 1
                    continue
                if before is not None:
                    yield before, count
                before, count = picture, 1
        if before is not None:
            yield before, count

    return pictures


def write_gif(pictures: Pictures, path: Path, fps: Fraction, limit: int | None = None) -> None:
    """A GIF of one palette, at most 640 pixels wide and 15 frames a second; it goes round for ever.

    It is made smaller until it has no more than `limit` bytes. Raises EncodingError where that cannot be.
    """
    size = 0
    for width, rate in GIF_SMALLER:
        _write_gif(pictures, path, fps, width, rate)
        size = path.stat().st_size
        if limit is None or size <= limit:
            return
    path.unlink()
    smallest, allowed = f"{size / 1e6:.1f} MB", f"{(limit or 0) / 1e6:g} MB"
    raise EncodingError(f"the smallest GIF of this film has {smallest}, not {allowed}: film fewer beats, or allow more")


def _write_gif(pictures: Pictures, path: Path, fps: Fraction, width: int, rate: int) -> None:
    few = _fewer(pictures, fps, rate, width)
    lengths = [seconds for _, seconds in few()]
    wanted = {round(i * (len(lengths) - 1) / max(SAMPLES - 1, 1)) for i in range(SAMPLES)}
    samples = [picture for i, (picture, _) in enumerate(few()) if i in wanted]
    height = samples[0].height
    sheet = Image.new("RGB", (samples[0].width, height * len(samples)))
    for i, sample in enumerate(samples):
        sheet.paste(sample, (0, i * height))
    palette = sheet.quantize(COLOURS, dither=Image.Dither.NONE)
    frames = (picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture, _ in few())
    next(frames).save(
        path,
        "gif",
        save_all=True,
        append_images=frames,
        duration=_rounded(lengths, 10),  # GIF counts in hundredths of a second
        loop=0,
    )


def write_webp(pictures: Pictures, path: Path, fps: Fraction) -> None:
    """An animated WebP, with alpha where the pictures have it."""
    lengths = _rounded([float(count / fps) for _, count in pictures()], 1)
    images = (picture for picture, _ in pictures())
    next(images).save(path, "webp", save_all=True, append_images=images, duration=lengths, loop=0, quality=85, method=3)


def write_apng(pictures: Pictures, path: Path, fps: Fraction) -> None:
    """An animated PNG: every frame as it is."""
    with av.open(path, "w", format="apng", options={"plays": "0"}) as out:
        stream, at, pixels = None, 0, ""
        for picture, count in pictures():
            if stream is None:
                stream = out.add_stream("apng", rate=fps)
                stream.width, stream.height = picture.size
                pixels = stream.pix_fmt = "rgba" if picture.mode == "RGBA" else "rgb24"
            for _ in range(count):  # the encoder writes of a frame only what is new in it
                frame = av.VideoFrame.from_ndarray(np.asarray(picture), format=pixels)
                frame.pts, frame.time_base = at, 1 / fps
                out.mux(stream.encode(frame))
                at += 1
        if stream is not None:
            out.mux(stream.encode(None))


def write_frames(pictures: Pictures, path: Path, fps: Fraction) -> None:
    """Every frame as a PNG, in a .zip: 00001.png, 00002.png, …"""
    number = 0
    with zipfile.ZipFile(path, "w") as archive:
        for picture, count in pictures():
            buffer = io.BytesIO()
            picture.save(buffer, "png")
            for _ in range(count):
                number += 1
                archive.writestr(f"{number:05}.png", buffer.getvalue())


def _fewer(
    pictures: Pictures, fps: Fraction, rate: int, width: int
) -> Callable[[], Iterator[tuple[Image.Image, float]]]:
    """The same at no more than `rate` frames a second and `width` pixels; how long each stands is in seconds."""
    step = max(Fraction(1), fps / rate)  # frames

    def few() -> Iterator[tuple[Image.Image, float]]:
        at, due, kept = 0, Fraction(0), None
        since = 0
        for picture, count in pictures():
            if due < at + count:  # some moment that is shown falls into it
                if kept is not None:
                    yield _narrow(kept, width), float((at - since) / fps)
                kept, since = picture, at
                while due < at + count:
                    due += step
            at += count
        if kept is not None:
            yield _narrow(kept, width), float((at - since) / fps)

    return few


def _rounded(lengths: list[float], step: int) -> list[int]:
    """Lengths in seconds as multiples of so many milliseconds, such that their sums stay right."""
    ends = [round(1000 * end / step) * step for end in accumulate(lengths)]
    return [end - start for start, end in pairwise([0, *ends])]


def _narrow(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    return picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
