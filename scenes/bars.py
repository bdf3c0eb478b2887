"""Labelled bars: a name, a bar as long as its share, and the share in numbers."""

from collections.abc import Sequence

from manim import LEFT, ManimColor, Rectangle, VGroup

from soakup.scenes import style
from soakup.scenes.quantity import Quantity
from soakup.scenes.style import Theme
from soakup.scenes.words import Words, line_width, written

ROW = 0.58  # from one bar to the next
HEIGHT = 0.59  # of a bar, by that
GAP = 0.2  # between a bar and its name, and its number
LEAST = 0.3  # room for the longest bar
NAMES = (style.LABEL, 27, 24, style.ENTRY_SMALLEST)  # font sizes of names


class Bar(VGroup):
    """One row: `label` ending left of `at`, `bar` from there, `share` after it; `unit` is the length of a
    whole, and `size` the font size of the name."""

    def __init__(
        self,
        name: Sequence[Quantity | str],
        share: Quantity,
        at: tuple[float, float],
        unit: float,
        color: ManimColor,
        theme: Theme,
        size: float = style.LABEL,
        height: float = HEIGHT * ROW,
    ) -> None:
        x, y = at
        length = max(float(share.value) * unit, 0.02)
        self.bar = Rectangle(width=length, height=height, stroke_width=0, fill_opacity=1, fill_color=color)
        self.bar.move_to((x, y, 0), aligned_edge=LEFT)
        self.bar.quantities = (share,)
        self.label = Words.of(name, size, theme.text)
        self.label.centre(x - GAP, y, side=1)
        self.share = Words.of([share], style.LABEL, theme.text)
        self.share.centre(x + length + GAP, y, side=-1)
        super().__init__(self.label, self.bar, self.share)


def bar_rows(
    shares: Sequence[tuple[Sequence[Quantity | str], Quantity, ManimColor]],
    left: float,
    right: float,
    top: float,
    theme: Theme,
    step: float = ROW,
) -> list[Bar]:
    """Rows of (parts of a name, share, colour) between two edges, the first at height `top` and from one to the next a
    `step`, all bars beginning under each other and the longest filling the room; names are set smaller where they would
    leave too little of it."""
    texts = [written(name) for name, _, _ in shares]
    numbers = max(line_width(share.text, style.LABEL) for _, share, _ in shares)
    for size in NAMES:
        x = left + max(line_width(text, size) for text in texts) + GAP
        room = right - numbers - GAP - x
        if room >= LEAST:
            break
    unit = max(room, LEAST) / max(float(share.value) for _, share, _ in shares)
    return [
        Bar(name, q, (x, top - step * n), unit, color, theme, size, HEIGHT * step)
        for n, (name, q, color) in enumerate(shares)
    ]
