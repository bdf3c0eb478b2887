"""Where a film goes: its name, the files around it, and how they come to stand there whole or not at all."""

import fcntl
import os
import re
import shutil
import signal
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from soakup.errors import OutputError

SUFFIX = ".mp4"
NAME_BYTES = 80
LONGEST_NAME = 240  # bytes; systems take 255, and `.poster.png` and `.part` are still to come
RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d")  # devices on Windows, whatever the suffix


def default_path(text: str) -> Path:
    """Where a film goes when nobody says: into `out/`, named by the words of `text`.

    >>> default_path("The cat's hat, again!").as_posix()
    'out/the-cats-hat-again.mp4'
    """
    name = _words(text) or "film"
    if len(name.encode()) > NAME_BYTES:
        cut = name.encode()[:NAME_BYTES].decode(errors="ignore")
        name = cut.rpartition("-")[0] or cut
    if RESERVED.fullmatch(name):
        name += "-film"
    return Path("out", name + SUFFIX)


def still_name(beat: int | str) -> str:
    """How a beat is called in the name of its still.

    >>> still_name("layer 1, attention")
    'layer-1-attention'
    """
    return (f"beat-{beat}" if isinstance(beat, int) else _words(beat)[:NAME_BYTES]) or "still"


def _words(text: str) -> str:
    spoken = re.sub("['’]", "", unicodedata.normalize("NFC", text).lower())
    return "-".join("".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in spoken).split())


def check_name(path: Path) -> None:
    """Raise OutputError where a file's name is too long."""
    if len(os.fsencode(path.name)) > LONGEST_NAME:
        raise OutputError(f"the name of {path} is too long for a file: name it more briefly with -o")


def check_place(path: Path, force: bool) -> None:
    """Raise OutputError, before any work, where a file cannot be written or (without `force`) exists."""
    if path.is_dir():
        raise OutputError(f"{path} is a folder: name another file with -o")
    if path.exists() and not force:
        raise OutputError(f"{path} exists: write over it with --force, or name another file with -o")
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(f"cannot write into {folder}: {error.strerror}") from None


KITS = ("full", "minimal")
# The forms a film can stand in beside its .mp4, and what each file ends in.
FORMATS = {
    "webm": ".webm",
    "mov": ".mov",
    "gif": ".gif",
    "apng": ".apng",
    "webp": ".webp",
    "png": ".frames.zip",
    "av1": ".av1.mp4",
}


@dataclass(frozen=True)
class Outputs:
    """A film and the files that stand beside it, the kit: all of them, or (`minimal`) the manifest alone."""

    film: Path
    kit: str = "full"
    formats: tuple[str, ...] = ()  # in which it stands there too; see FORMATS

    @property
    def manifest(self) -> Path:
        return self.film.with_suffix(".json")

    @property
    def captions(self) -> Path:
        return self.film.with_suffix(".vtt")

    @property
    def subtitles(self) -> Path:
        return self.film.with_suffix(".srt")

    @property
    def transcript(self) -> Path:
        return self.film.with_suffix(".md")

    @property
    def alt(self) -> Path:
        return self.film.with_suffix(".alt.txt")

    @property
    def poster(self) -> Path:
        return self.film.with_suffix(".poster.png")

    @property
    def last(self) -> Path:
        return self.film.with_suffix(".last.png")

    def format(self, name: str) -> Path:
        return self.film.with_suffix(FORMATS[name])

    def __iter__(self) -> Iterator[Path]:
        yield self.manifest
        if self.kit == "full":
            yield from (self.captions, self.subtitles, self.transcript, self.alt, self.poster, self.last)
        yield from map(self.format, self.formats)
        yield self.film  # last: where it stands, the others do

    def check(self, force: bool) -> None:
        """Raise OutputError, before any work, where the files cannot be written or (without `force`) exist."""
        if self.film.suffix.lower() != SUFFIX:
            named = f"ends in {self.film.suffix}" if self.film.suffix else "has no suffix"
            raise OutputError(f"{self.film} {named}, and soakup writes {SUFFIX} files: name it FILE{SUFFIX}")
        check_name(self.film)
        for path in reversed([*self]):
            check_place(path, force)

    def place(self, work: "Outputs") -> None:
        """Bring finished files from `work` here: all of them or none. Raises OutputError."""
        beside = [path.with_name(f".{path.name}.part") for path in self]
        new = [path for path in self if not path.exists()]
        try:
            self.film.parent.mkdir(parents=True, exist_ok=True)
            for source, part in zip(work, beside, strict=True):
                shutil.copyfile(source, part)
            with _undisturbed():
                for part, path in zip(beside, self, strict=True):
                    part.replace(path)
        except OSError as error:
            for path in new:
                path.unlink(missing_ok=True)
            raise OutputError(f"cannot write {self.film}: {error.strerror}") from None
        finally:
            for part in beside:
                with suppress(OSError):
                    part.unlink(missing_ok=True)


def check_places(paths: Iterable[Path], force: bool) -> None:
    """Raise OutputError, before any work, where one of these cannot be written or (without `force`) exists."""
    for path in paths:
        check_name(path)
        check_place(path, force)


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write files: all of them or none. Raises OutputError."""
    beside = {path: path.with_name(f".{path.name}.part") for path in files}
    new = [path for path in files if not path.exists()]
    last = next(iter(files))
    try:
        for last, data in files.items():
            last.parent.mkdir(parents=True, exist_ok=True)
            beside[last].write_bytes(data)
        with _undisturbed():
            for last, part in beside.items():
                part.replace(last)
    except OSError as error:
        for path in new:
            path.unlink(missing_ok=True)
        raise OutputError(f"cannot write {last}: {error.strerror}") from None
    finally:
        for part in beside.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)


@contextmanager
def work_folder() -> Iterator[Path]:
    """A folder for one render's files in the making, gone afterwards; those that killed renders left are removed."""
    home = cache_home()
    with ExitStack() as open_locks:
        # Whoever holds a folder's lock is alive: the system lets go of it even for a process that was killed.
        with (home / "lock").open("w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            for left in home.glob("render-*"):
                _remove_if_abandoned(left)
            folder = Path(tempfile.mkdtemp(prefix="render-", dir=home))
            fcntl.flock(open_locks.enter_context((folder / "lock").open("w")), fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def cache_home() -> Path:
    """Where films are made, and finished segments of them kept."""
    for home in (platformdirs.user_cache_path("soakup"), Path(tempfile.gettempdir(), f"soakup-{os.getuid()}")):
        with suppress(OSError):  # a home that cannot be written to
            home.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=home):
                return home
    raise OutputError(f"cannot write into {home}, where a film is made before it is put in its place")


def _remove_if_abandoned(folder: Path) -> None:
    try:
        with (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    except OSError:  # killed before it had a lock
        pass
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Ctrl-C and a request to end wait."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
