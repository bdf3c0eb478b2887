"""All the films of a lecture in one file: `soakup render lecture.toml`.

    quality = "m"            # what stands above the first film is so for all
    theme = "light"

    [[film]]
    text = "A fox saw the moon"
    output = "moon.mp4"
    word = "moon"
    for = ["web", "pptx"]
    format = ["gif"]

A film that is as the file says already is not rendered again; what was made of each is put down in a file beside it.
"""

import hashlib
import json
import os
import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from soakup.errors import StudioError, is_ours
from soakup.lectures.targets import TARGETS
from soakup.outputs import default_path, write_files
from soakup.scene_file import SceneFile

if TYPE_CHECKING:
    from soakup.progress import Step

OWN = {"scene": str, "output": str, "quality": str, "fps": int, "seed": int, "loop": bool, "kit": str}
OWN |= {"for": list, "format": list}
SETTINGS = {
    "text": str,
    "model": str,
    "layer": int,
    "head": int,
    "word": str,
    "theme": str,
    "size": str,
    "background": str,
    "captions": str,
    "pace": float,
}
SCENE = "layer-by-layer"


@dataclass(frozen=True)
class Entry:
    """One film of a lecture: where it goes, and what is said of it."""

    output: Path
    said: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What came of a film: "rendered", "unchanged", or "failed" for a `reason`."""

    entry: Entry
    what: str
    reason: str = ""


def read(path: Path) -> list[Entry]:
    """The films of a lecture. Raises StudioError, in one sentence, for a file that cannot be understood."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise StudioError(f"cannot read {path}: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise StudioError(f"{path} is no TOML: {error}") from None
    films = told.pop("film", None)
    if not isinstance(films, list) or not films or not all(isinstance(film, dict) for film in films):
        raise StudioError(f"{path} names no films: write each under [[film]], with its text")
    entries: list[Entry] = []
    for number, film in enumerate(films, 1):
        said = {**told, **film}
        _check(said, f"film {number} of {path}")
        output = path.parent / (said["output"] if "output" in said else default_path(said["text"]).name)
        if output in [entry.output for entry in entries]:
            raise StudioError(f"two films of {path} go to {output}: name one of them with output = …")
        entries.append(Entry(output, said))
    return entries


Filming = Callable[[Entry], AbstractContextManager[Callable[["Step"], None]]]


def make(
    path: Path, *, force: bool = False, filming: Filming = lambda entry: nullcontext(lambda step: None)
) -> list[Outcome]:
    """Render what is new in a lecture, going on past a film that fails.

    `filming` hears of each film before it begins, and gives what is called after each frame, until it is done.

    Over files that it has not made itself it writes only with `force`. Raises StudioError as `read` does.
    """
    entries = read(path)
    notes = path.with_name(f".{path.name}.made.json")
    try:
        made = json.loads(notes.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        made = {}
    outcomes = []
    for entry in entries:
        name = _name(entry.output, path.parent)
        try:
            recipe = _recipe(entry, path.parent)
            known = made.get(name, {})
            if known.get("recipe") == recipe and all((path.parent / file).is_file() for file in known["files"]):
                outcomes.append(Outcome(entry, "unchanged"))
                continue
            with filming(entry) as progress:
                files = _render(entry, path.parent, force or bool(known), progress)
            made[name] = {"recipe": recipe, "files": [_name(file, path.parent) for file in files]}
            write_files({notes: (json.dumps(made, indent=1) + "\n").encode()})
            outcomes.append(Outcome(entry, "rendered"))
        except ValueError as error:
            if not is_ours(error):
                raise
            outcomes.append(Outcome(entry, "failed", str(error)))
    return outcomes


def _name(file: Path, folder: Path) -> str:
    return Path(os.path.relpath(file, folder)).as_posix()


def _check(said: dict[str, Any], where: str) -> None:
    for key, value in said.items():
        wanted = (OWN | SETTINGS).get(key)
        if wanted is None:
            raise StudioError(
                f"{where} says {key} = …, and there is no such thing: there are {', '.join(OWN | SETTINGS)}"
            )
        fits = isinstance(value, int | float) if wanted is float else isinstance(value, wanted)
        if not fits or isinstance(value, bool) != (wanted is bool):
            raise StudioError(f"{where} says {key} = {value!r}, which is not of the kind {wanted.__name__}")
    if "text" not in said:
        raise StudioError(f"{where} has no text")
    for target in said.get("for", []):
        if target not in TARGETS:
            raise StudioError(f"{where} is for {target!r}: choose {', '.join(TARGETS)}")


def _recipe(entry: Entry, folder: Path) -> str:
    """A number that differs whenever the film would."""
    from soakup import film, model  # noqa: F401 - all that is drawn with, which `context` looks at
    from soakup.fingerprint import context

    scene = SceneFile.named_by(_within(entry.said["text"], folder))
    of = [
        entry.said,
        scene.path.read_text(encoding="utf-8") if scene else model.open(entry.said.get("model", "tiny")).fingerprint,
        context(),
    ]
    return hashlib.blake2b(json.dumps(of, sort_keys=True).encode(), digest_size=16).hexdigest()


def _render(entry: Entry, folder: Path, force: bool, progress: Callable[["Step"], None]) -> list[Path]:
    from soakup import film
    from soakup.lectures import embedding

    said = entry.said
    settings = {key: value for key, value in said.items() if key in SETTINGS}
    scene: str | SceneFile = said.get("scene", SCENE)
    if (file := SceneFile.named_by(_within(said["text"], folder))) is not None:
        scene = file
        del settings["text"]
    for target in said.get("for", []):
        embedding.check(entry.output, target, force=force)
    made = film.render(
        scene,
        entry.output,
        quality=said.get("quality", "h"),
        fps=said.get("fps"),
        seed=said.get("seed", 0),
        settings=settings,
        force=force,
        kit=said.get("kit", "full"),
        formats=said.get("format", []),
        loop=said.get("loop", False),
        progress=progress,
    )
    files = list(made.files)
    for target in said.get("for", []):
        files += embedding.embed(made.path, target, force=force).files
    return files


def _within(text: str, folder: Path) -> str:
    """A scene's file is named as it stands beside the lecture."""
    return str(folder / text) if ".py" in text and (folder / text.partition(":")[0]).is_file() else text
