"""A clip, made into the files of a target."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soakup.errors import OutputError, StudioError, is_ours
from soakup.lectures.clip import Clip
from soakup.lectures.questions import Standing, standing
from soakup.lectures.targets import OPTIONS, SUFFIXES, TARGETS
from soakup.outputs import check_name, check_places, write_files


@dataclass(frozen=True)
class Made:
    """What was written, the one to open first; and what there is to say about it, a sentence each."""

    files: list[Path]
    notes: list[str] = field(default_factory=list)


def embed(
    clip: Path,
    target: str,
    output: Path | None = None,
    *,
    force: bool = False,
    options: Mapping[str, Any] | None = None,
) -> Made:
    """Write the files of `target` for a film of soakup's, `output` being the first (beside the clip when not given).

    Raises a ValueError whose message is one sentence (NotAClip, OutputError, StudioError) where that cannot be; nothing
    is written then.
    """
    check(target, options or {})
    opened = Clip.open(clip)
    module = importlib.import_module(f"soakup.lectures.{target.replace('-', '_')}")
    told = dict(options or {})
    default = getattr(module, "default", None)
    first = output or (default(opened, **told) if default else clip.with_suffix(SUFFIXES[target]))
    ending = "." + SUFFIXES[target].rpartition(".")[2]
    if first.suffix.lower() != ending:
        raise OutputError(f"{first} is to be for {target}: name it FILE{ending}")
    check_name(first)
    notes: list[str] = []
    if getattr(module, "ASKS", False):
        told["standing"] = _standing(opened, notes)
    check_places(module.outputs(opened, first), force)
    files = module.files(opened, first, **told)
    write_files(files)
    return Made(list(files), notes)


def check(target: str, options: Mapping[str, Any]) -> None:
    """Raise StudioError where there is no such target, or it knows nothing of one of these options."""
    if target not in TARGETS:
        raise StudioError(f"there is no target {target!r}: choose {', '.join(TARGETS)}")
    for name in options:
        if name not in OPTIONS[target]:
            raise StudioError(f"{target} takes no --{name}: leave it out")


def _standing(clip: Clip, notes: list[str]) -> list[Standing]:
    """What one can point at in a film; a film that cannot be asked is still a film."""
    try:
        return standing(clip)
    except ValueError as error:
        if not is_ours(error):
            raise
        notes.append(f"It can be watched and stepped through, but not asked what it shows: {error}")
        return []
