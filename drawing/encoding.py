"""Frames into one H.264 film that every player, browser and slide program shows in the right colours.

    RGB frame → BT.709 limited-range YUV 4:2:0 → H.264 High → mp4

Converting and compressing run in a thread of their own, so drawing the next frame need not wait for them. What a film
says of itself (chapters, title, manifest) is known only when its last frame is drawn, but a player wants it first. So
the pictures go to a hidden file, which `finish` copies, packet by packet, behind the complete header.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from queue import Queue
from types import TracebackType
from typing import Self, cast

import av
import numpy as np
from av.bitstream import BitStreamFilterContext
from av.container import Flags
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter

# On number grids, arcs and dimmed text at 1080p, crf 15 with aq-mode 3 (which spares dark areas) keeps 999 of 1000
# luma samples within 4/255 of the drawing. `medium` gains 0.1 dB for a tenth more time, `veryfast` loses 2.4 dB.
# The number of threads changes the bits x264 writes; a fixed one gives the same film on every machine.
X264 = {"preset": "fast", "crf": "15", "profile": "high", "forced-idr": "1", "x264-params": "aq-mode=3", "threads": "4"}
KEYFRAME_SECONDS = 2  # at most this far between two places a player can jump to
PENDING_FRAMES = 4  # a 2160p frame is 33 MB

# Averages colour over each 2×2 block, with exact rounding: the defaults lose 1 dB on coloured text and are slower.
SUBSAMPLING = Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP

# x264 signs its work with its version and settings in an SEI unit (type 6), which would differ between machines.
WITHOUT_SIGNATURE = "filter_units=remove_types=6"


class EncodingError(ValueError):
    """A film cannot be encoded as asked; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named stretch of a film, in frames: from `start` up to, not including, `end`."""

    title: str
    start: int
    end: int


class Encoder:
    """Write frames, then `finish`: the film appears at `path` whole, or not at all.

    `width` and `height` are in pixels and even; `fps` is in frames a second. Left as a context manager without
    `finish`, nothing remains. Raises EncodingError for a size that H.264 cannot hold.

        with Encoder(Path("film.mp4"), 1920, 1080, fps=60) as encoder:
            encoder.write(pixels, repeat=30)
            encoder.finish()
    """

    def __init__(self, path: Path, width: int, height: int, fps: int | Fraction) -> None:
        if width < 2 or height < 2 or width % 2 or height % 2:
            raise EncodingError(f"a film of {width}×{height} pixels cannot be encoded: make width and height even")
        self.path, self.width, self.height, self.fps = path, width, height, Fraction(fps)
        self.frames = 0  # written so far
        self._pictures = path.with_name(f".{path.name}.pictures")
        self._keyframe = True
        self._queue: Queue[tuple[np.ndarray, int, bool] | None] = Queue(PENDING_FRAMES)
        self._error: Exception | None = None
        self._abandoned = False
        self._container = av.open(self._pictures, "w", format="mp4")
        self._stream = self._container.add_stream("libx264", rate=self.fps, options=dict(X264))
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "yuv420p"
        self._stream.gop_size = round(KEYFRAME_SECONDS * fps)
        codec = self._stream.codec_context
        codec.time_base = 1 / self.fps
        codec.sample_aspect_ratio = Fraction(1)
        codec.color_primaries = ColorPrimaries.BT709
        codec.color_trc = ColorTrc.BT709
        codec.colorspace = Colorspace.ITU709
        codec.color_range = ColorRange.MPEG
        self._convert = VideoReformatter()
        self._time = 0  # of the next frame to encode
        self._thread = threading.Thread(target=self._run, name="encoder", daemon=True)
        self._thread.start()

    def keyframe(self) -> None:
        """Make the next frame one a player can jump to."""
        self._keyframe = True

    def write(self, pixels: np.ndarray, repeat: int = 1) -> None:
        """Show `pixels` for `repeat` frames. (height, width, 4 or 3) uint8, RGBA (alpha is ignored) or RGB.

        The array belongs to the encoder from here on. Raises what went wrong with an earlier frame.
        """
        if pixels.shape not in {(self.height, self.width, 3), (self.height, self.width, 4)} or pixels.dtype != np.uint8:
            raise EncodingError(
                f"a frame of shape {pixels.shape} and type {pixels.dtype} does not belong in a film of "
                f"{self.width}×{self.height} pixels"
            )
        self._raise_error()
        if repeat < 1:
            return
        self._queue.put((np.ascontiguousarray(pixels), repeat, self._keyframe))
        self._keyframe = False
        self.frames += repeat

    def finish(self, chapters: Iterable[Chapter] = (), metadata: Mapping[str, str] | None = None) -> None:
        """Encode what is waiting and put the film in its place.

        Raises EncodingError where no frame was written, or the film cannot be.
        """
        self._queue.put(None)
        self._thread.join()
        self._raise_error()
        if not self.frames:
            raise EncodingError("a film without a single frame cannot be encoded")
        whole = self.path.with_name(f".{self.path.name}.part")
        try:
            self._copy_behind_header(whole, chapters, metadata or {})
            whole.replace(self.path)
        except (OSError, av.FFmpegError) as error:
            self._error = error
            self._raise_error()
        finally:
            whole.unlink(missing_ok=True)
            self._pictures.unlink(missing_ok=True)

    def abort(self) -> None:
        """Stop, and leave nothing behind. Harmless after `finish`."""
        self._abandoned = True
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        self._pictures.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()

    def _raise_error(self) -> None:
        if isinstance(self._error, OSError | av.FFmpegError):
            raise EncodingError(f"cannot write the film {self.path.name}: {self._error.strerror}") from self._error
        if self._error is not None:
            raise self._error

    # --- in the encoder's thread ---

    def _run(self) -> None:
        # The queue is emptied to its end even after a failure: the drawing side must never wait for a place in it.
        while (item := self._queue.get()) is not None:
            self._attempt(partial(self._encode, *item))
        self._attempt(self._flush)
        try:
            self._container.close()
        except Exception as error:  # noqa: BLE001 - raised on the drawing side
            self._error = self._error or error

    def _attempt(self, work: Callable[[], None]) -> None:
        if self._error is None and not self._abandoned:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - raised on the drawing side
                self._error = error

    def _encode(self, pixels: np.ndarray, repeat: int, keyframe: bool) -> None:
        frame = self._convert.reformat(
            av.VideoFrame.from_numpy_buffer(pixels, "rgba" if pixels.shape[2] == 4 else "rgb24"),
            format="yuv420p",
            interpolation=SUBSAMPLING,
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        frame.time_base = 1 / self.fps
        for i in range(repeat):
            if self._abandoned:
                return
            frame.pts = self._time
            frame.pict_type = PictureType.I if keyframe and i == 0 else PictureType.NONE
            self._container.mux(self._stream.encode(frame))
            self._time += 1

    def _flush(self) -> None:
        self._container.mux(self._stream.encode())

    def _copy_behind_header(self, path: Path, chapters: Iterable[Chapter], metadata: Mapping[str, str]) -> None:
        with (
            av.open(self._pictures) as pictures,
            av.open(path, "w", format="mp4", options={"movflags": "faststart"}) as film,
        ):
            film.flags = cast(int, Flags.bitexact.value)  # no name and version of the muxer in the file
            source = pictures.streams.video[0]
            stream = film.add_stream_from_template(source)
            film.metadata.update(metadata)
            film.set_chapters(
                [
                    {
                        "id": i,
                        "start": chapter.start,
                        "end": chapter.end,
                        "time_base": 1 / self.fps,
                        "metadata": {"title": chapter.title},
                    }
                    for i, chapter in enumerate(chapters)
                ]
            )
            unsigned = BitStreamFilterContext(WITHOUT_SIGNATURE, source)
            for packet in pictures.demux(source):
                if packet.dts is None:  # the demuxer's end mark
                    continue
                for kept in unsigned.filter(packet):
                    kept.stream = stream
                    film.mux(kept)
