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
from soakup.outputs import check_places, write_files


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
    first = check(clip, target, output, force=force, options=options)
    opened = Clip.open(clip)
    module, told = _module(target), dict(options or {})
    notes: list[str] = []
    if getattr(module, "ASKS", False):
        told["standing"] = may_be_asked(opened, notes)
    files = module.files(opened, first, **told)
    write_files(files)
    return Made(list(files), notes)


def check(
    clip: Path,
    target: str,
    output: Path | None = None,
    *,
    force: bool = False,
    options: Mapping[str, Any] | None = None,
) -> Path:
    """Raise StudioError (OutputError), before any work, where `embed` could not write, or knows nothing of an option.

    Returns the first of the files that it would write. The clip need not be there yet.
    """
    options = options or {}
    if target not in TARGETS:
        raise StudioError(f"there is no target {target!r}: choose {', '.join(TARGETS)}")
    for name in options:
        if name not in OPTIONS[target]:
            raise StudioError(f"{target} takes no --{name}: leave it out")
    module = _module(target)
    default = getattr(module, "default", None)
    first = output or (default(clip, **options) if default else clip.with_suffix(SUFFIXES[target]))
    endings = getattr(module, "ENDINGS", ("." + SUFFIXES[target].rpartition(".")[2],))
    if first.suffix.lower() not in endings:
        raise OutputError(
            f"{first} is to be for {target}: name it {' or '.join(f'FILE{ending}' for ending in endings)}"
        )
    check_places(module.outputs(first), force)
    return first


def _module(target: str) -> Any:
    return importlib.import_module(f"soakup.lectures.{target.replace('-', '_')}")


def may_be_asked(clip: Clip, notes: list[str]) -> list[Standing]:
    """What one can point at in a film; one that cannot be asked is still a film, and the reason goes to the `notes`."""
    try:
        return standing(clip)
    except ValueError as error:
        if not is_ours(error):
            raise
        notes.append(f"It can be watched and stepped through, but not asked what it shows: {error}")
        return []
