"""Numbers in the cells of a grid: they count, turn to −∞, and swing from one meaning to another."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from soakup.drawing.numbers import Number, digit_height, text_width
from soakup.scenes.motion import set_level
from soakup.scenes.quantity import Quantity, format_number

MASKED = "−∞"
MANY = "..."
EYE = 1.6  # how far before the screen the eye is, when a number swings: the nearer, the steeper the perspective
EDGE = 0.35  # how wide a number is at least, of its own width, to be seen in its swing
LIFT = 0.28  # how far towards the eye a number comes in the middle of its swing


class Entry(Number):
    """The number of one cell, its text centred on the cell's middle; numbers under each other share a format, so that
    their points stand under each other."""

    def __init__(self, quantity: Quantity, size: float, at: Sequence[float], widest: str, color: str) -> None:
        self.size, self.at = size, np.array([at[0], at[1], 0.0])
        self.quantities: tuple[Quantity, ...] = (quantity,)
        super().__init__(quantity.text, size, self.point(widest), color=color)

    def point(self, widest: str) -> np.ndarray:
        """Where the decimal point stands, for the widest number of a column to be centred."""
        decimals = len(widest.partition(".")[2])
        behind = text_width("." + "0" * decimals, self.size) if decimals else 0.0
        right = self.at[0] + text_width(widest, self.size) / 2
        return np.array([right - behind, self.at[1] - digit_height(self.size) / 2, 0.0])

    def counting(self, quantity: Quantity) -> Callable[[float], None]:
        """A step that counts from the value shown now to another."""
        old, new = float(self.quantities[0].value), float(quantity.value)

        def step(alpha: float) -> None:
            if alpha >= 1:
                self.set_text(quantity.text)
                self.quantities = (quantity,)
            else:
                self.set_text(format_number(old + (new - old) * alpha, quantity.format))

        return step

    def adding(self, terms: Sequence[float]) -> Callable[[float], None]:
        """A step that counts up to the value shown through the partial sums of terms."""
        total = self.quantities[0]
        sums = np.concatenate([[0.0], np.cumsum(terms)])

        def step(alpha: float) -> None:
            value = float(np.interp(alpha * len(terms), np.arange(len(sums)), sums))
            self.set_text(total.text if alpha >= 1 else format_number(value, total.format))

        step(0.0)
        return step

    def mask(self, color: str) -> None:
        """Show −∞, which is no score of the model's but what the mask puts in its place."""
        self.quantities = ()
        self.text, self.points = MASKED, Number(MASKED, self.size).points.copy()
        self.set_fill(color)
        self.shift((self.at[0] - self.get_center()[0], self.at[1] - digit_height(self.size) / 2, 0))

    def swinging(
        self, quantity: Quantity, widest: str, room: float, to: Sequence[float] | None = None, color=None
    ) -> Callable[[float], None]:
        """A step in which the number swings towards the viewer, about an upright axis through its middle, and lands as
        another number, in the same place or in another; on edge it is not seen, since nobody could read it. Where rows
        are low, of a height `room`, the eye is farther away, for no number to grow over its neighbours."""
        start, end = self.at, self.at if to is None else np.array([to[0], to[1], 0.0])
        before, colors = self.points - start, self.fill_rgbas[:, :3].copy()
        self.at = end
        after = Number(quantity.text, self.size, self.point(widest)).points - end
        self.at = start
        reach = LIFT + max(float(np.abs(points[:, 0]).max()) for points in (before, after))
        grown = max(room / digit_height(self.size), 1.05)  # so many times its size, a number touches one that is so too
        eye = max(EYE, reach * grown / (grown - 1))

        def step(alpha: float) -> None:
            if alpha >= 1:
                self.at, self.text, self.quantities = end, quantity.text, (quantity,)
                self.points = after + end
            else:
                shape, angle = (before, math.pi * alpha) if alpha < 0.5 else (after, math.pi * (alpha - 1))
                at = start + (end - start) * alpha
                self.points = turned(shape, angle, LIFT * math.sin(math.pi * alpha), eye) + at
            set_level(self, min(max(abs(math.cos(math.pi * alpha)) / EDGE - 1, 0.0), 1.0))
            if color is not None and alpha >= 0.5:
                self.fill_rgbas[:, :3] = color.to_rgb()
            elif color is not None:
                self.fill_rgbas[:, :3] = colors

        return step


class Untold(Entry):
    """Dots in place of a number that a run of words has not, since each of them has its own; they can swing into one
    that it has."""

    def __init__(self, size: float, at: Sequence[float], color: str) -> None:
        self.size, self.at = size, np.array([at[0], at[1], 0.0])
        self.quantities: tuple[Quantity, ...] = ()
        left = self.at - [text_width(MANY, size) / 2, digit_height(size) / 2, 0]
        Number.__init__(self, MANY, size, left, color=color)

    def mask(self, color: str) -> None:
        """Take the colour of what is masked."""
        self.set_fill(color)


def turned(points: np.ndarray, angle: float, lift: float, eye: float = EYE) -> np.ndarray:
    """Points (n, 3) about the origin, turned about the upright axis, lifted to the eye, and seen in perspective."""
    depth = lift + points[:, :1] * math.sin(angle)
    nearer = eye / (eye - depth)
    return np.hstack([points[:, :1] * math.cos(angle) * nearer, points[:, 1:2] * nearer, np.zeros((len(points), 1))])
