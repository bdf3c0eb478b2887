"""Small verbs for choreography: each makes one Manim animation from a few arrays, and copies nothing."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from manim import ManimColor, Mobject, VGroup, smooth

from soakup.drawing.numbers import Change

HIDDEN = 1e-4  # the level of what cannot be seen
HALF = 0.45  # that of what flies over things which are to be read


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
            each(1.0 if alpha >= 1 else float(smooth(np.clip(alpha * whole - lag * i, 0, 1))))  # the last to its end

    return step


def one_after_another(steps: Iterable[Callable[[float], None]], lag: float) -> Callable[[float], None]:
    """The same, but each at an even pace: for steps that are made of eased ones."""
    steps = list(steps)
    whole = 1 + lag * (len(steps) - 1)

    def step(alpha: float) -> None:
        for i, each in enumerate(steps):
            each(1.0 if alpha >= 1 else float(np.clip(alpha * whole - lag * i, 0, 1)))

    return step


def in_turn(steps: Iterable[Callable[[float], None]]) -> Callable[[float], None]:
    """The same, none begun before the one before it is done: for steps of one thing that goes from place to place."""
    steps = list(steps)

    def step(alpha: float) -> None:
        now = min(int(alpha * len(steps)), len(steps) - 1)
        for each in steps[:now]:
            each(1.0)
        steps[now](min(alpha * len(steps) - now, 1.0))

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


def during(start: float, end: float, step: Callable[[float], None]) -> Callable[[float], None]:
    """A step that takes place in a part of the time.

    >>> during(0.5, 1.0, print)(0.75)
    0.5
    """
    return lambda alpha: step(min(max(alpha - start, 0.0) / (end - start), 1.0))


def after(start: float, step: Callable[[float], None]) -> Callable[[float], None]:
    """A step that is not even begun before a part of the time is over.

    >>> after(0.5, print)(0.25)
    >>> after(0.5, print)(0.75)
    0.5
    """
    return lambda alpha: step((alpha - start) / (1 - start)) if alpha > start else None


def gone_by(share: float, mobjects: Iterable[Mobject]) -> Callable[[float], None]:
    """A step that has faded mobjects out when `share` of it is over."""
    return during(0.0, share, levels(mobjects, 0.0))


def set_level(mobject: Mobject, level: float) -> None:
    """Put one mobject (not its family) at `level` of its full opacity, which it remembers."""
    level = max(level, HIDDEN)  # from 0 there would be no way back
    before = getattr(mobject, "level", 1.0)
    if level == before:
        return
    factors = np.array([1.0, 1.0, 1.0, level / before])
    for name in ("fill_rgbas", "stroke_rgbas", "background_stroke_rgbas"):
        setattr(mobject, name, getattr(mobject, name) * factors)  # a new array: two mobjects may share one
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


def going(mobject: Mobject, to: Sequence[float], scale: float = 1.0) -> Callable[[float], None]:
    """A step in which a mobject goes to a point and takes another size on its way."""
    members = [m for m in mobject.get_family() if len(m.points)]
    homes, start = [m.points.copy() for m in members], mobject.get_center()
    way = np.asarray(to, dtype=float) - start

    def step(alpha: float) -> None:
        for m, home in zip(members, homes, strict=True):
            m.points = (home - start) * (1 + (scale - 1) * alpha) + start + way * alpha

    return step


def along(mobject: Mobject, stops: Sequence[Sequence[float]]) -> Callable[[float], None]:
    """A step in which a mobject goes straight from stop to stop, from where it is, at an even pace."""
    way = np.array([mobject.get_center(), *stops], dtype=float)
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])

    def step(alpha: float) -> None:
        mobject.move_to([np.interp(alpha * lengths[-1], lengths, way[:, k]) for k in range(3)])

    return step


def becoming(mobject: Mobject, other: Mobject) -> Callable[[float], None]:
    """A step in which a mobject takes the place, size and turn of another of the same outlines."""
    members, others = ([m for m in each.get_family() if len(m.points)] for each in (mobject, other))
    pairs = [(m, m.points.copy(), o.points.copy()) for m, o in zip(members, others, strict=True)]

    def step(alpha: float) -> None:
        for m, start, end in pairs:
            m.points = start + (end - start) * alpha

    return step


def half_there(
    mobjects: Iterable[Mobject],
    step: Callable[[float], None],
    in_the_end: float = 1.0,
    by: float = 0.12,
    until: float = 0.985,
) -> Callable[[float], None]:
    """A step of mobjects that are half there on their way, `by` one share of it and `until` another, for what they
    pass to be read, and at the end at a level."""
    glyphs = [m for mobject in mobjects for m in mobject.get_family() if len(m.points)]
    starts = [getattr(m, "level", 1.0) for m in glyphs]

    def both(alpha: float) -> None:
        step(alpha)
        for m, start in zip(glyphs, starts, strict=True):
            set_level(m, float(np.interp(alpha, [0, by, until, 1], [start, HALF, HALF, in_the_end])))

    return both


def coming_from(mobject: Mobject, start: Sequence[float]) -> Callable[[float], None]:
    """A step in which a mobject comes from a point to where it stands now, half there on its way."""
    home = mobject.get_center()
    mobject.move_to(start)
    levels([mobject], 0.06)(1.0)
    return half_there([mobject], going(mobject, home))


def opening(mobjects: Iterable[Mobject], point: Sequence[float]) -> Callable[[float], None]:
    """A step in which mobjects open out of a point, and become visible, to where they stand now."""
    mobjects = list(mobjects)
    members = [m for mobject in mobjects for m in mobject.get_family() if len(m.points)]
    homes, start = [m.points.copy() for m in members], np.asarray(point, dtype=float)
    levels(mobjects, 0.0)(1.0)
    showing = levels(mobjects, 1.0)

    def step(alpha: float) -> None:
        for m, home in zip(members, homes, strict=True):
            m.points = start + (home - start) * max(alpha, 0.02)
        showing(min(2 * alpha, 1.0))

    return step


def collapsing(mobjects: Iterable[Mobject], point: Sequence[float]) -> Callable[[float], None]:
    """A step in which mobjects shrink into a point, and are gone."""
    mobjects = list(mobjects)
    members = [m for mobject in mobjects for m in mobject.get_family() if len(m.points)]
    homes, end = [m.points.copy() for m in members], np.asarray(point, dtype=float)
    leaving = levels(mobjects, 0.0)

    def step(alpha: float) -> None:
        for m, home in zip(members, homes, strict=True):
            m.points = end + (home - end) * max(1 - alpha, 0.02)
        leaving(float(np.clip(2 * alpha - 0.5, 0, 1)))  # half gone before they are where something may stand

    return step
