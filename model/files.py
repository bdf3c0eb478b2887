"""Files that appear whole or not at all, and what tells whether two are the same."""

import hashlib
import uuid
from contextlib import suppress
from pathlib import Path

from soakup.model.errors import ModelError


def write_whole(path: Path, content: bytes) -> None:
    """Write beside `path`, then rename, so that a killed run leaves no half of it, nor do two that write at once.

    Raises ModelError.
    """
    beside = path.with_name(f".{path.stem[:40]}.{uuid.uuid4().hex[:8]}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):  # where the folder is none, nothing was written either
            beside.unlink(missing_ok=True)
        raise ModelError(f"cannot write {path}: {error.strerror or error}") from None


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
