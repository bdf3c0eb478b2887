"""What a page asks for, held against what there is, and as the command that does the same."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from soakup.errors import StudioError
from soakup.scene_file import SceneFile

SCENE, MODEL, THEME, SIZE, QUALITY = (
    "layer-by-layer",
    "tiny",
    "dark",
    "16:9",
    "h",
)  # what `soakup render` takes when not told
THEMES = ("dark", "light")
SIZES = ("16:9", "1:1", "9:16")
QUALITIES = {"l": "480p15", "m": "720p30", "h": "1080p60", "k": "2160p60"}
LONGEST = 2000  # characters of a text


@dataclass(frozen=True)
class Choices:
    """What can be chosen: scenes by name with their idea, and models. `file` is the user's own, given when started."""

    scenes: Mapping[str, str]
    models: Mapping[str, str]
    file: SceneFile | None = None

    @property
    def file_name(self) -> str | None:
        if self.file is None:
            return None
        return f"{self.file.path}:{self.file.scene}" if self.file.scene else str(self.file.path)


@dataclass(frozen=True)
class Asked:
    """A film to be shown or made."""

    scene: str | SceneFile
    settings: Mapping[str, Any] = field(default_factory=dict)
    quality: str = QUALITY

    @classmethod
    def by(cls, page: Mapping[str, Any], choices: Choices) -> "Asked":
        """What a page asks for. Raises StudioError, in one sentence, where there is no such thing."""
        quality = _one_of(page, "quality", QUALITIES, QUALITY)
        settings: dict[str, Any] = {}
        if choices.file is not None and page.get("scene") in (None, choices.file_name):
            scene: str | SceneFile = choices.file
        else:
            scene = _one_of(page, "scene", choices.scenes, SCENE)
            text = page.get("text")
            if not isinstance(text, str) or not text.strip():
                raise StudioError("there is no sentence yet: type one")
            if len(text) > LONGEST:
                raise StudioError(f"the text has {len(text)} characters, and {LONGEST} are the most there can be here")
            settings["text"] = text
        if page.get("model") is not None:
            settings["model"] = _one_of(page, "model", choices.models, MODEL)
        if page.get("theme") is not None:
            settings["theme"] = _one_of(page, "theme", THEMES, THEME)
        if page.get("size") is not None:
            settings["size"] = _one_of(page, "size", SIZES, SIZE)
        for name in ("layer", "head"):
            number = page.get(name)
            if number is not None:
                if type(number) is not int:
                    raise StudioError(f"{name} is a number, and not {number!r}")
                settings[name] = number
        word = page.get("word")
        if word is not None:
            if not isinstance(word, str) or len(word) > LONGEST:
                raise StudioError("the word to follow is one of the sentence's")
            settings["word"] = word
        return cls(scene, settings, quality)

    def job(self) -> dict[str, Any]:
        """As the jobs of the warm process take it."""
        return {"scene": self.scene, "settings": dict(self.settings)}

    def command(self) -> str:
        """The command that films this."""
        parts = ["soakup", "render"]
        usual = {"scene": SCENE, "model": MODEL, "theme": THEME, "size": SIZE}
        if isinstance(self.scene, SceneFile):
            parts.append(f"{self.scene.path}:{self.scene.scene}" if self.scene.scene else str(self.scene.path))
            given: dict[str, Any] = dict(self.settings)
            usual = {}  # the file may say otherwise
        else:
            parts.append(self.settings["text"])
            given = {"scene": self.scene, **{k: v for k, v in self.settings.items() if k != "text"}}
        for name in ("scene", "model", "layer", "head", "word", "theme", "size"):
            value = given.get(name)
            if value is not None and value != usual.get(name):
                parts += [f"--{name}", str(value)]
        if self.quality != QUALITY:
            parts += ["-q", self.quality]
        return shlex.join(parts)


def _one_of(page: Mapping[str, Any], name: str, there: Any, usual: str) -> str:
    chosen = page.get(name)
    if chosen is None:
        return usual
    if not isinstance(chosen, str) or chosen not in there:
        raise StudioError(f"there is no {name} {str(chosen)[:80]!r}: choose {', '.join(there)}")
    return chosen
