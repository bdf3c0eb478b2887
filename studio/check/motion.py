"""What two moments in a row can do wrong: things that jump, come from nowhere or are gone at once."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from soakup.check.fault import Fault
from soakup.check.snapshot import SEEN, STILL, Snapshot

POINT = 0.1  # units; what is smaller may grow where nothing was
JUMP = 0.25  # units in one frame, at which a move may be a jump
SPIKE = 4  # how many times farther than in the frame before
NEARLY_ALL = 0.95  # of its way in one of the steps a frame is looked at in; what only gathers speed does less
AT_ONCE = 0.75  # change of opacity or colour in one frame
UNNOTICED = 0.25  # change of colour nobody sees


def between_plays(before: Snapshot, after: Snapshot) -> Iterator[Fault]:
    """Where one play ends and the next begins, nothing has changed: what comes, goes or moves does so in a play.

    What is replaced by something that looks the same has not changed.
    """
    old, new, moved = _paired(before, after)
    for a, b in zip(old[moved > STILL], new[moved > STILL], strict=True):
        if min(before.opacity[a], after.opacity[b]) >= SEEN:
            yield Fault("jump", (after.name(b),), f"{after.name(b)} jumps {_apart(before, a, after, b):.2f} units")
    shades = np.abs(_shown_color(before)[old] - _shown_color(after)[new]).max(axis=1, initial=0)
    for b in new[(shades > UNNOTICED) & (moved <= STILL)]:
        yield Fault("flash", (after.name(b),), f"{after.name(b)} changes its colour or brightness at once")
    gone = _without(before, old)
    come = _without(after, new)
    matched_gone, matched_come = _look_alike(before, gone, after, come)
    for k in gone[~matched_gone]:
        yield Fault("gone at once", (before.name(k),), f"{before.name(k)} is gone without a play")
    for k in come[~matched_come]:
        yield Fault("there at once", (after.name(k),), f"{after.name(k)} is there without a play")


def sudden(before: Snapshot, after: Snapshot, speed: dict[int, float]) -> dict[int, int]:
    """What one frame of a play moves or changes so much that it may be at once: the outlines in `after`, by their
    identity. `speed` is how far each was moved by the frame before."""
    old, new, moved = _paired(before, after)
    faded = np.abs(before.opacity[old] - after.opacity[new])
    found = {}
    for k in np.flatnonzero((moved > JUMP) | (faded > AT_ONCE)):
        own = id(after.outlines[new[k]])
        if faded[k] > AT_ONCE or moved[k] > SPIKE * speed.get(own, 0.0):
            found[own] = int(new[k])
    return found


def speeds(before: Snapshot, after: Snapshot) -> dict[int, float]:
    """How far each outline that moves has moved, by its identity."""
    _, new, moved = _paired(before, after)
    return {id(after.outlines[k]): float(d) for k, d in zip(new[moved > STILL], moved[moved > STILL], strict=True)}


def within_a_play(moments: Sequence[Snapshot], suspects: dict[int, int]) -> Iterator[Fault]:
    """Of one frame looked at several times over, what does nearly all of its way, or its fading, in one step."""
    last = moments[-1]
    steps: dict[int, list[tuple[float, float]]] = {own: [] for own in suspects}
    for before, after in pairwise(moments):
        old, new, moved = _paired(before, after)
        for a, b, way in zip(old, new, moved, strict=True):
            if (own := id(after.outlines[b])) in steps:
                steps[own].append((float(way), abs(float(before.opacity[a] - after.opacity[b]))))
    for own, k in suspects.items():
        if last.opacity[k] < SEEN and moments[0].opacity.max(initial=0) < SEEN:
            continue
        ways, fades = np.array(steps[own]).reshape(-1, 2).T
        if ways.sum() > JUMP and ways.max() > NEARLY_ALL * ways.sum():
            yield Fault("jump", (last.name(k),), f"{last.name(k)} jumps {ways.max():.2f} units within a play")
        elif fades.sum() > AT_ONCE and fades.max() > NEARLY_ALL * fades.sum():
            yield Fault("flash", (last.name(k),), f"{last.name(k)} comes or goes within one frame")


def _paired(before: Snapshot, after: Snapshot) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The outlines that are in both: their places in each, and how far each has moved."""
    old, new = before.paired(after)
    return old, new, np.abs(before.places[old] - after.places[new]).max(axis=1, initial=0)


def _apart(before: Snapshot, a: int, after: Snapshot, b: int) -> float:
    return float(np.abs(before.places[a] - after.places[b]).max())


def _shown_color(screen: Snapshot) -> np.ndarray:
    """What an outline looks like on its ground: (n, 3)."""
    filled = screen.fills[:, 3] >= screen.strokes[:, 3]
    rgba = np.where(filled[:, None], screen.fills, screen.strokes)
    return rgba[:, :3] * rgba[:, 3:] + screen.ground * (1 - rgba[:, 3:])


def _without(screen: Snapshot, paired: np.ndarray) -> np.ndarray:
    """The outlines that can be seen and are in one moment only."""
    own = np.ones(len(screen.outlines), dtype=bool)
    own[paired] = False
    sides = screen.places[:, 2:] - screen.places[:, :2]
    drawn = (screen.strokes[:, 3] >= SEEN) | (sides.min(axis=1, initial=np.inf) > STILL)  # an area needs some height
    return np.flatnonzero(own & drawn & (sides.max(axis=1, initial=0) > POINT) & (screen.opacity >= SEEN))


def _look_alike(before: Snapshot, gone: np.ndarray, after: Snapshot, come: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of what is gone has something of its place and colour in the new moment, and the other way round."""
    places = np.abs(before.places[gone][:, None] - after.places[None]).max(axis=2, initial=0) < STILL
    colors = np.abs(_shown_color(before)[gone][:, None] - _shown_color(after)[None]).max(axis=2, initial=0) < UNNOTICED
    stays = (places & colors & (after.opacity >= SEEN)).any(axis=1)
    places = np.abs(after.places[come][:, None] - before.places[None]).max(axis=2, initial=0) < STILL
    colors = np.abs(_shown_color(after)[come][:, None] - _shown_color(before)[None]).max(axis=2, initial=0) < UNNOTICED
    was = (places & colors & (before.opacity >= SEEN)).any(axis=1)
    return stays, was
