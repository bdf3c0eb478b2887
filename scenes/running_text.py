"""A sentence as it is read, before it is taken apart."""

from collections.abc import Sequence

MOST_LINES = 5
LINE = 0.9  # from one line to the next, at the largest size
LARGE = 0.7  # of the largest size, which is large enough to leave it at so many lines


def running_text(
    widths: Sequence[float], spaces: Sequence[float], width: float, y: float, largest: float, from_the_right: bool
) -> tuple[list[tuple[float, float]], float]:
    """Where the middles of pieces of text stand when they are written in lines about height y, each with its space
    before it, in as few lines as let it be large; and how much larger they then are, `largest` at most."""
    best: tuple[float, list[int]] = (0.0, [0])
    for count in range(1, min(MOST_LINES, len(widths)) + 1):
        starts = _lines(widths, spaces, count)
        longest = max(_length(widths, spaces, line) for line in _ranges(starts, len(widths)))
        larger = min(largest, width / longest) if longest else largest
        best = max(best, (larger, starts), key=lambda found: found[0])
        if larger >= LARGE * largest:
            break
    larger, starts = best
    sign, points, step = -1 if from_the_right else 1, [], LINE * larger / largest
    for n, line in enumerate(_ranges(starts, len(widths))):
        pen = -larger * _length(widths, spaces, line) / 2
        for k in line:
            pen += larger * (spaces[k] if k != line[0] else 0.0)
            points.append((sign * (pen + larger * widths[k] / 2), y + step * ((len(starts) - 1) / 2 - n)))
            pen += larger * widths[k]
    return points, larger


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


def _ranges(starts: Sequence[int], count: int) -> list[range]:
    return [range(a, b) for a, b in zip(starts, [*starts[1:], count], strict=True)]


def _length(widths: Sequence[float], spaces: Sequence[float], line: range) -> float:
    return sum(widths[k] for k in line) + sum(spaces[k] for k in line[1:])
