"""Captions as WebVTT (https://www.w3.org/TR/webvtt1/), which browsers read, and as SubRip, which all else does."""

import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said from `start` to `end`, in seconds."""

    start: float
    end: float
    text: str


def write_vtt(cues: Iterable[Cue]) -> str:
    """The cues as one WebVTT file. Their text is shown as it stands: nothing in it is read as markup."""
    blocks = ["WEBVTT"]
    for cue in spoken(cues):
        blocks.append(f"{_clock(cue.start)} --> {_clock(cue.end)}\n{html.escape(cue.text, quote=False)}")
    return "\n\n".join(blocks) + "\n"


def write_srt(cues: Iterable[Cue]) -> str:
    """The cues as one SubRip file.

    The format knows no escaping, and players read `<i>` and `{\\an8}` as markup: a word joiner, which is not seen, goes
    behind each such bracket.
    """
    blocks = []
    for number, cue in enumerate(spoken(cues), 1):
        said = cue.text.replace("<", "<\u2060").replace("{", "{\u2060")
        blocks.append(f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{said}\n")
    return "\n".join(blocks)


def spoken(cues: Iterable[Cue]) -> Iterator[Cue]:
    """The cues that say something for some time, each without empty lines, which would end it."""
    for cue in cues:
        lines = [line for line in cue.text.replace("\0", "\ufffd").splitlines() if line.strip()]
        if lines and cue.end > cue.start:
            yield Cue(cue.start, cue.end, "\n".join(lines))


def _clock(seconds: float, point: str = ".") -> str:
    milliseconds = round(seconds * 1000)
    return (
        f"{milliseconds // 3_600_000:02}:{milliseconds // 60_000 % 60:02}"
        f":{milliseconds // 1000 % 60:02}{point}{milliseconds % 1000:03}"
    )
