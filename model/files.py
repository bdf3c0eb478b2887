"""Files that appear whole or not at all."""

from contextlib import suppress
from pathlib import Path

from soakup.model.errors import ModelError


def write_whole(path: Path, content: bytes) -> None:
    """Write beside `path`, then rename, so that a killed run leaves no half of it. Raises ModelError."""
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):  # where the folder is none, nothing was written either
            beside.unlink(missing_ok=True)
        raise ModelError(f"cannot write {path}: {error.strerror or error}") from None
