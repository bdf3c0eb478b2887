"""Shares at the tops of arcs: each in the colour of its arc, since two arcs may be near each other."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from manim import ManimColor, Mobject, VGroup

from soakup.scenes import style
from soakup.scenes.arcs import Arc
from soakup.scenes.overlap import overlap
from soakup.scenes.quantity import Quantity
from soakup.scenes.style import Theme
from soakup.scenes.words import Words

ALONG = (0.5, 0.35, 0.65, 0.25, 0.75, 0.15, 0.85)  # where on an arc its share may stand, the best first
OVER, UNDER = 0.12, -0.4  # from the arc to the baseline
CLEAR = (0.2, 0.25)  # between a share and what is written beside it, and above
ASIDE = (0.0, 0.8, -0.8)  # and how far beside it, where there is no place on the arc itself


def crowns(
    said: Mapping[Arc, Quantity],
    boxes: Sequence[Mobject],
    written: Sequence[Mobject],
    ceiling: Callable[[float], float],
    edge: float,
    theme: Theme,
) -> VGroup:
    """A share for each arc, the largest first, where it lies on none of the `boxes`, close to nothing `written`, on no
    other share and, if that can be, on none of the other arcs. `ceiling` is how high it may be over what stands at a
    height, `edge` how far to either side."""
    placed = VGroup()
    for arc, share in sorted(said.items(), key=lambda found: -float(found[1].value)):
        color = arc.get_stroke_color()
        quiet = color == ManimColor(theme.others)  # the rest token's, which is too dark to be read
        label = Words.of([share], style.LABEL, theme.text if quiet else style.readable(color.to_hex(), theme))
        label.set_stroke(theme.ground, width=6, background=True).set_z_index(1)
        others = [other for other in said if other is not arc]
        free: tuple[float, float] | None = None
        for x, y in _places(arc, ceiling):
            label.stand(x, y)
            if any(overlap(label, m, gap=CLEAR) for m in written):
                label.stand(x, round(y - OVER + UNDER, 1))
            beyond = abs(x) + label.width / 2 > edge
            if beyond or any(overlap(label, m, gap=(0.1, 0.1)) for m in (*placed, *boxes, *written)):
                continue
            place = x, label.baseline
            if not any(_lies_on(label, other) for other in others):
                free = place
                break
            free = free or place
        if free:
            placed.add(label.stand(*free))
    return placed


def _places(arc: Arc, ceiling: Callable[[float], float]) -> Iterator[tuple[float, float]]:
    """Middles and baselines (on steps of a tenth, so that those that stand nearly on one line stand on it)."""
    for aside in ASIDE:
        for x, y, _ in map(arc.at, ALONG):
            yield x + aside, round(y + (OVER if y < ceiling(y) - 0.25 else UNDER), 1)


def _lies_on(label: Words, arc: Arc) -> bool:
    """Whether an arc passes through a label."""
    (x, y, _), width, height = label.get_center(), label.width, label.height
    points = [arc.at(t / 40) for t in range(41)]
    return any(abs(px - x) < width / 2 and abs(py - y) < height / 2 for px, py, _ in points)
