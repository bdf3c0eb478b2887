"""Notices when a file is saved: a scene of the user's or what it imports from beside it, or a scene of ours."""

from collections.abc import Iterable
from pathlib import Path

from soakup.scene_file import SceneFile

SECONDS = 0.4  # between two looks
MOST = 200  # files beside a scene that are looked at

OURS = [Path(__file__).parents[2] / name for name in ("scenes", "drawing", "model")]


class Watch:
    """The files as they were at the last look."""

    def __init__(self, file: SceneFile | None) -> None:
        self.file = file
        self._own, self._ours = self._look()

    def changed(self) -> str | None:
        """What was saved since the last look: "scene", "soakup", or None."""
        before, now = (self._own, self._ours), self._look()
        self._own, self._ours = now
        if before[1] != now[1]:
            return "soakup"
        return "scene" if before[0] != now[0] else None

    def _look(self) -> tuple[dict[Path, int], dict[Path, int]]:
        beside = sorted(self.file.path.parent.glob("*.py"))[:MOST] if self.file else []
        named = [self.file.path] if self.file else []
        return _times({*beside, *named}), _times(path for folder in OURS for path in folder.glob("*.py"))


def _times(paths: Iterable[Path]) -> dict[Path, int]:
    times = {}
    for path in paths:
        try:
            times[path] = path.stat().st_mtime_ns
        except OSError:
            times[path] = 0  # gone, or being replaced
    return times
