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
    under `LEAST` are folded into one grey piece at the end. They follow each other from the left, or, where the bar
    is `upright`, from the top.
    """

    def __init__(
        self,
        quantities: Sequence[Quantity],
        order: Sequence[int],
        inks: np.ndarray,
        others: str,
        upright: bool = False,
        opacity: float = 1.0,
    ) -> None:
        self.order, self.upright = list(order), upright
        self.quantities = tuple(quantities)
        self.widths = folded([float(q.value) for q in quantities])
        look = {"stroke_width": 0, "fill_opacity": opacity}
        self.pieces = [Rectangle(fill_color=style.to_color(ink), **look) for ink in inks]
        self.others = Rectangle(fill_color=others, **look)
        self.frame = np.array([0.0, 0.0, 1.0, 0.1])  # middle x and y, width, height
        super().__init__(*self.pieces, self.others)

    def place(self, x: float, y: float, width: float, height: float) -> "InkBar":
        """Put the bar with its middle at (x, y)."""
        self.frame = np.array([x, y, width, height])
        return self.lay()

    def lay(self) -> "InkBar":
        x, y, width, height = self.frame
        left, right, bottom, top = x - width / 2, x + width / 2, y - height / 2, y + height / 2
        steps, pieces = np.linspace(0, 1, 4)[:, None], [*self.pieces, self.others]
        for w, (start, end) in self.spans().items():
            x0, x1, y0, y1 = (left, right, end, start) if self.upright else (start, end, bottom, top)
            corners = np.array([(x1, y1, 0), (x0, y1, 0), (x0, y0, 0), (x1, y0, 0), (x1, y1, 0)], dtype=float)
            pieces[w].points = np.concatenate([a + (b - a) * steps for a, b in pairwise(corners)])
        return self

    def parts_of_quantities(self) -> list[list[Rectangle]]:
        """What each of its quantities is drawn as: one under `LEAST` as part of the others, and nothing as nothing."""
        kept = zip(self.quantities, self.pieces, self.widths[:-1], strict=True)
        return [[piece] if width else [self.others] if q.value else [] for q, piece, width in kept]

    def spans(self) -> dict[int, tuple[float, float]]:
        """From where to where each word's piece reaches; that of the others has the number after the last word's."""
        x, y, width, height = self.frame
        order = [*self.order, len(self.pieces)]
        ends = np.concatenate([[0.0], np.cumsum(self.widths[order])])
        pens = y + height / 2 - height * ends if self.upright else x - width / 2 + width * ends
        return {w: (float(a), float(b)) for w, (a, b) in zip(order, pairwise(pens), strict=True)}

    def shift(self, *vectors):
        self.frame[:2] += np.sum(vectors, axis=0)[:2]
        return super().shift(*vectors)

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
