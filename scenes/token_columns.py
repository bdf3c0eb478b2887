"""Tokens in their boxes over columns: on one level, as evenly spaced as their words let them be, and where that takes
too much room, over evenly spaced columns on two levels or written upwards."""

from collections.abc import Sequence
from dataclasses import dataclass

from manim import PI, Line, ManimColor, VGroup

from soakup.scenes.grid import box_height, fit_labels, padding
from soakup.scenes.reading import REST_NAME, Reading
from soakup.scenes.row import COLUMN_GAP, Row, lay_out
from soakup.scenes.style import Theme
from soakup.scenes.tokens import FAINT, TINT, TokenBox, fitted, height_of
from soakup.scenes.words import Words, is_blank, line_width

SIZES = (36, 32, 30, 28, 26)  # of words on one level
AIR = 0.06  # beside a box, besides what lies between any two
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
    texts = [_text(reading, i) for i in tokens]
    goes_on = _joined(reading, tokens, [False] * len(tokens))
    before = [goes_on[n] and group != groups[n - 1] for n, group in enumerate(groups)]
    glued = [a or b for a, b in zip(before, [*before[1:], False], strict=True)]

    def widths(size: float) -> list[float]:
        """Of the texts; of pieces that share edges, which reach no further than their columns, none that fits."""
        found = [line_width(text, size) for text in texts]
        return [w if not g or w + 2 * padding(size) <= pitch else 9.0 for w, g in zip(found, glued, strict=True)]

    size, raised = fit_labels(widths, pitch)
    labels, height, baseline = _labels(reading, tokens, size, theme)
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
        label = labels[n]
        middle, half = (xs[n] + xs[last]) / 2, label.width / 2 + padding(size)
        if raised is None:
            box = TokenBox(label, -half, half, 0, height, theme, baseline).rotate(PI / 2)
            box.box.stretch_to_fit_width(height + abs(xs[last] - xs[n]))
            box.move_to((middle, y - height / 2 + half + step * (n % 2), 0))
        else:
            half = max(half, abs(xs[last] - xs[n]) / 2 + 0.15)
            left, right = middle - half, middle + half
            side, joined = 1 if xs[-1] >= xs[0] else -1, _joined(reading, tokens, raised)
            if joined[n]:
                left, right = (middle - pitch / 2, right) if side > 0 else (left, middle + pitch / 2)
            if last + 1 < len(tokens) and joined[last + 1]:
                left, right = (left, xs[last] + pitch / 2) if side > 0 else (xs[last] - pitch / 2, right)
            at = y + (height + 0.08 if raised[n] else 0.0)
            box = TokenBox(label, left, right, at, height, theme, at + baseline)
        box.tint(colors[n], FAINT if i == rest else TINT)
        boxes.append(box)
    return boxes


@dataclass(frozen=True)
class Room:
    """What is to keep within a width: `count` columns, `least` wide each, and the boxes over the first of them, which
    are the tokens'; over each of the others stands something `over` wide.

    Columns are `widest` apart, except where there is less room, or where that makes the words larger: then at least
    `apart` on one level, however unevenly; else evenly.
    """

    width: float
    count: int
    widest: float
    least: float
    apart: float
    over: float = 0.0


def spread(
    reading: Reading, tokens: Sequence[int], room: Room, colors: Sequence[ManimColor], theme: Theme
) -> tuple[float, list[float], list[TokenBox]]:
    """Columns of tokens about x = 0, in the order of the text: how far they are apart at least, where their middles
    are, and the boxes over them, the middles of the lower ones at y = 0."""
    row = _on_one_level(reading, tokens, room)
    if row is not None:
        return row.pitch, [place.x for place in row.places], _boxes(reading, tokens, row, colors, theme)
    count, pitch = room.count, min(room.width / room.count, room.widest)
    for _ in range(4):  # smaller columns may have smaller words, or words written upwards
        xs = [(n - (count - 1) / 2) * pitch for n in range(count)]
        if reading.from_the_right:
            xs.reverse()
        boxes = token_columns(reading, tokens, xs[: len(tokens)], 0.0, pitch, colors, theme)
        edges = [abs(x) for box in boxes for x in (box.get_left()[0], box.get_right()[0])]
        past = max(*edges, max(xs) + room.least / 2) - room.width / 2
        if past <= 1e-6 or count == 1:
            break
        pitch -= 2 * past / (count - 1)
    return pitch, xs, boxes


def _on_one_level(reading: Reading, tokens: Sequence[int], room: Room) -> Row | None:
    """The places of the boxes and of the columns; None where they need more than one level, or
    where pieces of one character share a box."""
    if len({(i,) if i == reading.rest else reading.box_with(i) for i in tokens}) < len(tokens):
        return None
    texts = [_text(reading, i) for i in tokens]
    joined = _joined(reading, tokens, [False] * len(tokens)) + [False] * (room.count - len(tokens))

    def text_width(i: int, size: int) -> float:
        return line_width(texts[i], size) + 2 * AIR if i < len(texts) else room.over

    column = max(room.apart - COLUMN_GAP, room.least)
    for extra in (column - room.least, 0.0):  # what is between columns may reach past the last, but no box may
        row = lay_out(text_width, joined, [column] * room.count, room.width + extra, 1, SIZES, room.widest)
        if row is not None and max(max(p.right, -p.left) for p in row.places) - AIR <= room.width / 2:
            return row.mirrored() if reading.from_the_right else row
    return None


def _boxes(
    reading: Reading, tokens: Sequence[int], row: Row, colors: Sequence[ManimColor], theme: Theme
) -> list[TokenBox]:
    """The boxes of words on one level."""
    labels, height, baseline = _labels(reading, tokens, row.token_size, theme)
    joined = [*_joined(reading, tokens, [False] * len(tokens)), False]
    boxes = []
    for n, (i, label, place) in enumerate(zip(tokens, labels, row.places, strict=False)):
        before, after = joined[n : n + 2] if row.places[-1].x >= row.places[0].x else joined[n : n + 2][::-1]
        left, right = place.left + (0.0 if before else AIR), place.right - (0.0 if after else AIR)
        box = TokenBox(label, left, right, 0.0, height, theme, baseline)
        box.tint(colors[n], FAINT if i == reading.rest else TINT)
        boxes.append(box)
    return boxes


def _labels(reading: Reading, tokens: Sequence[int], size: float, theme: Theme) -> tuple[list[Words], float, float]:
    """What is written in the tokens' boxes, how high these are, and where the baseline is from their middles."""
    labels = []
    for i in tokens:
        used = [] if i == reading.rest else [reading.token(*reading.box_with(i))]
        quiet = i == reading.rest or is_blank(used)
        labels.append(Words(_text(reading, i), size, theme.quiet if quiet else theme.text, used))
    height = max(box_height(size), height_of(labels) + 0.02)  # where letters are tall, so is the row
    return labels, height, fitted(labels, height)[1]


def _text(reading: Reading, i: int) -> str:
    return REST_NAME if i == reading.rest else reading.token(*reading.box_with(i)).text


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
