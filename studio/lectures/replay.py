"""A film's scene, played once more as its manifest says it was made."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from soakup.errors import StudioError
from soakup.lectures.clip import Clip
from soakup.scene_file import SceneFile


class MadeOtherwise(StudioError):
    """A film that this soakup would not make as it is, so that what its scene does now says nothing of it."""


def replay(clip: Clip, look: Callable[[Any, int], None], **changes: Any) -> None:
    """Play the scene of a film without drawing it: `look(scene, frames)` sees it after each play, of which so many
    frames have passed then. `changes` are settings that differ from the film's.

    Raises MadeOtherwise where it is not the same story, and a StudioError, SceneError or ModelError where it cannot be
    played.
    """
    from soakup import film  # imports Manim

    settings: dict[str, Any] = {}
    seed = clip.about["settings"].get("seed", 0)
    if "model" in clip.about:
        settings = {name: value for name, value in clip.about["settings"].items() if value is not None}
        settings.pop("seed", None)
        if "only" in settings:
            settings["only"] = tuple(settings["only"])
        settings |= {"text": clip.about["text"], "model": clip.about["model"]["name"], **changes}
    spans = film.pass_over(_scene(clip), look, fps=clip.about["fps"], seed=seed, settings=settings)
    same = [(span.start / clip.fps, span.end / clip.fps) for span in spans]
    if same != [(beat.start, beat.end) for beat in clip.beats]:
        raise MadeOtherwise(f"{clip.path} was made by another soakup than this one: render it again")


def _scene(clip: Clip) -> str | SceneFile:
    """The scene of a film: a file of the user's is looked for beside the film, and where one stands."""
    name = clip.about["scene"]
    path, colon, scene = name.partition(":")
    if not colon:
        return name
    for folder in (clip.path.parent, Path()):
        if (folder / path).is_file():
            return SceneFile(folder / path, scene)
    raise MadeOtherwise(f"{clip.path} is of the scene {name}, whose file is neither beside it nor here")
