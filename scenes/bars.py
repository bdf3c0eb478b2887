"""Labelled bars: a name, a bar as long as its share, and the share in numbers."""

from manim import LEFT, Rectangle, VGroup

from soakup.scenes import style
from soakup.scenes.quantity import Quantity
from soakup.scenes.style import Theme
from soakup.scenes.words import Words


class Bar(VGroup):
    """One row: `label` ending left of `at`, `bar` from there, `share` after it; `unit` is the length of a whole."""

    def __init__(
        self, name: Quantity | str, share: Quantity, at: tuple[float, float], unit: float, color, theme: Theme
    ) -> None:
        x, y = at
        text, used = (name, []) if isinstance(name, str) else (name.text, [name])
        length = max(float(share.value) * unit, 0.02)
        self.bar = Rectangle(width=length, height=0.34, stroke_width=0, fill_opacity=1, fill_color=color)
        self.bar.move_to((x, y, 0), aligned_edge=LEFT)
        self.label = Words(text, style.LABEL, theme.text, used)
        self.label.stand(x - 0.2, y - 0.56 * self.label.x_height, side=1)
        self.share = Words(share.text, style.LABEL, theme.text, [share])
        self.share.stand(x + length + 0.2, y - 0.56 * self.share.x_height, side=-1)
        super().__init__(self.label, self.bar, self.share)
