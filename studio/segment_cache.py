"""Finished segments, kept for the next render: each in a file named by what is in it, and by its own checksum."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

LIMIT = 2 * 10**9  # bytes
FOLDER = "segments"


class SegmentCache:
    """The segments in `home`. Several renders may use it at once: files appear whole, and one that goes is drawn."""

    def __init__(self, home: Path, *about: Any, work: Path | None = None) -> None:
        """`about` is what the segments of one render have in common; `work` the folder where it works."""
        self.folder = home / FOLDER
        self.about, self.work = about, work or home

    def fingerprint(self) -> Any:
        from soakup.fingerprint import Fingerprint  # which imports Manim

        return Fingerprint(self.about, self.work)

    def get(self, key: str | None, path: Path) -> bool:
        """Put the segment of this key at `path`, if it is there and sound; one that is not is thrown away."""
        for entry in self.folder.glob(f"{key}.*.mp4") if key else ():
            with suppress(OSError):
                shutil.copyfile(entry, path)
                if _checksum(path) == entry.name.split(".")[1]:
                    os.utime(entry)  # used just now
                    return True
                path.unlink()
                entry.unlink()
        return False

    def put(self, key: str, path: Path) -> None:
        """Keep a segment. Where there is no room for it, the film is made all the same."""
        part = self.folder / f"{os.getpid()}-{path.name}.part"
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(path, part)
                part.replace(self.folder / f"{key}.{_checksum(path)}.mp4")
            finally:
                part.unlink(missing_ok=True)

    def trim(self, limit: int | None = None) -> None:
        """Let go of what was used longest ago, until the rest takes no more than `limit` bytes."""
        limit = LIMIT if limit is None else limit
        left = sorted(self.entries(), key=lambda entry: entry[1].st_mtime, reverse=True)
        room = limit
        for entry, about in left:
            room -= about.st_size
            if room < 0:
                with suppress(OSError):
                    entry.unlink()

    def entries(self) -> Iterator[tuple[Path, os.stat_result]]:
        """Its files (those that killed renders left half-written, too), and what the system knows of each."""
        for path in self.folder.glob("*"):
            with suppress(OSError):
                yield path, path.stat()


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
