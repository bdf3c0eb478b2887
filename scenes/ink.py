"""Ink: whose meaning a vector holds, as a bar of shares and as a mixed colour."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from manim import Rectangle, VGroup

from soakup.scenes import style
from soakup.scenes.quantity import Quantity

LEAST = 0.03  # shares under this are drawn together as "others"


def mixture(shares: Sequence[float], inks: np.ndarray):
    """The colour of shares (W,) of inks (W, 3), mixed in linear light."""
    return style.to_color(np.asarray(shares) @ inks)


def folded(shares: Sequence[float]) -> np.ndarray:
    """Shares (W,) with those under `LEAST` set to 0, and their sum behind: (W+1,)."""
    kept = np.where(np.asarray(shares) >= LEAST, shares, 0.0)
    return np.append(kept, np.sum(shares) - kept.sum())


class InkBar(VGroup):
    """One stacked bar: a piece for each source, as wide as its share, in the source's ink.

    `order` says which words' pieces follow each other, so that they keep their places as the shares change; those
    under `LEAST` are folded into one grey piece at the end.
    """

    def __init__(self, quantities: Sequence[Quantity], order: Sequence[int], inks: np.ndarray, others: str) -> None:
        self.order = list(order)
        self.quantities = tuple(quantities)
        self.widths = folded([float(q.value) for q in quantities])
        self.pieces = [Rectangle(stroke_width=0, fill_opacity=1, fill_color=style.to_color(ink)) for ink in inks]
        self.others = Rectangle(stroke_width=0, fill_opacity=1, fill_color=others)
        self.frame = np.array([0.0, 0.0, 1.0, 0.1])  # middle x and y, width, height
        super().__init__(*self.pieces, self.others)

    def place(self, x: float, y: float, width: float, height: float) -> "InkBar":
        """Put the bar with its middle at (x, y)."""
        self.frame = np.array([x, y, width, height])
        return self.lay()

    def lay(self) -> "InkBar":
        _, y, _, height = self.frame
        y0, y1, steps = y - height / 2, y + height / 2, np.linspace(0, 1, 4)[:, None]
        pieces = [*self.pieces, self.others]
        for w, (x0, x1) in self.spans().items():
            corners = np.array([(x1, y1, 0), (x0, y1, 0), (x0, y0, 0), (x1, y0, 0), (x1, y1, 0)], dtype=float)
            pieces[w].points = np.concatenate([a + (b - a) * steps for a, b in pairwise(corners)])
        return self

    def spans(self) -> dict[int, tuple[float, float]]:
        """From where to where each word's piece reaches; that of the others has the number after the last word's."""
        x, _, width, _ = self.frame
        order = [*self.order, len(self.pieces)]
        pens = x - width / 2 + width * np.concatenate([[0.0], np.cumsum(self.widths[order])])
        return {w: (float(a), float(b)) for w, (a, b) in zip(order, pairwise(pens), strict=True)}

    def moving(self, quantities: Sequence[Quantity]) -> Callable[[float], None]:
        """A step from alpha (0 to 1) that moves from the shares shown now to these."""
        old, new = self.widths, folded([float(q.value) for q in quantities])

        def step(alpha: float) -> None:
            self.widths = old + (new - old) * alpha
            self.lay()
            if alpha >= 1:
                self.quantities = tuple(quantities)

        return step

    def moving_to(self, x: float, y: float, width: float, height: float) -> Callable[[float], None]:
        """A step that brings the bar to another place and size."""
        old, new = self.frame, np.array([x, y, width, height])

        def step(alpha: float) -> None:
            self.frame = old + (new - old) * alpha
            self.lay()

        return step
