"""The row of tokens: each text in its box, all on one baseline and of one height."""

from manim import Rectangle, VGroup

from soakup.scenes.reading import Reading
from soakup.scenes.row import Row, box_height
from soakup.scenes.style import Theme
from soakup.scenes.words import Words


class TokenBox(VGroup):
    """One token: `box` and `label`. Height is the same for every token of a row."""

    def __init__(
        self,
        label: Words,
        left: float,
        right: float,
        y: float,
        height: float,
        theme: Theme,
    ) -> None:
        self.box = Rectangle(width=right - left, height=height, stroke_width=1.5, fill_opacity=0.15)
        self.box.move_to(((left + right) / 2, y, 0)).set_color(theme.quiet)
        self.label = label.centre((left + right) / 2, y)
        super().__init__(self.box, self.label)


def token_row(reading: Reading, row: Row, y: float, theme: Theme) -> dict[tuple[int, ...], TokenBox]:
    """A box for each of the reading's `boxes`, at a row's places, their middles at height y."""
    height = box_height(row.token_size)
    places = dict(zip(reading.tokens, row.places, strict=True))
    boxes = {}
    for group in reading.boxes:
        written = reading.token(*group)
        color = theme.text if str(written.value).strip() else theme.quiet
        label = Words(written.text, row.token_size, color, [written])
        first, last = places[group[0]], places[group[-1]]
        raised = row.rise if first.raised else 0.0
        boxes[group] = TokenBox(
            label, min(first.left, last.left), max(first.right, last.right), y + raised, height, theme
        )
    return boxes


def rest_box(x: float, y: float, size: float, theme: Theme) -> VGroup:
    """The token in front that the model was trained with: quiet and grey, the place where heads rest."""
    label = Words("rest", 24, theme.quiet)
    box = Rectangle(width=label.width + 0.16, height=box_height(size), stroke_width=1, color=theme.quiet)
    box.set_fill(theme.quiet, opacity=0.08).move_to((x, y, 0))
    return VGroup(box, label.centre(x, y))
