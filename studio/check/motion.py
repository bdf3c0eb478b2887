"""What two moments in a row can do wrong: things that jump, come from nowhere or are gone at once."""

from collections.abc import Iterator

import numpy as np

from soakup.check.fault import Fault
from soakup.check.snapshot import SEEN, STILL, Snapshot

POINT = 0.1  # units; what is smaller may grow where nothing was
JUMP = 0.25  # units in one frame, at which a move may be a jump
SPIKE = 6  # how many times farther than in the frame before and after
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


class Pace:
    """Follows one play and finds what in it moves much farther in one frame than in those around it."""

    def __init__(self) -> None:
        self.last: Snapshot | None = None
        self.steps: list[dict[int, float]] = []  # of the frames before, by outline

    def next(self, screen: Snapshot) -> Iterator[Fault]:
        """Take the next frame of the play; the jumps of the frame before it."""
        if self.last is not None:
            old, new, moved = _paired(self.last, screen)
            far = moved > JUMP / SPIKE
            step = {id(screen.outlines[k]): float(d) for k, d in zip(new[far], moved[far], strict=True)}
            self.steps = [*self.steps[-2:], step]
            if len(self.steps) >= 2:
                yield from self._spikes(self.last, *(self.steps if len(self.steps) == 3 else [{}, *self.steps]))
            yield from self._flashes(self.last, old, screen, new)
        self.last = screen

    def end(self) -> Iterator[Fault]:
        """The jumps of the play's last frame."""
        if self.last is not None and self.steps:
            yield from self._spikes(self.last, self.steps[-2] if len(self.steps) > 1 else {}, self.steps[-1], {})

    def _spikes(self, screen: Snapshot, before: dict, step: dict, after: dict) -> Iterator[Fault]:
        places = {id(m): k for k, m in enumerate(screen.outlines)}
        for own, far in step.items():
            k = places.get(own)
            around = max(before.get(own, 0.0), after.get(own, 0.0))
            if k is not None and far > SPIKE * around + JUMP and screen.opacity[k] >= SEEN:
                yield Fault("jump", (screen.name(k),), f"{screen.name(k)} jumps {far:.2f} units within a play")

    def _flashes(self, before: Snapshot, old: np.ndarray, after: Snapshot, new: np.ndarray) -> Iterator[Fault]:
        change = np.abs(before.opacity[old] - after.opacity[new])
        for k in new[change > AT_ONCE]:
            yield Fault("flash", (after.name(k),), f"{after.name(k)} comes or goes within one frame")


def _paired(before: Snapshot, after: Snapshot) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The outlines that are in both: their places in each, and how far each has moved."""
    was, now = (np.array([id(m) for m in s.outlines], dtype=np.int64) for s in (before, after))
    _, old, new = np.intersect1d(was, now, assume_unique=True, return_indices=True)
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
    large = (screen.places[:, 2:] - screen.places[:, :2]).max(axis=1, initial=0) > POINT
    return np.flatnonzero(own & large & (screen.opacity >= SEEN))


def _look_alike(before: Snapshot, gone: np.ndarray, after: Snapshot, come: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of what is gone has something of its place and colour in the new moment, and the other way round."""
    places = np.abs(before.places[gone][:, None] - after.places[None]).max(axis=2, initial=0) < STILL
    colors = np.abs(_shown_color(before)[gone][:, None] - _shown_color(after)[None]).max(axis=2, initial=0) < UNNOTICED
    stays = (places & colors & (after.opacity >= SEEN)).any(axis=1)
    places = np.abs(after.places[come][:, None] - before.places[None]).max(axis=2, initial=0) < STILL
    colors = np.abs(_shown_color(after)[come][:, None] - _shown_color(before)[None]).max(axis=2, initial=0) < UNNOTICED
    was = (places & colors & (before.opacity >= SEEN)).any(axis=1)
    return stays, was
