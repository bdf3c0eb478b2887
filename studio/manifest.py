"""The manifest of a film: what it was made from, and every quantity that each of its beats shows.

It stands beside the film as FILE.json and inside it as the tag `synopsis`. (Players print the tag `comment`, and this
is long.) It holds nothing that differs between two renders of the same input.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from soakup.errors import NotAClip, SceneFault

if TYPE_CHECKING:
    from soakup.model.trace import Trace
    from soakup.scenes.quantity import Quantity
    from soakup.subtitles import Cue

TAG = "synopsis"
LIBRARIES = ("av", "manim", "numpy", "tokenizers", "torch")


@dataclass(frozen=True)
class FilmedBeat:
    """One beat as it stands in the film: `start` and `end` in frames, the quantities it shows, once each."""

    name: str
    caption: str
    start: int
    end: int
    quantities: Sequence["Quantity"] = ()


def describe(
    *,
    scene: str,
    trace: "Trace | None",
    settings: Mapping[str, Any],
    size: tuple[int, int],
    fps: Fraction,
    beats: Sequence[FilmedBeat],
    poster: int,
    frames: int,
    idea: str = "",
    subcaptions: "Sequence[Cue] | None" = None,
) -> dict[str, Any]:
    """The manifest of a film.

    `trace` is None for a plain Manim scene, whose captions are its `subcaptions`; `size` is in pixels, `fps` frames a
    second, `poster` the frame that stands for the film, `frames` how many it has, and `idea` what its scene makes one
    understand.
    """
    manifest: dict[str, Any] = {
        "soakup": version("soakup"),
        "versions": {name: version(name) for name in LIBRARIES},
        "scene": scene,
        "settings": dict(settings),
        "width": size[0],
        "height": size[1],
        "fps": int(fps) if fps.denominator == 1 else float(fps),
        "duration": float(frames / fps),
        "loop": frames > beats[-1].end,  # after its last beat it goes back to its first frame
        "poster": float(poster / fps),
        "beats": [
            {
                "name": beat.name,
                "caption": beat.caption,
                "start": float(beat.start / fps),
                "end": float(beat.end / fps),
                "quantities": _records(beat.quantities),
            }
            for beat in beats
        ],
    }
    if idea:
        manifest["idea"] = idea
    if subcaptions is not None:
        manifest["subcaptions"] = [{"start": cue.start, "end": cue.end, "text": cue.text} for cue in subcaptions]
    if trace is not None:
        manifest["text"] = trace.text
        manifest["tokens"] = [token.text for token in trace.tokens]
        manifest["model"] = {"name": trace.model.name, "fingerprint": trace.model.fingerprint}
    return manifest


def _records(quantities: Iterable["Quantity"]) -> list[dict[str, Any]]:
    records = {}
    for quantity in quantities:
        record = quantity.record()
        if isinstance(record["value"], np.generic):
            record["value"] = record["value"].item()  # Python writes a float so that it reads back the same
        records[tuple(record.values())] = record
    return list(records.values())


def dumps(manifest: Mapping[str, Any]) -> str:
    """A manifest as JSON. Raises SceneFault for a value that is not a finite number."""
    for beat in manifest["beats"]:
        for record in beat["quantities"]:
            if isinstance(record["value"], float) and record["value"] - record["value"] != 0:
                raise SceneFault(f"beat {beat['name']!r} shows {record['path']}, which is {record['value']}")
    return json.dumps(manifest, ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True) + "\n"


def read(path: Path) -> dict[str, Any]:
    """The manifest in a film or in a .json file. Raises NotAClip, in one sentence, where there is none."""
    if not path.is_file():
        raise NotAClip(f"there is no file {path}")
    text = _text_of_json(path) if path.suffix.lower() == ".json" else _text_of_film(path)
    try:
        manifest = json.loads(text)
    except ValueError as error:
        raise NotAClip(f"{path} holds a manifest that is damaged ({error})") from None
    if not isinstance(manifest, dict) or "soakup" not in manifest or "beats" not in manifest:
        raise NotAClip(f"{path} holds no manifest of soakup's")
    return manifest


def _text_of_json(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotAClip(f"cannot read {path}: {error}") from None


def _text_of_film(path: Path) -> str:
    import av

    try:
        with av.open(path, metadata_errors="replace") as film:
            text = film.metadata.get(TAG) or film.metadata.get(TAG.upper())  # as it is called in a .webm
            if not film.streams.video:
                raise NotAClip(f"{path} is not a film")
    except (av.FFmpegError, OSError, ValueError) as error:
        if isinstance(error, NotAClip):
            raise
        raise NotAClip(f"{path} is not a film") from None
    if text is None:
        raise NotAClip(f"{path} holds no manifest: soakup did not make it, or another program has rewritten it")
    return text
