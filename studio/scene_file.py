"""A user's own scene file, `FILE.py:SceneName`: any Python file with a Manim scene in it."""

import difflib
import importlib.util
import re
import sys
import traceback
from dataclasses import dataclass
from importlib.abc import SourceLoader
from pathlib import Path
from typing import TYPE_CHECKING

from soakup.errors import SceneFileError

if TYPE_CHECKING:
    from manim import Scene

# A file's name, then perhaps the name of a scene in it.
WRITTEN = re.compile(r"(?P<path>.+\.py)(:(?P<scene>\w*))?", re.DOTALL)


@dataclass(frozen=True)
class SceneFile:
    """A Python file, and which of its scenes (None: the only one)."""

    path: Path
    scene: str | None = None

    @classmethod
    def named_by(cls, text: str) -> "SceneFile | None":
        """The scene file that `text` names, or None where it is a sentence.

        Raises SceneFileError where it looks like the name of a file that is not there.
        """
        written = WRITTEN.fullmatch(text)
        if not written:
            return None
        path = Path(written["path"])
        if path.is_file():
            return cls(path, written["scene"] or None)
        if re.search(r"\s", text):
            return None  # a sentence that happens to end in a file's name
        raise SceneFileError(f"there is no scene file {path}")

    def load(self) -> "type[Scene]":
        """Run the file and return its scene. Raises SceneFileError, in one sentence, where that fails."""
        from manim import Scene

        name = f"soakup_scene_file_{self.path.stem}"
        spec = importlib.util.spec_from_file_location(name, self.path)
        assert spec and isinstance(spec.loader, SourceLoader)  # its suffix is .py
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        folder = str(self.path.parent.absolute())
        if folder not in sys.path:
            sys.path.insert(0, folder)  # a scene file may import its neighbours, now or while it is drawn
        try:
            # Not what Python may have kept of it, which is the old one where a file of the same length was saved within
            # a second; nor does a __pycache__ come to stand beside it.
            exec(spec.loader.source_to_code(self.path.read_bytes(), self.path.absolute()), vars(module))
        except (Exception, SystemExit) as error:
            raise SceneFileError(f"{self.path} cannot be used: {describe(error, self.path)}") from error

        scenes = {
            name: value
            for name, value in vars(module).items()
            if isinstance(value, type) and issubclass(value, Scene) and value.__module__ == module.__name__
        }
        if not scenes:
            raise SceneFileError(f"{self.path} has no scene in it: a scene is a class that derives from manim.Scene")
        if self.scene is None and len(scenes) > 1:
            raise SceneFileError(f"{self.path} has {len(scenes)} scenes: name one of {', '.join(scenes)} after a colon")
        if self.scene is None:
            return next(iter(scenes.values()))
        if self.scene not in scenes:
            near = difflib.get_close_matches(self.scene, scenes, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(scenes)}"
            raise SceneFileError(f"{self.path} has no scene called {self.scene!r}; {hint}")
        return scenes[self.scene]


def describe(error: BaseException, file: Path | str | None) -> str:
    """What went wrong and, where `file` led to it, at which of its lines; in one line."""
    first_line = next(iter(str(error).strip().splitlines()), "")
    what = f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__
    if file is None:
        return what
    here = Path(file).absolute()
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).absolute() == here:
        return f"{type(error).__name__} in line {error.lineno}: {error.msg}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).absolute() == here]
    return f"line {frames[-1].lineno} of {here.name}, `{frames[-1].line}`: {what}" if frames else what
