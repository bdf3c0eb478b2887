"""Columns that are added up: a copy of each flies onto the sum, which counts on as it lands."""

from collections.abc import Callable, Sequence

import numpy as np
from manim import Mobject, smooth

from soakup.scenes.formula import Formula
from soakup.scenes.motion import HALF, one_after_another, set_level
from soakup.scenes.quantity import Quantity, format_number
from soakup.scenes.strips import Strip
from soakup.scenes.style import Theme
from soakup.scenes.vectors import Column

FLOWN = 0.6  # of the time of one term: how long it flies, before the sum counts on
LAG = 0.6  # so much of its time is over when the next one begins, so that they land one by one
PALER = 0.15  # of its flight: how long it takes to become pale enough for others to be read through it
SIGN = 34  # font size of what stands between columns
SIGN_ROOM = 0.32  # and its width, with some air


def sign(text: str, x: float, y: float, theme: Theme) -> Formula:
    """A plus or an equals sign between two columns."""
    return Formula(text, SIGN, theme.text).move_to((x, y, 0))


def adding_up(
    total: Column, quantities: Sequence[Quantity], terms: Sequence[Column]
) -> tuple[list[Column], Callable[[float], None]]:
    """Copies of some columns, to be put on the screen, and a step in which one after another flies onto the column
    `total`; that counts through the partial sums of them all, from 0, to these quantities.

    copies, step = adding_up(total, quantities, terms)
    self.add(*copies)
    self.play(change([*copies, total], step, rate_func=linear, run_time=3))
    """
    sums = np.cumsum([[0.0] * len(quantities), *[[float(q.value) for q in c.quantities] for c in terms]], axis=0)
    copies = [term.copy() for term in terms]
    last = len(terms) - 1

    def show(values: np.ndarray, whole: bool) -> None:
        for entry, quantity, value in zip(total.entries, quantities, values, strict=True):
            entry.set_text(quantity.text if whole else format_number(float(value), quantity.format))
        if whole:
            total.quantities = tuple(quantities)

    def landing(n: int) -> Callable[[float], None]:
        fly = flying(copies[n], total)

        def step(alpha: float) -> None:
            fly(min(alpha / FLOWN, 1.0))
            share = (alpha - FLOWN) / (1 - FLOWN)
            if share > 0:
                show(sums[n] + (sums[n + 1] - sums[n]) * share, n == last and share >= 1)

        return step

    show(sums[0], False)
    return copies, one_after_another([landing(n) for n in range(len(terms))], LAG)


def flying(copy: Column | Strip, to: Column | Strip) -> Callable[[float], None]:
    """A step in which a copy goes to another column, half there on its way, and is gone when it has come."""
    members: list[Mobject] = [m for m in copy.get_family() if len(m.points)]
    homes, starts = [m.points.copy() for m in members], [getattr(m, "level", 1.0) for m in members]
    way = to.brackets.get_center() - copy.brackets.get_center()

    def step(alpha: float) -> None:
        flown = float(smooth(max(alpha - PALER, 0.0) / (1 - PALER)))
        level = float(np.interp(alpha, [0, PALER, 0.8, 1], [1, HALF, HALF, 0]))
        for m, home, start in zip(members, homes, starts, strict=True):
            m.points = home + way * flown
            set_level(m, start * level)

    return step
