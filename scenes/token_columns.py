"""Tokens in their boxes over evenly spaced columns."""

from collections.abc import Sequence

from manim import PI, Line, ManimColor, VGroup

from soakup.scenes.grid import box_height, fit_labels, padding
from soakup.scenes.reading import REST_NAME, Reading
from soakup.scenes.style import Theme
from soakup.scenes.tokens import TokenBox, fitted, height_of
from soakup.scenes.words import Words, is_blank, line_width

STEP = 0.3  # from a box to what stands under it: where there is more, it stands one step higher


def token_columns(
    reading: Reading,
    tokens: Sequence[int],
    xs: Sequence[float],
    y: float,
    pitch: float,
    colors: Sequence[ManimColor],
    theme: Theme,
) -> list[TokenBox]:
    """The box over each column, its middle at height y, or one step higher, or written upwards from there where words
    are too long, on two levels where columns are narrow; neighbours that are pieces of one character have the same box,
    those of one word share an edge."""
    rest = reading.rest
    groups = [(i,) if i == rest else reading.box_with(i) for i in tokens]
    texts = [REST_NAME if i == rest else reading.token(*group).text for i, group in zip(tokens, groups, strict=True)]
    quantities = [[] if i == rest else [reading.token(*group)] for i, group in zip(tokens, groups, strict=True)]
    goes_on = _joined(reading, tokens, [False] * len(tokens))
    before = [goes_on[n] and group != groups[n - 1] for n, group in enumerate(groups)]
    glued = [a or b for a, b in zip(before, [*before[1:], False], strict=True)]

    def widths(size: float) -> list[float]:
        """Of the texts; of pieces that share edges, which reach no further than their columns, none that fits."""
        found = [line_width(text, size) for text in texts]
        return [w if not g or w + 2 * padding(size) <= pitch else 9.0 for w, g in zip(found, glued, strict=True)]

    size, raised = fit_labels(widths, pitch)
    written = [Words(text, size, theme.text, q) for text, q in zip(texts, quantities, strict=True)]
    height = max(box_height(size), height_of(written) + 0.02)  # where letters are tall, so is the row
    _, baseline = fitted(written, height)
    # Words written upwards stand one step higher over every second column, where columns are narrow.
    step = max(line_width(text, size) for text in texts) + 2 * padding(size) + 0.08 if pitch < height + 0.01 else 0.0
    boxes: list[TokenBox] = []
    for n, (i, group) in enumerate(zip(tokens, groups, strict=True)):
        if n and group == groups[n - 1] and i == tokens[n - 1] + 1:
            boxes.append(boxes[-1])
            continue
        last = n
        while last + 1 < len(tokens) and groups[last + 1] == group:
            last += 1
        quiet = i == rest or is_blank(quantities[n])
        label = Words(texts[n], size, theme.quiet if quiet else theme.text, quantities[n])
        middle, half = (xs[n] + xs[last]) / 2, label.width / 2 + padding(size)
        half = max(half, abs(xs[last] - xs[n]) / 2 + 0.15)
        left, right = middle - half, middle + half
        if raised is None:
            box = TokenBox(label, -half, half, 0, height, theme, baseline).rotate(PI / 2)
            box.move_to((middle, y - height / 2 + half + step * (n % 2), 0))
        else:
            side, joined = 1 if xs[-1] >= xs[0] else -1, _joined(reading, tokens, raised)
            if joined[n]:
                left, right = (middle - pitch / 2, right) if side > 0 else (left, middle + pitch / 2)
            if last + 1 < len(tokens) and joined[last + 1]:
                left, right = (left, xs[last] + pitch / 2) if side > 0 else (xs[last] - pitch / 2, right)
            at = y + (height + 0.08 if raised[n] else 0.0)
            box = TokenBox(label, left, right, at, height, theme, at + baseline)
        box.box.set_stroke(colors[n], width=1.5).set_fill(colors[n], opacity=0.08 if i == rest else 0.15)
        boxes.append(box)
    return boxes


def spread(
    reading: Reading,
    tokens: Sequence[int],
    room: float,
    widest: float,
    least: float,
    y: float,
    colors: Sequence[ManimColor],
    theme: Theme,
    count: int | None = None,
) -> tuple[float, list[float], list[TokenBox]]:
    """Columns of tokens about x = 0, in the order of the text: how far they are apart, `widest` at most, where their
    middles are, and the boxes over them. All of it keeps within a width `room`: the boxes, and what stands under them
    in every column, `least` wide. Where more than the tokens' columns are to stand there, `count` says how many.
    """
    count = count or len(tokens)
    pitch = min(room / count, widest)
    for _ in range(4):  # smaller columns may have smaller words, or words written upwards
        xs = [(n - (count - 1) / 2) * pitch for n in range(count)]
        if reading.from_the_right:
            xs.reverse()
        boxes = token_columns(reading, tokens, xs[: len(tokens)], y, pitch, colors, theme)
        edges = [abs(x) for box in boxes for x in (box.get_left()[0], box.get_right()[0])]
        past = max(*edges, max(xs) + least / 2) - room / 2
        if past <= 1e-6 or count == 1:
            break
        pitch -= 2 * past / (count - 1)
    return pitch, xs, boxes


def stem(box: TokenBox, x: float, end: float) -> VGroup:
    """From a box that stands one step higher a line down to what belongs to it at x, which ends there; from one that
    stands right over it, none."""
    bottom = float(box.get_bottom()[1])
    if bottom - end < STEP:
        return VGroup()
    return VGroup(Line((x, bottom, 0), (x, end, 0)).set_stroke(box.box.get_stroke_color(), width=1.5))


def _joined(reading: Reading, tokens: Sequence[int], raised: Sequence[bool]) -> list[bool]:
    """Which tokens go on from the one just before them, on the same level."""
    return [
        n > 0 and i != reading.rest and i == tokens[n - 1] + 1 and reading.goes_on(i) and raised[n] == raised[n - 1]
        for n, i in enumerate(tokens)
    ]
