"""What each quantity of a film is and where it stands, through the whole film: so that one can point and ask.

The film says how it was made. Its scene is played once more, without drawing, and looked at after each play.
"""

from dataclasses import dataclass
from typing import Any

from soakup.lectures.clip import Clip
from soakup.lectures.meaning import meaning
from soakup.lectures.replay import MadeOtherwise, replay


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
    from soakup.regions import Region, regions  # imports Manim

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

    replay(clip, look)
    _leave(set(since))
    assert trace is not None  # a film has frames
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
