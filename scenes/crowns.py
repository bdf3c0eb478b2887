"""Shares at the tops of arcs: each in the colour of its arc, since two arcs may be near each other."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from manim import ManimColor, Mobject, VGroup

from soakup.scenes import style
from soakup.scenes.arcs import Arc
from soakup.scenes.overlap import overlap
from soakup.scenes.quantity import Quantity
from soakup.scenes.style import Theme
from soakup.scenes.words import Words

ALONG = (0.5, 0.35, 0.65, 0.25, 0.75, 0.15, 0.85)  # where on an arc its share may stand, the best first
OVER, UNDER = 0.1, -0.36  # from the arc's edge to the baseline
CLEAR = (0.2, 0.25)  # between a share and what is written beside it, and above
APART = (0.2, 0.1)  # between two shares
ASIDE = (0.0, 0.5, -0.5, 0.8, -0.8, 1.0, -1.0)  # and how far beside it, where there is no place on the arc itself


def crowns(
    said: Mapping[Arc, Quantity],
    boxes: Sequence[Mobject],
    written: Sequence[Mobject],
    ceiling: Callable[[float], float],
    edge: float,
    theme: Theme,
    of: str = "",
) -> VGroup:
    """A share for each arc, the largest first, where it lies on none of the `boxes`, close to nothing `written`, on no
    other share and, if that can be, on no arc; what it is a share `of` is written behind it where there is room.
    `ceiling` is how high it may be over what stands at a height, `edge` how far to either side."""
    placed = VGroup()
    for arc, share in sorted(said.items(), key=lambda found: -float(found[1].value)):
        for end in (of, "") if of else ("",):
            label = _label(arc, [share, end], theme)
            found = _found(label, arc, said, placed, boxes, written, ceiling, edge)
            if found and (found[1] or not end):
                placed.add(label.stand(*found[0]))
                break
    return placed


def _label(arc: Arc, parts: Sequence[Quantity | str], theme: Theme) -> Words:
    color = arc.get_stroke_color()
    quiet = color == ManimColor(theme.others)  # the rest token's, which is too dark to be read
    label = Words.of(parts, style.LABEL, theme.text if quiet else style.readable(color.to_hex(), theme))
    return label.set_stroke(theme.ground, width=6, background=True).set_z_index(1)


def _found(
    label: Words,
    arc: Arc,
    arcs: Iterable[Arc],
    placed: VGroup,
    boxes: Sequence[Mobject],
    written: Sequence[Mobject],
    ceiling: Callable[[float], float],
    edge: float,
) -> tuple[tuple[float, float], bool] | None:
    """The place of a label (its middle and its baseline), and whether it is free of arcs; None where there is none."""
    found: tuple[float, float] | None = None
    for x, y in _places(arc, ceiling):
        label.stand(x, y)
        if any(overlap(label, m, gap=CLEAR) for m in written):
            label.stand(x, round(y - OVER + UNDER, 1))
        near = any(overlap(label, m, gap=APART) for m in placed)
        if near or any(overlap(label, m, gap=(0.1, 0.1)) for m in (*boxes, *written)):
            continue
        if abs(x) + label.width / 2 > edge:
            continue
        place = x, label.baseline
        if not any(_lies_on(label, other) for other in arcs):
            return place, True
        found = found or place
    return (found, False) if found else None


def _places(arc: Arc, ceiling: Callable[[float], float]) -> Iterator[tuple[float, float]]:
    """Middles and baselines (on steps of a tenth, so that those that stand nearly on one line stand on it)."""
    half = _half_width(arc)
    for aside in ASIDE:
        for x, y, _ in map(arc.at, ALONG):
            over = y < ceiling(y) - 0.25
            yield (
                x + aside,
                math.ceil(10 * (y + half + OVER)) / 10 if over else math.floor(10 * (y - half + UNDER)) / 10,
            )


def _lies_on(label: Words, arc: Arc) -> bool:
    """Whether an arc passes through a label."""
    (x, y, _), half = label.get_center(), _half_width(arc)
    width, height = label.width / 2 + half, label.height / 2 + half
    points = [arc.at(t / 40) for t in range(41)]
    return any(abs(px - x) < width and abs(py - y) < height for px, py, _ in points)


def _half_width(arc: Arc) -> float:
    """Of an arc's stroke, in units."""
    return float(arc.stroke_width) / 200
