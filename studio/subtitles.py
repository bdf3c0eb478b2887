"""Captions as WebVTT (https://www.w3.org/TR/webvtt1/), which browsers, players and slide programs read."""

import html
from collections.abc import Iterable
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
    for cue in cues:
        # An empty line would end the cue, and with it everything after the empty line.
        lines = [line for line in cue.text.replace("\0", "\ufffd").splitlines() if line.strip()]
        if lines and cue.end > cue.start:
            said = html.escape("\n".join(lines), quote=False)
            blocks.append(f"{_clock(cue.start)} --> {_clock(cue.end)}\n{said}")
    return "\n\n".join(blocks) + "\n"


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    return (
        f"{milliseconds // 3_600_000:02}:{milliseconds // 60_000 % 60:02}"
        f":{milliseconds // 1000 % 60:02}.{milliseconds % 1000:03}"
    )
