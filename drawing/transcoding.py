"""A finished film in another form: smaller, or as another codec, for a program that takes no other.

mp4    H.264 High, as smaller films are             webm   VP9
av1    AV1 in an MP4                                mov    ProRes 4444
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.codec.context import Flags
from av.container import Flags as ContainerFlags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation
from av.video.stream import VideoStream

from soakup.drawing.encoding import EncodingError


class Form:
    """One form of film: its codec and how that is set, the pixels it takes, and the file it goes into."""

    def __init__(self, codec: str, pixels: str, suffix: str, options: dict[str, str], muxer: dict[str, str]) -> None:
        self.codec, self.pixels, self.suffix, self.options, self.muxer = codec, pixels, suffix, options, muxer


FASTSTART = {"movflags": "faststart"}
FORMS = {
    "mp4": Form("libx264", "yuv420p", ".mp4", {"preset": "medium", "crf": "20", "profile": "high"}, FASTSTART),
    "webm": Form(
        "libvpx-vp9",
        "yuv420p",
        ".webm",
        {"crf": "28", "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1"},
        {},
    ),
    "av1": Form("libsvtav1", "yuv420p", ".mp4", {"preset": "8", "crf": "30"}, FASTSTART),
    "mov": Form(
        "prores_ks",
        "yuva444p10le",
        ".mov",
        {"profile": "4444", "vendor": "apl0", "alpha_bits": "16"},
        {"movflags": "faststart+use_metadata_tags"},
    ),
}
KEYFRAME_SECONDS = 2


def available(form: str) -> None:
    """Raise EncodingError where this PyAV cannot write a form."""
    codec = FORMS[form].codec
    try:
        av.codec.Codec(codec, "w")
    except ValueError:
        raise EncodingError(
            f"the PyAV {av.__version__} installed here was built without the encoder {codec}, which {form} needs: "
            "install the one from PyPI with `pip install --force-reinstall av`"
        ) from None


def transcode(
    source: Path,
    path: Path,
    form: str,
    *,
    height: int | None = None,
    start: float = 0,
    end: float | None = None,
    keyframes: Sequence[float] = (),
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write a film anew, as one of FORMS; it appears at `path` whole, or not at all.

    It becomes no higher than `height` pixels, and goes from `start` to `end`, in seconds; a player can jump to each of
    `keyframes`. Raises EncodingError where it cannot be written.
    """
    try:
        with av.open(source) as film:
            stream = film.streams.video[0]
            rate = cast(Fraction, stream.average_rate)

            def pictures() -> Iterator[tuple[int, av.VideoFrame]]:
                film.seek(round(max(start, 0) * 10**6))
                for frame in film.decode(stream):
                    number = round(frame.time * rate) - round(start * rate)
                    if end is not None and number >= round((end - start) * rate):
                        return
                    if number >= 0:
                        yield number, frame

            size = _size(stream.width, stream.height, height)
            write(pictures(), path, form, size, rate, [k - start for k in keyframes], metadata)
    except (OSError, av.FFmpegError) as error:
        raise EncodingError(f"cannot read {source.name}: {error.strerror}") from error


def write(
    pictures: Iterable[tuple[int, av.VideoFrame]],
    path: Path,
    form: str,
    size: tuple[int, int],
    rate: Fraction,
    keyframes: Sequence[float] = (),
    metadata: Mapping[str, str] | None = None,
    alpha: bool = False,
) -> None:
    """Write pictures, each with the number of its frame, as one of FORMS; it appears at `path` whole, or not at all.

    With `alpha` (which mov and webm have) they are RGBA. Raises EncodingError where it cannot be written.
    """
    available(form)
    how = FORMS[form]
    part = path.with_name(f".{path.name}.part")
    wanted = {round(k * rate) for k in keyframes}
    try:
        with av.open(part, "w", format=how.suffix[1:], options=how.muxer) as out:
            out.flags = cast(int, ContainerFlags.bitexact.value)
            out.metadata.update(metadata or {})
            stream = cast(VideoStream, out.add_stream(how.codec, rate=rate, options=dict(how.options)))
            _set_up(stream, how, size, rate, alpha)
            written = 0
            for number, frame in pictures:
                shown = _shown(frame, stream.codec_context, number, number in wanted, rate)
                out.mux(stream.encode(shown))
                written += 1
            out.mux(stream.encode(None))
        if not written:
            raise EncodingError(f"there is not one picture to write to {path.name}")
        part.replace(path)
    except (OSError, av.FFmpegError) as error:
        raise EncodingError(f"cannot write {path.name}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _size(width: int, height: int, most: int | None) -> tuple[int, int]:
    if most is None or height <= most:
        return width, height
    return 2 * round(width * most / height / 2), most


def _set_up(stream: VideoStream, how: Form, size: tuple[int, int], rate: Fraction, alpha: bool) -> None:
    codec = stream.codec_context
    codec.width, codec.height = size
    codec.pix_fmt = how.pixels
    codec.framerate, codec.time_base = rate, 1 / rate
    codec.gop_size = round(KEYFRAME_SECONDS * rate)
    codec.thread_count = 2  # with more, some codecs write other bits
    codec.color_primaries, codec.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    codec.colorspace, codec.color_range = Colorspace.ITU709, ColorRange.MPEG
    codec.flags |= Flags.global_header.value
    if how.codec == "libvpx-vp9" and alpha:
        codec.pix_fmt = "yuva420p"
        codec.options = {**how.options, "auto-alt-ref": "0"}  # with which the alpha would get lost
        stream.metadata["alpha_mode"] = "1"
    if how.codec == "prores_ks":
        codec.codec_tag = "ap4h"
    _open(codec)


def _open(codec: VideoCodecContext) -> None:
    """Open an encoder, and leave this process the priority it has.

    As root SVT-AV1 makes the thread that opens it, and so all that it starts later, run before anything else on the
    machine, which may then stand still.
    """
    if not hasattr(os, "sched_setscheduler"):  # not Linux, where it does no such thing
        codec.open()
        return
    usual = os.sched_getscheduler(0), os.sched_getparam(0)
    codec.open()
    if os.sched_getscheduler(0) != usual[0]:
        for thread in os.listdir("/proc/self/task"):
            with suppress(ProcessLookupError):  # it has ended
                os.sched_setscheduler(int(thread), *usual)


def _shown(
    frame: av.VideoFrame, codec: VideoCodecContext, number: int, keyframe: bool, rate: Fraction
) -> av.VideoFrame:
    new = frame.reformat(
        codec.width,
        codec.height,
        codec.pix_fmt,
        src_colorspace=None if "bgra" in frame.format.name else Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        interpolation=Interpolation.LANCZOS,
    )
    new.pts, new.time_base = number, 1 / rate
    new.pict_type = PictureType.I if keyframe else PictureType.NONE
    return new
