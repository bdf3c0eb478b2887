"""What each quantity of a film is and where it stands, through the whole film: so that one can point and ask.

The film says how it was made. Its scene is played once more, without drawing, and looked at after each play.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soakup.errors import StudioError
from soakup.lectures.clip import Clip
from soakup.lectures.meaning import meaning
from soakup.scene_file import SceneFile


class MadeOtherwise(StudioError):
    """A film that this soakup would not make as it is, so that nothing can be said of where its quantities stand."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A quantity at one place of the picture, and from when to when it stands there, in seconds.

    `box` is left, top, right, bottom in fractions of the picture; `line` are points along it, for what is drawn as one.
    """

    path: str
    value: float | str
    text: str  # as it is written on the screen; "" where it is drawn as a size or a colour
    shown: str  # as what it is drawn
    says: str  # what it means, in a few words, or ""
    start: float
    end: float
    box: tuple[float, float, float, float]
    line: tuple[tuple[float, float], ...] = ()


def standing(clip: Clip) -> list[Standing]:
    """All that stands still in a film for a while, in the order it comes to.

    A plain Manim scene has nothing of the kind. Raises MadeOtherwise where the scene, played again, is another (after
    soakup was changed, say), and a StudioError, SceneError or ModelError where it cannot be played.
    """
    if "model" not in clip.about:
        return []
    from soakup import film  # imports Manim
    from soakup.regions import Region, regions

    settings = {name: value for name, value in clip.about["settings"].items() if value is not None}
    seed = settings.pop("seed", 0)
    if "only" in settings:
        settings["only"] = tuple(settings["only"])
    settings |= {"text": clip.about["text"], "model": clip.about["model"]["name"]}
    since: dict[Any, tuple[float, Region]] = {}
    found: list[tuple[float, float, Region]] = []
    before, trace = 0.0, None

    def look(scene: Any, frames: int) -> None:
        nonlocal before, trace
        trace = scene.trace
        now = {(region.quantity.path, region.quantity.shown, region.box): region for region in regions(scene)}
        _leave(set(since) - set(now))
        before = frames / clip.fps
        for key, region in now.items():
            since.setdefault(key, (before, region))

    def _leave(keys: set[Any]) -> None:
        for key in [key for key in since if key in keys]:  # in the order they came
            start, region = since.pop(key)
            if before > start:
                found.append((start, before, region))

    spans = film.pass_over(_scene(clip), look, fps=clip.about["fps"], seed=seed, settings=settings)
    _leave(set(since))
    assert trace is not None  # a film has frames
    same = [(span.name, span.start / clip.fps, span.end / clip.fps) for span in spans]
    if same != [(beat.name, beat.start, beat.end) for beat in clip.beats]:
        raise MadeOtherwise(f"{clip.path} was made by another soakup than this one: render it again")
    known = {(q["path"], q["text"]): q["value"] for beat in clip.about["beats"] for q in beat["quantities"]}
    for _, _, region in found:
        quantity = region.quantity
        if known.get((quantity.path, quantity.text)) != quantity.record()["value"]:
            raise MadeOtherwise(f"{clip.path} shows another {quantity.path} than this model computes: render it again")
    return [
        Standing(
            path=region.quantity.path,
            value=region.record()["value"],
            text=region.quantity.text,
            shown=region.quantity.shown,
            says=meaning(region.quantity.path, trace),
            start=start,
            end=end,
            box=region.box,
            line=region.line,
        )
        for start, end, region in sorted(found, key=lambda f: f[0])
    ]


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
