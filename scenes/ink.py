"""Ink: whose meaning a vector holds, as a bar of shares and as a mixed colour."""

from collections.abc import Sequence

import numpy as np
from manim import Rectangle, VGroup

from soakup.scenes import style
from soakup.scenes.quantity import Quantity

LEAST = 0.03  # shares under this are drawn together as "others", in grey


def mixture(shares: Sequence[float], inks: np.ndarray):
    """The colour of shares (W,) of inks (W, 3), mixed in linear light."""
    return style.to_color(np.asarray(shares) @ inks)


def folded(shares: Sequence[float]) -> np.ndarray:
    """Shares (W,) with those under `LEAST` set to 0, and their sum behind: (W+1,)."""
    kept = np.where(np.asarray(shares) >= LEAST, shares, 0.0)
    return np.append(kept, np.sum(shares) - kept.sum())


class InkBar(VGroup):
    """One stacked bar: a piece for each source, as wide as its share, in the source's ink.

    The pieces stand in the order of the words, so that they keep their places as the shares change; those under
    `LEAST` are folded into one grey piece at the end.
    """

    def __init__(
        self,
        quantities: Sequence[Quantity],
        left: float,
        y: float,
        width: float,
        height: float,
        inks,
        quiet,
    ) -> None:
        self.left, self.y, self.width_of_bar, self.height_of_bar = (
            left,
            y,
            width,
            height,
        )
        self.quantities = tuple(quantities)
        self.pieces = [
            Rectangle(width=1, height=height, stroke_width=0, fill_opacity=1)
            for _ in quantities
        ]
        for piece, ink in zip(self.pieces, inks, strict=True):
            piece.set_fill(style.to_color(ink))
        self.others = Rectangle(
            width=1, height=height, stroke_width=0, fill_opacity=1
        ).set_fill(quiet)
        super().__init__(*self.pieces, self.others)
        self.lay(folded([float(q.value) for q in quantities]))

    def lay(self, widths: np.ndarray) -> None:
        """Show these folded shares: one for each source, then that of the others."""
        pen = self.left
        for piece, share in zip([*self.pieces, self.others], widths, strict=True):
            pen = self._place(piece, pen, share)

    def _place(self, piece: Rectangle, pen: float, share: float) -> float:
        wide = share * self.width_of_bar
        x0, x1, y0, y1 = (
            pen,
            pen + wide,
            self.y - self.height_of_bar / 2,
            self.y + self.height_of_bar / 2,
        )
        corners = np.array(
            [(x1, y1, 0), (x0, y1, 0), (x0, y0, 0), (x1, y0, 0), (x1, y1, 0)],
            dtype=float,
        )
        steps = np.linspace(0, 1, 4)[:, None]
        piece.points = np.concatenate(
            [a + (b - a) * steps for a, b in zip(corners, corners[1:], strict=False)]
        )
        return pen + wide

    def moving(self, quantities: Sequence[Quantity]):
        """A step from alpha (0 to 1) that moves from the shares shown now to these."""
        old = folded([float(q.value) for q in self.quantities])
        new = folded([float(q.value) for q in quantities])

        def step(alpha: float) -> None:
            self.lay((1 - alpha) * old + alpha * new)
            if alpha >= 1:
                self.quantities = tuple(quantities)

        return step
