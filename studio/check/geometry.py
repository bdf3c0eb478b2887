"""Boxes, lines, areas and colours. Boxes are rows (left, bottom, right, top); colours are sRGB from 0 to 1."""

from collections.abc import Sequence

import numpy as np

PIECES = 8  # straight lines that stand for one Bézier curve


def boxes_of(groups: Sequence[np.ndarray]) -> np.ndarray:
    """The boxes (n, 4) round n groups of points (any, 2), none of them empty."""
    points = np.concatenate(groups)
    starts = np.cumsum([0, *(len(group) for group in groups[:-1])])
    return np.hstack([np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)])


def grown(boxes: np.ndarray, by: float | np.ndarray) -> np.ndarray:
    """Boxes larger on every side."""
    return boxes + np.multiply.outer(np.asarray(by, dtype=float), [-1.0, -1.0, 1.0, 1.0])


def overlapping(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Which of the boxes a (n, 4) and b (m, 4) share an area: (n, m)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return np.all(high > low, axis=2)


def inside(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Which of the boxes a (n, 4) lie within the box b (4,): (n,)."""
    return np.all(a[:, :2] >= b[:2], axis=1) & np.all(a[:, 2:] <= b[2:], axis=1)


def lines_of(points: np.ndarray) -> np.ndarray:
    """Cubic Bézier curves (4c, 2), four points each, as straight lines (8c, 2, 2) from one end to the other."""
    curves = points[: len(points) // 4 * 4].reshape(-1, 4, 2)
    t = np.linspace(0, 1, PIECES + 1)
    basis = np.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])  # (4, 9)
    path = np.einsum("cpx,pt->ctx", curves, basis)
    return np.stack([path[:, :-1], path[:, 1:]], axis=2).reshape(-1, 2, 2)


def crossing(lines: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Which of the lines (s, 2, 2) pass through which of the boxes (n, 4): (s, n)."""
    start, way = lines[:, None, 0], lines[:, None, 1] - lines[:, None, 0]  # (s, 1, 2)
    flat = np.abs(way) < 1e-12
    with np.errstate(divide="ignore", invalid="ignore"):
        enter = (boxes[None, :, :2] - start) / way
        leave = (boxes[None, :, 2:] - start) / way
    beside = flat & ((start < boxes[None, :, :2]) | (start > boxes[None, :, 2:]))
    enter, leave = np.where(flat, -np.inf, np.minimum(enter, leave)), np.where(flat, np.inf, np.maximum(enter, leave))
    first, last = np.maximum(enter.max(axis=2), 0), np.minimum(leave.min(axis=2), 1)
    return (first < last) & ~beside.any(axis=2)


def within(points: np.ndarray, lines: np.ndarray) -> np.ndarray:
    """Which of the points (n, 2) lie in the area that lines (s, 2, 2) enclose: (n,), by the even-odd rule."""
    x, y = points[:, 0, None], points[:, 1, None]
    (x0, y0), (x1, y1) = lines[:, 0].T, lines[:, 1].T
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
    return (((y0 > y) != (y1 > y)) & (x < at)).sum(axis=1) % 2 == 1


def over(color: np.ndarray, alpha: float | np.ndarray, ground: np.ndarray) -> np.ndarray:
    """A colour laid over a ground at an opacity."""
    a = np.asarray(alpha)[..., None]
    return color * a + ground * (1 - a)


def contrast(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The contrast of two colours, from 1 to 21 (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    brighter, darker = np.maximum(_luminance(a), _luminance(b)), np.minimum(_luminance(a), _luminance(b))
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(color: np.ndarray) -> np.ndarray:
    linear = np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])
