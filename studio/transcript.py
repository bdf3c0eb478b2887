"""What a film says, in words, for whoever cannot watch it: a transcript with times, and a short text for its place."""

import re
from collections.abc import Mapping
from typing import Any

from soakup.subtitles import Cue

MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$&])")  # what Markdown, or a program that shows it, may read as more than text


def cues(about: Mapping[str, Any]) -> list[Cue]:
    """The captions of a film, from its manifest."""
    said = about["subcaptions"] if "subcaptions" in about else about["beats"]
    return [Cue(beat["start"], beat["end"], beat.get("caption", beat.get("text", ""))) for beat in said]


def title(about: Mapping[str, Any]) -> str:
    """What a film is called: the text it is of, or the name of its scene."""
    return about.get("text") or about["scene"].rpartition(":")[2]


def alt_text(about: Mapping[str, Any]) -> str:
    """What stands for a film where it is not seen: what it is of, how long it is, and how it ends.

    One paragraph, from the manifest of the film; the transcript has the rest.
    """
    said = [cue.text for cue in cues(about) if cue.text]
    ends = f" It ends with: {_sentence(said[-1])}" if said else ""
    length = in_words(about["duration"])
    if "model" not in about:
        return f"Silent animation of {length}: {title(about)}.{ends}"
    idea = f": {about['idea']}" if about.get("idea") else ""
    return (
        f"Silent animation of {length}{idea}. The transformer “{about['model']['name']}” reads "
        f"“{' '.join(about['text'].split())}”.{ends}"
    )


def transcript(about: Mapping[str, Any]) -> str:
    """All that a film says, each with the minute and second it is said at, as Markdown."""
    lines = [f"# {_plain(title(about))}", "", _plain(alt_text(about)), ""]
    beats = {beat["start"]: beat["name"] for beat in about["beats"]}
    for cue in cues(about):
        if cue.text.strip():
            name = beats.get(cue.start, "")
            heading = f"**{clock(cue.start)}** {_plain(name)}".rstrip()
            lines += [f"{heading}  ", _plain(cue.text), ""]
    if "model" in about:
        model = about["model"]
        lines.append(
            f"Every number is the model's own ({_plain(model['name'])}, {model['fingerprint'][:12]}); "
            "`soakup verify` computes each anew."
        )
    return "\n".join(lines).rstrip() + "\n"


def clock(seconds: float) -> str:
    """A moment of a film as players show it.

    >>> clock(83.4)
    '1:23'
    """
    minutes, rest = divmod(int(seconds + 1e-6), 60)
    return f"{minutes}:{rest:02}"


def in_words(seconds: float) -> str:
    """How long something takes, to be read aloud.

    >>> in_words(83.4), in_words(1)
    ('1 minute 23 seconds', '1 second')
    """
    minutes, rest = divmod(max(1, round(seconds)), 60)
    parts = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in ((minutes, "minute"), (rest, "second")) if n]
    return " ".join(parts)


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", "…")) else text + "."


def _plain(text: str) -> str:
    """A text as Markdown that shows it to the letter, on one line."""
    return MARKUP.sub(r"\\\1", " ".join(text.split()))
