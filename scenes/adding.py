"""Columns that are added up: a light goes from each to the sum, behind all numbers, and the sum counts on."""

from collections.abc import Callable, Sequence

import numpy as np
from manim import Rectangle, smooth

from soakup.scenes.formula import Formula
from soakup.scenes.motion import levels, one_after_another
from soakup.scenes.quantity import Quantity, format_number
from soakup.scenes.style import Theme
from soakup.scenes.vectors import Column

LIT, GONE = 0.3, 0.7  # of the time of one term: until when its light comes up, and until when it goes to the sum
LAG = 0.6  # so much of its time is over when the next one begins, so that they come one by one
LIGHT = 0.2  # opacity of a light
SIGN = 34  # font size of what stands between columns
SIGN_ROOM = 0.32  # and its width, with some air


def sign(text: str, x: float, y: float, theme: Theme) -> Formula:
    """A plus or an equals sign between two columns."""
    return Formula(text, SIGN, theme.text).move_to((x, y, 0))


def adding_up(
    total: Column, quantities: Sequence[Quantity], terms: Sequence[Column], color: str
) -> tuple[list[Rectangle], Callable[[float], None]]:
    """Lights, to be put on the screen, and a step in which one after another goes from its term to the column `total`;
    that counts through the partial sums of them all, from 0, to these quantities.

    lights, step = adding_up(total, quantities, terms, theme.query)
    self.add(*lights)
    self.play(change([*lights, total], step, rate_func=linear, run_time=3))
    """
    sums = np.cumsum([[0.0] * len(quantities), *[[float(q.value) for q in c.quantities] for c in terms]], axis=0)
    lights = [_light_on(term, color) for term in terms]
    last = len(terms) - 1

    def show(values: np.ndarray, whole: bool) -> None:
        for entry, quantity, value in zip(total.entries, quantities, values, strict=True):
            entry.set_text(quantity.text if whole else format_number(float(value), quantity.format))
        if whole:
            total.quantities = tuple(quantities)

    def coming(n: int) -> Callable[[float], None]:
        light, start, end = lights[n], terms[n].brackets.get_center(), total.brackets.get_center()
        lit = levels([light], 1.0)

        def step(alpha: float) -> None:
            way = float(smooth(np.clip((alpha - LIT) / (GONE - LIT), 0, 1)))
            light.move_to(start + (end - start) * way)
            lit(float(np.interp(alpha, [0, LIT, GONE, 1], [0, 1, 1, 0])))
            share = (alpha - GONE) / (1 - GONE)
            if share > 0:
                show(sums[n] + (sums[n + 1] - sums[n]) * share, n == last and share >= 1)

        return step

    show(sums[0], False)
    return lights, one_after_another([coming(n) for n in range(len(terms))], LAG)


def _light_on(column: Column, color: str) -> Rectangle:
    """A light as large as a column, under its numbers, not yet seen."""
    light = Rectangle(width=column.brackets.width, height=column.brackets.height, stroke_width=0)
    light.set_fill(color, opacity=LIGHT).move_to(column.brackets).set_z_index(-1)
    levels([light], 0.0)(1.0)
    return light
