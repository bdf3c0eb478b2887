"""What scores are divided or multiplied by before softmax, as it is written."""

from manim import VGroup

from soakup.scenes.formula import Formula
from soakup.scenes.quantity import Quantity
from soakup.scenes.words import Words

LARGER = 1.27  # Typst's size of letters as high as Pango's
BASELINE = 0.0008  # of what stands in a root, over the root's lowest point, by font size


def divided_by_root(count: Quantity, size: float, color: str) -> VGroup:
    """÷ √ of a count, its baseline at height 0."""
    room = " ".join("d" * len(count.text))  # as wide as digits; they themselves are no part of a formula
    signs = Formula(f"div sqrt(#hide(${room}$))", LARGER * size, color)
    root, rule = signs[-2:]
    signs.shift((0, -root.get_bottom()[1] - BASELINE * size, 0))
    return VGroup(signs, Words.of([count], size, color).stand(rule.get_center()[0], 0))


def multiplied_by(scale: Quantity, size: float, color: str) -> VGroup:
    """× a number, its baseline at height 0."""
    return VGroup(Words.of(["× ", scale], size, color).stand(0, 0))
