"""Segments into one film: their packets, as they are, one after another behind a complete header.

What a film says of itself (chapters, title, manifest) is known only when its last frame is drawn, but a player wants it
first. So the pictures lie in files of their own until then.
"""

import struct
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, cast

import av
from av.bitstream import BitStreamFilterContext
from av.container import Flags, OutputContainer
from av.subtitles.stream import SubtitleStream

from soakup.drawing.encoding import EncodingError

# x264 signs its work with its version and settings in an SEI unit (type 6), which would differ between machines.
WITHOUT_SIGNATURE = "filter_units=remove_types=6"

STYLE = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, BackColour, Alignment, MarginL, MarginR, MarginV
Style: Default,Serif,18,&Hffffff,&H000000,2,20,20,20

[Events]
Format: Layer, Start, End, Style, Text
"""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named stretch of a film, in frames: from `start` up to, not including, `end`."""

    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """One caption of a film, in seconds: what is said from `start` to `end`."""

    text: str
    start: float
    end: float


def join(
    segments: Sequence[Path],
    path: Path,
    fps: Fraction,
    chapters: Iterable[Chapter] = (),
    metadata: Mapping[str, str] | None = None,
    captions: Sequence[Line] = (),
    show_captions: bool = True,
) -> None:
    """Make one film of segments that an Encoder wrote with the same settings; it appears at `path` whole, or not.

    `captions`, in their order, become a track that players offer; with `show_captions` it is on from the start. Raises
    EncodingError where the film cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with av.open(part, "w", format="mp4", options={"movflags": "faststart"}) as film:
            film.flags = cast(int, Flags.bitexact.value)  # no name and version of the muxer in the file
            film.metadata.update(metadata or {})
            film.set_chapters(
                [
                    {
                        "id": i,
                        "start": chapter.start,
                        "end": chapter.end,
                        "time_base": 1 / fps,
                        "metadata": {"title": chapter.title},
                    }
                    for i, chapter in enumerate(chapters)
                ]
            )
            stream, start = None, 0
            waiting: deque[Line] = deque()
            for segment in segments:
                with av.open(segment) as pictures:
                    source = pictures.streams.video[0]
                    if stream is None:
                        stream = film.add_stream_from_template(source)
                        said = _add_captions(film) if captions else None
                        waiting.extend(captions)
                    unsigned = BitStreamFilterContext(WITHOUT_SIGNATURE, source)
                    for packet in pictures.demux(source):
                        if packet.dts is None:  # the demuxer's end mark
                            continue
                        for kept in unsigned.filter(packet):
                            kept.stream = stream
                            kept.pts = start + _frames(kept.pts, source.time_base, fps)
                            kept.dts = start + _frames(kept.dts, source.time_base, fps)
                            kept.duration, kept.time_base = 1, 1 / fps
                            while said and waiting and waiting[0].start <= kept.dts / fps:
                                film.mux(_caption(waiting.popleft(), said))
                            film.mux(kept)
                    start += source.frames
            while said and waiting:
                film.mux(_caption(waiting.popleft(), said))
        if captions and not show_captions:
            _switch_off_captions(part)
        part.replace(path)
    except (OSError, av.FFmpegError) as error:
        raise EncodingError(f"cannot write the film {path.name}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _add_captions(film: OutputContainer) -> SubtitleStream:
    stream = film.add_stream("mov_text")
    # FFmpeg opens this encoder only where it is told, in the language of ASS, how the text is to look.
    stream.codec_context.subtitle_header = STYLE
    stream.time_base = Fraction(1, 1000)
    stream.metadata["language"] = "eng"
    return stream


def _caption(line: Line, stream: SubtitleStream) -> av.Packet:
    """A line as the track holds it: the length of its text in two bytes, and the text."""
    text = line.text.encode(errors="replace")[:65535]
    packet = av.Packet(len(text).to_bytes(2, "big") + text)
    packet.stream, packet.time_base = stream, Fraction(1, 1000)
    packet.pts = packet.dts = round(line.start * 1000)
    packet.duration = round(line.end * 1000) - packet.pts
    return packet


def _switch_off_captions(path: Path) -> None:
    """Let players show the caption track only to who asks for it.

    FFmpeg switches the first track of each kind on, which it marks by one bit in the header of the track (`tkhd`).
    """
    with path.open("r+b") as film:
        for header, handler in _tracks(film):
            if handler == b"sbtl":
                film.seek(header + 11)
                (flags,) = film.read(1)
                film.seek(header + 11)
                film.write(bytes([flags & ~1]))


def _tracks(film: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """For each track of an MP4, where its header begins and what it is of."""
    end = film.seek(0, 2)
    for moov, last in _boxes(film, 0, end, b"moov"):
        for track, track_end in _boxes(film, moov, last, b"trak"):
            header = next(_boxes(film, track, track_end, b"tkhd"))[0] - 8
            mdia, mdia_end = next(_boxes(film, track, track_end, b"mdia"))
            film.seek(next(_boxes(film, mdia, mdia_end, b"hdlr"))[0] + 8)
            yield header, film.read(4)


def _boxes(film: BinaryIO, start: int, end: int, kind: bytes) -> Iterator[tuple[int, int]]:
    """From where to where the boxes of one kind reach, of those between `start` and `end`; their heads not counted."""
    while start < end:
        film.seek(start)
        size, name = struct.unpack(">I4s", film.read(8))
        head = 8
        if size == 1:
            (size,), head = struct.unpack(">Q", film.read(8)), 16
        if name == kind:
            yield start + head, start + size
        start += size


def _frames(time: int | None, time_base: Fraction | None, fps: Fraction) -> int:
    assert time is not None and time_base is not None  # in what the Encoder wrote
    return round(time * time_base * fps)
