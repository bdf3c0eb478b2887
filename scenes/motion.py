"""Small verbs for choreography: each makes one Manim animation from a few arrays, and copies nothing."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from manim import ManimColor, Mobject, VGroup, smooth

from soakup.drawing.numbers import Change

HIDDEN = 1e-4  # the level of what cannot be seen


def together(*steps: Callable[[float], None]) -> Callable[[float], None]:
    """Several steps as one.

    >>> step = together(lambda a: print("left", a), lambda a: print("right", a))
    >>> step(0.5)
    left 0.5
    right 0.5
    """

    def step(alpha: float) -> None:
        for each in steps:
            each(alpha)

    return step


def staggered(steps: Iterable[Callable[[float], None]], lag: float) -> Callable[[float], None]:
    """The steps one after another, each beginning when `lag` of the one before is done, eased.

    self.play(Change(row, staggered([column.counting(new) for ...], lag=0.1)))
    """
    steps = list(steps)
    whole = 1 + lag * (len(steps) - 1)

    def step(alpha: float) -> None:
        for i, each in enumerate(steps):
            each(float(smooth(np.clip(alpha * whole - lag * i, 0, 1))))

    return step


def one_after_another(steps: Iterable[Callable[[float], None]], lag: float) -> Callable[[float], None]:
    """The same, but each at an even pace: for steps that are made of eased ones."""
    steps = list(steps)
    whole = 1 + lag * (len(steps) - 1)

    def step(alpha: float) -> None:
        for i, each in enumerate(steps):
            each(float(np.clip(alpha * whole - lag * i, 0, 1)))

    return step


def levels(mobjects: Iterable[Mobject], level: float) -> Callable[[float], None]:
    """A step that brings mobjects to `level` of their own full opacity, from whatever level they have now.

    self.play(Change(group, levels([a, b], style.DIM)))
    """
    members = [m for mobject in mobjects for m in mobject.get_family() if hasattr(m, "fill_rgbas")]
    starts = [getattr(m, "level", 1.0) for m in members]

    def step(alpha: float) -> None:
        for m, start in zip(members, starts, strict=True):
            set_level(m, start + (level - start) * alpha)

    return step


def gone_by(share: float, mobjects: Iterable[Mobject]) -> Callable[[float], None]:
    """A step that has faded mobjects out when `share` of it is over."""
    fading = levels(mobjects, 0.0)
    return lambda alpha: fading(min(alpha / share, 1.0))


def set_level(mobject: Mobject, level: float) -> None:
    """Put one mobject (not its family) at `level` of its full opacity, which it remembers."""
    level = max(level, HIDDEN)  # from 0 there would be no way back
    before = getattr(mobject, "level", 1.0)
    if level == before:
        return
    for name in ("fill_rgbas", "stroke_rgbas", "background_stroke_rgbas"):
        rgbas = getattr(mobject, name)
        setattr(
            mobject,
            name,
            np.column_stack([rgbas[:, :3], rgbas[:, 3] * (level / before)]),
        )
    mobject.level = level


def change(mobjects: Iterable[Mobject], step: Callable[[float], None], **kwargs) -> Change:
    """Play a step over several mobjects, eased: `self.play(change([a, b], step, run_time=1))`."""
    return Change(VGroup(*mobjects), step, **({"rate_func": smooth} | kwargs))


def tinting(mobject: Mobject, color: ManimColor, of: str = "stroke") -> Callable[[float], None]:
    """A step that moves the strokes (or the fills) of a mobject and its family to a colour."""
    members = [m for m in mobject.get_family() if len(m.points)]
    starts = [getattr(m, f"{of}_rgbas")[:, :3].copy() for m in members]
    end = np.array(color.to_rgb())

    def step(alpha: float) -> None:
        for m, start in zip(members, starts, strict=True):
            getattr(m, f"{of}_rgbas")[:, :3] = start + (end - start) * alpha

    return step


def shifting(mobjects: Iterable[Mobject], vector: Sequence[float]) -> Callable[[float], None]:
    """A step that moves mobjects by a vector from wherever they are."""
    members, done = list(mobjects), 0.0

    def step(alpha: float) -> None:
        nonlocal done
        for mobject in members:
            mobject.shift(np.asarray(vector) * (alpha - done))
        done = alpha

    return step
