"""Segments into one film: their packets, as they are, one after another behind a complete header.

What a film says of itself (chapters, title, manifest) is known only when its last frame is drawn, but a player wants it
first. So the pictures lie in files of their own until then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.bitstream import BitStreamFilterContext
from av.container import Flags

from soakup.drawing.encoding import EncodingError

# x264 signs its work with its version and settings in an SEI unit (type 6), which would differ between machines.
WITHOUT_SIGNATURE = "filter_units=remove_types=6"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named stretch of a film, in frames: from `start` up to, not including, `end`."""

    title: str
    start: int
    end: int


def join(
    segments: Sequence[Path],
    path: Path,
    fps: Fraction,
    chapters: Iterable[Chapter] = (),
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Make one film of segments that an Encoder wrote with the same settings; it appears at `path` whole, or not.

    Raises EncodingError where it cannot be written.
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
            for segment in segments:
                with av.open(segment) as pictures:
                    source = pictures.streams.video[0]
                    stream = stream or film.add_stream_from_template(source)
                    unsigned = BitStreamFilterContext(WITHOUT_SIGNATURE, source)
                    for packet in pictures.demux(source):
                        if packet.dts is None:  # the demuxer's end mark
                            continue
                        for kept in unsigned.filter(packet):
                            kept.stream = stream
                            kept.pts = start + _frames(kept.pts, source.time_base, fps)
                            kept.dts = start + _frames(kept.dts, source.time_base, fps)
                            kept.duration, kept.time_base = 1, 1 / fps
                            film.mux(kept)
                    start += source.frames
        part.replace(path)
    except (OSError, av.FFmpegError) as error:
        raise EncodingError(f"cannot write the film {path.name}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _frames(time: int | None, time_base: Fraction | None, fps: Fraction) -> int:
    assert time is not None and time_base is not None  # in what the Encoder wrote
    return round(time * time_base * fps)
