"""A sentence as it is read, before it is taken apart."""

from collections.abc import Sequence


def running_text(
    widths: Sequence[float], spaces: Sequence[float], width: float, y: float, largest: float, from_the_right: bool
) -> tuple[list[tuple[float, float]], float]:
    """Where the middles of pieces of text stand when they are written as one line at height y, or as two where one does
    not fit, each with its space before it; and how much larger they then are, `largest` at most."""
    whole = sum(widths) + sum(spaces[1:])
    larger = min(largest, max(width / whole, 1.0))
    breaks = len(widths) if whole <= width else (len(widths) + 1) // 2
    sign, points = -1 if from_the_right else 1, []
    for line in (range(breaks), range(breaks, len(widths))):
        pen = -larger * (sum(widths[k] for k in line) + sum(spaces[k] for k in line[1:])) / 2
        for k in line:
            pen += larger * (spaces[k] if k != line[0] else 0.0)
            points.append((sign * (pen + larger * widths[k] / 2), y - (0.9 if line[0] else 0)))
            pen += larger * widths[k]
    return points, larger
