"""The row of tokens: each text in its box, all on one baseline and of one height."""

from collections.abc import Sequence

from manim import ManimColor, Rectangle, VGroup

from soakup.scenes import style
from soakup.scenes.reading import REST_NAME, Reading
from soakup.scenes.row import Row, box_height
from soakup.scenes.style import Theme
from soakup.scenes.words import SMALL_CAPS, Words, is_blank

TINT, FAINT = 0.15, 0.08  # opacity of what fills a box, and of what fills the rest token's


class TokenBox(VGroup):
    """One token: `box`, and `label` in it, level where no `baseline` is given. Height is the same for every token of a
    row."""

    def __init__(
        self,
        label: Words,
        left: float,
        right: float,
        y: float,
        height: float,
        theme: Theme,
        baseline: float | None = None,
    ) -> None:
        self.box = Rectangle(width=right - left, height=height, stroke_width=1.5, fill_opacity=TINT)
        self.box.move_to(((left + right) / 2, y, 0)).set_color(theme.quiet)
        middle = (left + right) / 2
        self.label = label.centre(middle, y) if baseline is None else label.stand(middle, baseline)
        self.label.set_z_index(1)  # never under the tint of its box
        super().__init__(self.box, self.label)

    def tint(self, color: ManimColor, opacity: float = TINT) -> None:
        """Give the box a colour, and that of an opacity to what is in it."""
        self.box.set_stroke(color).set_fill(color, opacity=opacity)


def token_row(
    reading: Reading, groups: Sequence[tuple[int, ...]], row: Row, y: float, theme: Theme
) -> dict[tuple[int, ...], TokenBox]:
    """A box for each of some of the reading's boxes and runs, at a row's places, the lower middles at height y."""
    height = box_height(row.token_size)
    labels = {}
    for group in groups:
        parts = reading.label(group)
        quiet = group[0] in reading.runs or is_blank(parts)
        labels[group] = Words.of(parts, row.token_size, theme.quiet if quiet else theme.text)
    scale, baseline = fitted(list(labels.values()), height)
    boxes = {}
    for (group, label), place in zip(labels.items(), row.places, strict=True):
        middle = y + (row.rise if place.raised else 0.0)
        if place.raised:  # arcs from the lower boxes pass here
            label.set_stroke(theme.ground, width=5, background=True)
        boxes[group] = TokenBox(label.scale(scale), place.left, place.right, middle, height, theme, middle + baseline)
    return boxes


def fitted(labels: Sequence[Words], height: float) -> tuple[float, float]:
    """By how much to scale the labels of a row (1 for nearly all) so that they fit into boxes of a height, and where
    their one baseline stands from the boxes' middles: so that words look level, as far as tall scripts leave room."""
    room = height / 2 - 0.01
    up, down = max(label.height - label.drop for label in labels), max(label.drop for label in labels)
    scale = min(1.0, 2 * room / (up + down))
    level = 0.56 * max(label.x_height for label in labels) * scale
    return scale, -min(max(level, up * scale - room), room - down * scale)


def height_of(labels: Sequence[Words]) -> float:
    """The height from the lowest to the highest that any of some labels reaches, when they stand on one baseline."""
    return max(label.height - label.drop for label in labels) + max(label.drop for label in labels)


def rest_box(x: float, beside: TokenBox, theme: Theme) -> VGroup:
    """The token in front that the model was trained with, where heads rest: in small capitals and grey, its box as high
    as the one beside it."""
    label = Words(REST_NAME, style.ENTRY, theme.quiet, weight=SMALL_CAPS)
    box = Rectangle(width=label.width + 0.12, height=beside.box.height, stroke_width=1, color=theme.quiet)
    box.set_fill(theme.quiet, opacity=0.08).move_to((x, beside.box.get_y(), 0))
    return VGroup(box, label.stand(x, beside.label.baseline).set_z_index(1))
