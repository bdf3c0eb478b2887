"""Ink: whose meaning a vector holds, as a bar of shares and as a mixed colour."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from manim import VGroup, VMobject

from soakup.scenes import style
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Reading
from soakup.scenes.style import Theme

LEAST = 0.03  # shares under this are drawn together as "others"
OTHERS = -1  # the number of their piece


def mixture(shares: Sequence[float], inks: np.ndarray):
    """The colour of shares (W,) of inks (W, 3), mixed in linear light."""
    return style.to_color(np.asarray(shares) @ inks)


def inks_of(reading: Reading, theme: Theme) -> np.ndarray:
    """The ink of every source, in linear light (sources, 3): that of what stands folded is grey."""
    shown = style.inks(
        len(reading.words), None if reading.rest_word is None else reading.words.index(reading.rest_word), theme
    )
    inks = np.tile(style.to_linear(theme.quiet), (len(reading.trace.words) + len(reading.run_sources), 1))
    inks[reading.words] = shown
    return inks


def order_of_inks(reading: Reading, n: int, i: int) -> list[int]:
    """The order of the sources in token i's bar: its own word, then the others by how much it will hold of them after n
    layers, then what stands folded, the rest last."""
    held = reading.ink_shares(n, i)
    others = sorted(reading.others(i), key=lambda w: -held[w])
    last = [] if reading.rest_word is None else [reading.rest_word]
    return [reading.word_of[i], *others, *reading.run_sources, *last]


def folded(shares: Sequence[float]) -> np.ndarray:
    """Shares (n,) with those under `LEAST` set to 0, and their sum behind: (n+1,)."""
    kept = np.where(np.asarray(shares) >= LEAST, shares, 0.0)
    return np.append(kept, np.sum(shares) - kept.sum())


class InkBar(VGroup):
    """One stacked bar: a piece for each source, as wide as its share, in the source's ink.

    `quantities` are the shares by source, whose number is that of its row in `inks`; `order` says which sources' pieces
    follow each other, so that they keep their places as the shares change; those under `LEAST` are folded into one grey
    piece at the end, whose number is `OTHERS`. They follow each other from the left, or, where the bar is `upright`,
    from the top.
    """

    def __init__(
        self,
        quantities: Mapping[int, Quantity],
        order: Sequence[int],
        inks: np.ndarray,
        others: str,
        upright: bool = False,
        opacity: float = 1.0,
    ) -> None:
        self.order, self.upright = list(order), upright
        self.quantities = tuple(quantities.values())
        self.widths = folded([float(q.value) for q in self.quantities])
        look = {"stroke_width": 0, "fill_opacity": opacity}
        self.pieces = {source: VMobject(fill_color=style.to_color(inks[source]), **look) for source in quantities}
        self.others = VMobject(fill_color=others, **look)
        self.frame = np.array([0.0, 0.0, 1.0, 0.1])  # middle x and y, width, height
        super().__init__(*self.pieces.values(), self.others)

    def place(self, x: float, y: float, width: float, height: float) -> "InkBar":
        """Put the bar with its middle at (x, y)."""
        self.frame = np.array([x, y, width, height])
        return self.lay()

    def lay(self) -> "InkBar":
        x, y, width, height = self.frame
        left, right, bottom, top = x - width / 2, x + width / 2, y - height / 2, y + height / 2
        steps, pieces = np.linspace(0, 1, 4)[:, None], {**self.pieces, OTHERS: self.others}
        for source, (start, end) in self.spans().items():
            x0, x1, y0, y1 = (left, right, end, start) if self.upright else (start, end, bottom, top)
            corners = np.array([(x1, y1, 0), (x0, y1, 0), (x0, y0, 0), (x1, y0, 0), (x1, y1, 0)], dtype=float)
            sides = corners[:-1, None] + (corners[1:] - corners[:-1])[:, None] * steps  # (4, 4, 3)
            pieces[source].points = sides.reshape(-1, 3)
        return self

    def parts_of_quantities(self) -> list[list[VMobject]]:
        """What each of its quantities is drawn as: one under `LEAST` as part of the others, and nothing as nothing."""
        kept = zip(self.quantities, self.pieces.values(), self.widths[:-1], strict=True)
        return [[piece] if width else [self.others] if q.value else [] for q, piece, width in kept]

    def spans(self) -> dict[int, tuple[float, float]]:
        """From where to where each source's piece reaches, and that of the others."""
        x, y, width, height = self.frame
        order = [*self.order, OTHERS]
        widths = dict(zip([*self.pieces, OTHERS], self.widths, strict=True))
        ends = np.concatenate([[0.0], np.cumsum([widths[source] for source in order])])
        pens = y + height / 2 - height * ends if self.upright else x - width / 2 + width * ends
        return {source: (float(a), float(b)) for source, (a, b) in zip(order, pairwise(pens), strict=True)}

    def shift(self, *vectors):
        self.frame[:2] += np.sum(vectors, axis=0)[:2]
        return super().shift(*vectors)

    def moving(self, quantities: Mapping[int, Quantity]) -> Callable[[float], None]:
        """A step from alpha (0 to 1) that moves from the shares shown now to these."""
        old, new = self.widths, folded([float(quantities[source].value) for source in self.pieces])

        def step(alpha: float) -> None:
            self.widths = old + (new - old) * alpha
            self.lay()
            if alpha >= 1:
                self.quantities = tuple(quantities[source] for source in self.pieces)

        return step

    def moving_to(
        self, x: float, y: float, width: float, height: float, sideways: float = 1.0
    ) -> Callable[[float], None]:
        """A step that brings the bar to another place and size: to the side and wide in the first part of the way, as
        high as it is to be in the last."""
        old, new = self.frame, np.array([x, y, width, height])

        def step(alpha: float) -> None:
            across, up = min(alpha / sideways, 1.0), max(1 - (1 - alpha) / sideways, 0.0)
            self.frame = old + (new - old) * [across, up, across, up]
            self.lay()

        return step
