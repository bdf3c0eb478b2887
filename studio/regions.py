"""Where on a frame every quantity stands: what someone who points at the picture means.

The quantities are those that the manifest records, and the places those at which the scene has drawn them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import Mobject, Scene

from soakup.check.snapshot import Snapshot
from soakup.passing import on_screen
from soakup.scenes.motion import HIDDEN
from soakup.scenes.quantity import Quantity

POINTS = 24  # of a line, at most
LEAST = 1e-4  # of the frame: what is smaller is not there


@dataclass(frozen=True, slots=True)
class Region:
    """One quantity on a frame, in fractions of its width and height from the upper left corner.

    `box` is left, top, right, bottom. What is drawn as a line (an arc) has little of its box to itself: `line` are
    points along it, (x, y) each; it is empty for all else.
    """

    quantity: Quantity
    box: tuple[float, float, float, float]
    line: tuple[tuple[float, float], ...] = ()

    def record(self) -> dict[str, Any]:
        """As plain data: what the manifest holds of the quantity, with `box` and, where there is one, `line`."""
        about = self.quantity.record()
        if isinstance(about["value"], np.generic):
            about["value"] = about["value"].item()
        return {**about, "box": self.box, **({"line": self.line} if self.line else {})}


def regions(scene: Scene) -> list[Region]:
    """Every quantity that can be seen on a scene as it stands, in the order it is drawn: what lies on top comes last.

    A quantity that is drawn twice has two regions. A plain Manim scene has none.
    """
    screen = Snapshot(scene)
    place = {id(outline): k for k, outline in enumerate(screen.outlines)}
    found = []
    for member in [m for mobject in on_screen(scene) for m in mobject.get_family()]:
        for quantity, parts in _drawn(member):
            seen = sorted({place[id(o)] for part in parts for o in part.get_family() if id(o) in place})
            region = _region(screen, quantity, seen)
            if region:
                found.append((seen[-1], region))
    return [region for _, region in sorted(found, key=lambda pair: pair[0])]


def _drawn(member: Mobject) -> Iterator[tuple[Quantity, Sequence[Mobject]]]:
    """The quantities of a mobject (not of its family), each with the mobjects it is drawn as."""
    quantities: Sequence[Quantity] = getattr(member, "quantities", ())
    if not quantities or getattr(member, "level", 1.0) <= HIDDEN:
        return
    parts = getattr(member, "parts_of_quantities", None)
    yield from zip(quantities, parts() if parts else [[member]] * len(quantities), strict=True)


def _region(screen: Snapshot, quantity: Quantity, seen: list[int]) -> Region | None:
    """The region of a quantity drawn as these outlines; None where that is outside the frame, or nothing."""
    if not seen:
        return None
    left, bottom, right, top = screen.camera
    corner, size = np.array([left, top]), np.array([right - left, bottom - top])  # y runs down
    boxes = screen.boxes[seen]
    ends = np.array([[boxes[:, 0].min(), boxes[:, 3].max()], [boxes[:, 2].max(), boxes[:, 1].min()]])
    start, end = (ends - corner) / size
    if (start >= 1).any() or (end <= 0).any():
        return None
    (x0, y0), (x1, y1) = np.clip([start, end], 0, 1).round(5).tolist()
    line = _line(screen, seen, corner, size)
    thin = x1 - x0 < LEAST, y1 - y0 < LEAST
    if all(thin) if line else any(thin):
        return None
    return Region(quantity, (x0, y0, x1, y1), line)


def _line(screen: Snapshot, seen: list[int], corner: np.ndarray, size: np.ndarray) -> tuple[tuple[float, float], ...]:
    """The one outline of a quantity, where it is a stroke that encloses nothing."""
    (k, *others) = seen
    if others or screen.text_of[k] >= 0 or screen.fills[k, 3] > 0.01:
        return ()
    straight = screen.lines(k)
    points = np.concatenate([straight[:, 0], straight[-1:, 1]])
    points = points[np.linspace(0, len(points) - 1, min(len(points), POINTS)).round().astype(int)]
    return tuple((x, y) for x, y in ((points - corner) / size).round(5).tolist())
