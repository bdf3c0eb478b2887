"""Files that appear whole or not at all."""

from pathlib import Path

from soakup.model.errors import ModelError


def write_whole(path: Path, content: bytes) -> None:
    """Write beside `path`, then rename, so that a killed run leaves no half of it. Raises ModelError."""
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        try:
            beside.unlink(missing_ok=True)
        except OSError:  # the folder itself is no folder: then nothing was written either
            pass
        raise ModelError(f"cannot write {path}: {error.strerror or error}") from None
