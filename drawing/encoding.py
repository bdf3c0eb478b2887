"""Frames into H.264 that every player, browser and slide program shows in the right colours.

    RGB frame → BT.709 limited-range YUV 4:2:0 → H.264 High → a segment of a film

Converting and compressing run in a thread of their own, so drawing the next frame need not wait for them. A segment
starts with a keyframe and needs nothing from outside itself; `soakup.drawing.joining` makes one film of several.
"""

import threading
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from queue import Queue
from types import TracebackType
from typing import Self, cast

import av
import numpy as np
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from soakup.drawing.conversion import Picture
from soakup.drawing.stillness import Stillness, is_reference

# Measured on 60 moving frames of the flagship at 1080p: PSNR of luma, size and processor time a frame.
#   final  superfast, crf 15  52.6 dB  15.8 kB  10 ms   (999 of 1000 samples within 5/255; the presets medium to
#   draft  ultrafast, crf 20  52.2 dB  21.3 kB   5 ms    veryfast take 14 to 35 ms for as many dB and 10 to 13 kB)
# aq-mode 3 spares dark areas. Without a pyramid of B-frames, what is decoded last before a hold is what is shown last.
# Without a macroblock tree (which these presets do without) x264 always writes the same bits for the same frames, given
# that the number of its threads is the same.
X264 = {"profile": "high", "forced-idr": "1", "threads": "2"}
SPEEDS = {
    "draft": {**X264, "preset": "ultrafast", "crf": "20", "x264-params": "mbtree=0"},
    "final": {**X264, "preset": "superfast", "crf": "15", "x264-params": "aq-mode=3:b-pyramid=none:mbtree=0"},
}
KEYFRAME_SECONDS = 2  # at most this far between two places a player can jump to
PENDING_FRAMES = 4  # a 2160p frame is 33 MB
SETTLING = 6  # frames of a hold that x264 encodes, each a little closer to the drawing, before the rest stand still


class EncodingError(ValueError):
    """A film cannot be encoded as asked; the message is one sentence for the user."""


def check(width: int, height: int) -> None:
    """Raise EncodingError where films of this size, in pixels, or any at all, cannot be encoded here."""
    if width < 2 or height < 2 or width % 2 or height % 2:
        raise EncodingError(f"a film of {width}×{height} pixels cannot be encoded: make width and height even")
    try:
        av.codec.Codec("libx264", "w")
    except ValueError:
        raise EncodingError(
            f"the PyAV {av.__version__} installed here was built without the encoder libx264, which films need: "
            "install the one from PyPI with `pip install --force-reinstall av`"
        ) from None


class Encoder:
    """Write frames, then `finish`: the segment appears at `path` whole, or not at all.

    `width` and `height` are in pixels and even; `fps` is in frames a second; `speed` is one of SPEEDS. Left as a
    context manager without `finish`, nothing remains. Raises EncodingError for a size that H.264 cannot hold.

        with Encoder(Path("segment.mp4"), 1920, 1080, fps=60) as encoder:
            encoder.write(pixels, repeat=30)
            encoder.finish()
    """

    def __init__(self, path: Path, width: int, height: int, fps: int | Fraction, speed: str = "final") -> None:
        check(width, height)
        self.path, self.width, self.height, self.fps, self.speed = path, width, height, Fraction(fps), speed
        self.frames = 0  # written so far
        self._part = path.with_name(f".{path.name}.pictures")
        self._keyframe = True
        self._queue: Queue[tuple[np.ndarray, int, bool, slice | None] | None] = Queue(PENDING_FRAMES)
        self._error: Exception | None = None
        self._abandoned = False
        self._container = av.open(self._part, "w", format="mp4")
        self._stream = self._container.add_stream("libx264", rate=self.fps, options=dict(SPEEDS[speed]))
        self._gop = round(KEYFRAME_SECONDS * self.fps)
        self._codec: VideoCodecContext | None = self._set_up(self._stream.codec_context)
        self._stillness: Stillness | None = None  # known when x264 has said how it writes
        self._picture = Picture(width, height)
        self._held = 0  # frames for which the picture has been shown, but which are not encoded yet
        self._held_keyframe = False
        self._time = 0  # of the next frame to encode, since the segment began
        self._begun = 0  # when the last keyframe was
        self._decoded = 0  # packets written, in the order of decoding
        self._references = 0  # pictures since the last keyframe, itself among them, from which others are predicted
        self._thread = threading.Thread(target=self._run, name="encoder", daemon=True)
        self._thread.start()

    def keyframe(self) -> None:
        """Make the next frame one a player can jump to."""
        self._keyframe = True

    def write(self, pixels: np.ndarray, repeat: int = 1, changed: slice | None = None) -> None:
        """Show `pixels` for `repeat` frames. (height, width, 4 or 3) uint8, RGBA (alpha is ignored) or RGB.

        `changed` are the rows beyond which they equal the pixels written before, where that is known. The array
        belongs to the encoder from here on. Raises what went wrong with an earlier frame.
        """
        if pixels.shape not in {(self.height, self.width, 3), (self.height, self.width, 4)} or pixels.dtype != np.uint8:
            raise EncodingError(
                f"a frame of shape {pixels.shape} and type {pixels.dtype} does not belong in a film of "
                f"{self.width}×{self.height} pixels"
            )
        self._raise_error()
        if repeat < 1:
            return
        self._queue.put((np.ascontiguousarray(pixels), repeat, self._keyframe, changed))
        self._keyframe = False
        self.frames += repeat

    def finish(self) -> None:
        """Encode what is waiting and put the segment in its place.

        Raises EncodingError where no frame was written, or the segment cannot be.
        """
        self._queue.put(None)
        self._thread.join()
        self._raise_error()
        if not self.frames:
            raise EncodingError("a film without a single frame cannot be encoded")
        self._part.replace(self.path)

    def abort(self) -> None:
        """Stop, and leave nothing behind. Harmless after `finish`."""
        self._abandoned = True
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        self._part.unlink(missing_ok=True)

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

    def _set_up(self, codec: VideoCodecContext) -> VideoCodecContext:
        codec.width, codec.height, codec.pix_fmt = self.width, self.height, "yuv420p"
        codec.gop_size = self._gop
        codec.framerate, codec.time_base = self.fps, 1 / self.fps
        codec.sample_aspect_ratio = Fraction(1)
        codec.color_primaries = ColorPrimaries.BT709
        codec.color_trc = ColorTrc.BT709
        codec.colorspace = Colorspace.ITU709
        codec.color_range = ColorRange.MPEG
        codec.flags |= Flags.global_header.value
        return codec

    # --- in the encoder's thread ---

    def _run(self) -> None:
        # The queue is emptied to its end even after a failure: the drawing side must never wait for a place in it.
        while (item := self._queue.get()) is not None:
            self._attempt(partial(self._take, *item))
        self._attempt(self._encode_held)
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

    def _take(self, pixels: np.ndarray, repeat: int, keyframe: bool, changed: slice | None) -> None:
        # Whether a frame is held is known only when the next one differs: until then it waits.
        bands = self._picture.changes(pixels, changed)
        if bands or keyframe:
            self._encode_held()
            self._held_keyframe = keyframe
            self._picture.show(pixels, bands)
        self._held += repeat

    def _encode_held(self) -> None:
        """Encode the picture for as long as it was shown. What is long stands still after the first frames."""
        left, keyframe = self._held, self._held_keyframe
        self._held, self._held_keyframe = 0, False
        while left and not self._abandoned:
            moving = left if left <= 2 * SETTLING else SETTLING
            for _ in range(moving):
                self._encode(keyframe)
                keyframe = False
            left -= moving
            if left:
                self._flush()
                still = min(left, self._gop - (self._time - self._begun))
                self._stand_still(still)
                left -= still

    def _encode(self, keyframe: bool) -> None:
        if self._codec is None:
            codec = av.CodecContext.create("libx264", "w")
            codec.options = dict(SPEEDS[self.speed])
            self._codec = self._set_up(codec)
        frame = self._picture.frame
        frame.pts, frame.time_base = self._time, 1 / self.fps
        frame.pict_type = PictureType.I if keyframe else PictureType.NONE
        self._time += 1
        self._write(self._codec.encode(frame))

    def _flush(self) -> None:
        """Get from x264 all that it still keeps back. What follows begins with a keyframe."""
        if self._codec is not None:
            self._write(self._codec.encode(None))
            self._stillness = self._stillness or Stillness(self._codec.extradata or b"")
            self._codec = None

    def _stand_still(self, frames: int) -> None:
        assert self._stillness is not None  # since something was encoded before
        for _ in range(frames):
            packet = av.Packet(self._stillness.frame(self._references, self._time - self._begun))
            packet.pts = self._time
            self._time += 1
            self._write([packet])

    def _write(self, packets: list[av.Packet]) -> None:
        """Write packets, which come in the order of decoding."""
        reordered = 0 if self.speed == "draft" else 1  # frames that a B-frame is decoded after it would be shown
        for packet in packets:
            if packet.is_keyframe:
                self._begun, self._references = cast(int, packet.pts), 0
            self._references += is_reference(bytes(packet))
            packet.dts = self._decoded - reordered
            packet.duration, packet.time_base, packet.stream = 1, 1 / self.fps, self._stream
            self._decoded += 1
            self._container.mux(packet)
