"""A sentence as it is read, before it is taken apart."""

from collections.abc import Sequence

from soakup.scenes import style
from soakup.scenes.directions import in_view
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Reading
from soakup.scenes.screen import Screen
from soakup.scenes.style import Theme
from soakup.scenes.words import Words, is_blank, line_width, written

MOST_LINES = 5
LINE = 0.9  # from one line to the next, at the largest size
LARGE = 0.7  # of the largest size, which is large enough to leave it at so many lines


def running_text(
    widths: Sequence[float],
    spaces: Sequence[float],
    width: float,
    y: float,
    largest: float,
    from_the_right: bool,
    against: Sequence[bool],
    most_lines: int = MOST_LINES,
) -> tuple[list[tuple[float, float]], float]:
    """Where the middles of pieces of text stand when they are written in lines about height y, each with its space
    before it, in as few lines as let it be large; and how much larger they then are, `largest` at most. Those that
    run `against` the text stand in the opposite order."""
    best: tuple[float, list[int]] = (0.0, [0])
    for count in range(1, min(most_lines, len(widths)) + 1):
        starts = _lines(widths, spaces, count)
        longest = max(_length(widths, spaces, line) for line in _ranges(starts, len(widths)))
        larger = min(largest, width / longest) if longest else largest
        best = max(best, (larger, starts), key=lambda found: found[0])
        if larger >= LARGE * largest:
            break
    larger, starts = best
    sign, step = -1 if from_the_right else 1, LINE * larger / largest
    points = [(0.0, 0.0)] * len(widths)
    for n, line in enumerate(_ranges(starts, len(widths))):
        pen = -larger * _length(widths, spaces, line) / 2
        before: int | None = None
        for k in in_view(line, against):
            pen += larger * (0.0 if before is None else _space(spaces, against, before, k))
            points[k] = (sign * (pen + larger * widths[k] / 2), y + step * ((len(starts) - 1) / 2 - n))
            pen += larger * widths[k]
            before = k
    return points, larger


def set_in_lines(
    reading: Reading,
    parts: Sequence[tuple[tuple[int, ...], list[str | Quantity], bool]],
    size: float,
    width: float,
    y: float,
    theme: Theme,
) -> list[Words]:
    """Parts of a sentence as it is read, in lines about height y, in letters of this size or larger; blanks and what
    stands folded in grey. Of each: the tokens it begins with, what is written, and whether a space is before it."""
    points, larger = running_text(
        [line_width(written(text), size) for _, text, _ in parts],
        [0.3 * size / 48 * spaced for _, _, spaced in parts],
        width,
        y,
        style.STATEMENT / size,
        reading.from_the_right,
        reading.against([group for group, _, _ in parts]),
    )
    words = []
    for (group, text, _), point in zip(parts, points, strict=True):
        quiet = group[0] in reading.runs or is_blank(text)
        words.append(Words.of(text, size * larger, theme.quiet if quiet else theme.text).centre(*point))
    return words


def running_words(reading: Reading, screen: Screen, theme: Theme) -> dict[tuple[int, ...], Words] | None:
    """All the boxes' texts of a reading, written in the middle of the screen; None where there is no room for so many
    that can be read."""
    size = style.STATEMENT
    labels = {group: Words.of(reading.label(group), size, theme.text) for group in reading.boxes}
    spaced = [0.3 * (reading.spaced(g[0]) and not reading.goes_on(g[0])) for g in labels]
    lines = int((screen.top - screen.floor) / LINE / (style.ENTRY / size))
    widths = [label.width for label in labels.values()]
    against = reading.against(reading.boxes)
    points, larger = running_text(widths, spaced, screen.room, 0.0, 1.0, reading.from_the_right, against, lines)
    ys = [y for _, y in points]
    if larger * size < style.ENTRY or max(ys) > screen.top - LINE / 2 or min(ys) < screen.floor + LINE / 2:
        return None
    for label, point in zip(labels.values(), points, strict=True):
        label.scale(larger).centre(*point)
    return labels


def _lines(widths: Sequence[float], spaces: Sequence[float], count: int) -> list[int]:
    """Where lines begin, about equally long, a word never broken (where there are spaces between words)."""
    may_begin = [k for k in range(1, len(widths)) if spaces[k]] or list(range(1, len(widths)))
    whole, starts = _length(widths, spaces, range(len(widths))), [0]
    for n in range(1, count):
        wanted = whole * n / count
        begin = min(
            (k for k in may_begin if k > starts[-1]),
            key=lambda k: abs(_length(widths, spaces, range(k)) - wanted),
            default=None,
        )
        if begin is not None:
            starts.append(begin)
    return starts


def _space(spaces: Sequence[float], against: Sequence[bool], before: int, after: int) -> float:
    """The space between two pieces that are seen one after the other, where each has one before it as it is read."""
    if against[after]:
        return spaces[before] if against[before] else spaces[before + 1]
    return spaces[after]


def _ranges(starts: Sequence[int], count: int) -> list[range]:
    return [range(a, b) for a, b in zip(starts, [*starts[1:], count], strict=True)]


def _length(widths: Sequence[float], spaces: Sequence[float], line: range) -> float:
    return sum(widths[k] for k in line) + sum(spaces[k] for k in line[1:])
