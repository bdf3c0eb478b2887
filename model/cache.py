"""What is kept between runs in the user's cache folder: traces of texts read before, and weights made ready to read.

All of it can be computed again, so nothing is lost when the folder is removed, and where it cannot be written to,
nothing is kept.
"""

import hashlib
import json
import os
import time
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from soakup.model.errors import ModelError
from soakup.model.files import fingerprint, write_whole

if TYPE_CHECKING:
    from soakup.model.trace import Trace

LIMIT = 1_000_000_000  # bytes of traces; those not used for longest go first
LARGE = 20_000_000  # bytes from which a file's fingerprint is worth remembering
LIBRARIES = ("soakup", "torch", "numpy", "tokenizers", "transformers")


def folder() -> Path:
    """Where things are kept: SOAKUP_CACHE, or the place that the system has for such."""
    from platformdirs import user_cache_path

    return Path(os.environ.get("SOAKUP_CACHE") or user_cache_path("soakup", appauthor=False))


def trace_path(name: str, model: str, text: str) -> Path:
    """Where the trace of a text is kept: `name` is the model's, `model` its fingerprint.

    The name of the file depends on all that its numbers do, our own code among it.
    """
    about = json.dumps([name, model, text, _versions(), code_version()])
    return folder() / "traces" / f"{hashlib.sha256(about.encode()).hexdigest()}.safetensors"


def read_trace(path: Path) -> "Trace | None":
    """The trace kept at `path`; None where there is none that is whole."""
    from soakup.model.trace import Trace

    if not path.is_file():
        return None
    try:
        trace = Trace.load(path)
    except ModelError:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        return None
    with suppress(OSError):
        os.utime(path)  # it was used now
    return trace


def keep_trace(trace: "Trace", path: Path) -> None:
    """Keep a trace, and let older ones go where there are too many. Does nothing where that cannot be."""
    with suppress(OSError, ModelError):
        path.parent.mkdir(parents=True, exist_ok=True)
        trace.save(path)
        _trim(path.parent, LIMIT)


def _trim(traces: Path, limit: int) -> None:
    """Remove what was not used for longest until the rest is within the limit, and what killed writers have left."""
    known = []
    for entry in os.scandir(traces):
        with suppress(OSError):  # another process may have removed it just now
            about = entry.stat()
            abandoned = entry.name.endswith(".part") and about.st_mtime < time.time() - 3600
            known.append((0.0 if abandoned else about.st_mtime, about.st_size, entry.path))
    total = sum(size for _, size, _ in known)
    for used, size, path in sorted(known):
        if total <= limit and used:
            break
        with suppress(OSError):
            os.unlink(path)
        total -= size


def known_fingerprint(path: Path) -> str:
    """The SHA-256 of a file, remembered for a large one for as long as its size and time stay the same."""
    about = path.stat()
    if about.st_size < LARGE:
        return fingerprint(path)
    place = folder() / "fingerprints" / f"{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]}.json"
    state = [about.st_size, about.st_mtime_ns, about.st_ino]
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(place.read_text(encoding="utf-8"))
        if kept["state"] == state:
            return str(kept["sha256"])
    found = fingerprint(path)
    with suppress(OSError, ModelError):
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, json.dumps({"path": str(path), "state": state, "sha256": found}).encode())
    return found


@cache
def _versions() -> list[str]:
    versions = []
    for name in LIBRARIES:
        with suppress(ModuleNotFoundError):
            versions.append(f"{name} {version(name)}")
    return versions


@cache
def code_version() -> str:
    """What our own code is: while one works on it, a trace that older code computed must not come back."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
