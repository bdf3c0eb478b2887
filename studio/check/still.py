"""What one moment can do wrong. Each rule takes a Snapshot and yields Faults without their time."""

from collections.abc import Callable, Iterator

import numpy as np

from soakup.check import geometry
from soakup.check.fault import Fault
from soakup.check.snapshot import SEEN, Snapshot, Written
from soakup.drawing.numbers import digit_height
from soakup.scenes import style

TOUCH = 0.015  # how far things may reach into each other, as letters in a line do
HALO = 4  # the stroke behind a text, in the ground's colour, that lets it lie over graphics
CONTRAST = 4.5
NEARLY = 0.0024  # units for each point of font size: what stands so near a line is meant to stand on it
DIMMED = 0.5  # what has less opacity is dimmed on purpose

Rule = Callable[[Snapshot], Iterator[Fault]]


def text_on_text(screen: Snapshot) -> Iterator[Fault]:
    """No text lies on another.

    The same text twice in one place is a copy that leaves or arrives; what comes or goes in flight is not read yet.
    """
    read = screen.text_noticed
    boxes = geometry.grown(screen.text_boxes, -TOUCH)
    meeting = geometry.overlapping(boxes, boxes)
    for i, j in zip(*np.nonzero(np.triu(meeting, 1)), strict=True):
        if not (read[i] and read[j]) or screen.texts[i].text == screen.texts[j].text:
            continue
        if geometry.overlapping(geometry.grown(screen.glyphs(i), -TOUCH), screen.glyphs(j)).any():
            a, b = screen.text_name(i), screen.text_name(j)
            yield Fault("text on text", (a, b), f"{a} and {b} lie on each other")


def text_crossed(screen: Snapshot) -> Iterator[Fault]:
    """No line runs through a text and nothing lies in front of it, unless the text has a halo that sets it off.

    What a line only goes round (a box, a frame, a bracket) it does not cross; an area behind a text is a ground, and
    its contrast counts; a text in flight may pass over lines.
    """
    texts = np.flatnonzero(screen.text_noticed & ~screen.text_in_flight).tolist()
    glyphs = np.flatnonzero(np.isin(screen.text_of, [n for n in texts if not _has_halo(screen, n)]))
    boxes = geometry.grown(screen.boxes[glyphs], -TOUCH)
    graphics = screen.graphics[screen.noticed[screen.graphics]]
    meeting = geometry.overlapping(geometry.grown(screen.boxes[graphics], screen.widths[graphics] / 2), boxes)
    for k, near in zip(graphics[meeting.any(axis=1)], map(np.flatnonzero, meeting[meeting.any(axis=1)]), strict=True):
        lines, crossed = screen.lines(k), np.zeros(len(near), dtype=bool)
        if screen.strokes[k, 3] >= SEEN:
            crossed |= geometry.crossing(lines, geometry.grown(boxes[near], screen.widths[k] / 2)).any(axis=0)
        if screen.fills[k, 3] >= SEEN:
            middles = (boxes[near, :2] + boxes[near, 2:]) / 2
            covered = geometry.crossing(lines, boxes[near]).any(axis=0) | geometry.within(middles, lines)
            crossed |= covered & (glyphs[near] < k)
        for n in np.unique(screen.text_of[glyphs[near[crossed]]]).tolist():
            text, name = screen.text_name(n), screen.name(k)
            yield Fault("text crossed", (text, name), f"{name} runs through {text}")


def outside(screen: Snapshot) -> Iterator[Fault]:
    """All text keeps the margin and all graphics the frame, unless the camera has moved in on something."""
    if not screen.at_home:
        return
    margin = geometry.grown(screen.camera[None], -style.MARGIN + TOUCH)[0]
    past_it = ~geometry.inside(screen.text_boxes, margin) & (screen.text_opacity >= SEEN)
    for n in np.flatnonzero(past_it).tolist():
        name = screen.text_name(n)
        past = np.maximum(margin[:2] - screen.text_boxes[n, :2], screen.text_boxes[n, 2:] - margin[2:]).max()
        yield Fault("outside the frame", (name,), f"{name} stands {past:.2f} units inside the margin")
    edges = geometry.grown(screen.boxes, screen.widths / 2 * (screen.strokes[:, 3] > 0))
    for k in np.flatnonzero(~geometry.inside(edges, geometry.grown(screen.camera[None], TOUCH)[0])).tolist():
        if screen.text_of[k] < 0 and screen.opacity[k] >= SEEN:
            yield Fault("outside the frame", (screen.name(k),), f"{screen.name(k)} is cut off by the edge of the frame")


def text_cut_off(screen: Snapshot) -> Iterator[Fault]:
    """Where the camera rests away from home, no text is cut in two by its edge."""
    if screen.at_home:
        return
    boxes, camera = screen.text_boxes, screen.camera[None]
    cut = geometry.overlapping(boxes, camera)[:, 0] & ~geometry.inside(boxes, screen.camera)
    for n in np.flatnonzero(cut & (screen.text_opacity >= DIMMED)).tolist():
        yield Fault("outside the frame", (screen.text_name(n),), f"{screen.text_name(n)} is cut off by the camera")


def too_small(screen: Snapshot) -> Iterator[Fault]:
    """No text is smaller than digits 20 pixels high at 1080p; dots in place of it are not read."""
    zoom = screen.camera[2] - screen.camera[0]
    home = screen.home_width
    for n, written in enumerate(screen.texts):
        size = written.font_size * home / zoom
        is_read = written.text.strip(".") != ""
        if is_read and size < style.ENTRY_SMALLEST * 0.98 and screen.text_opacity[n] >= SEEN:
            pixels = digit_height(size) / 8 * 1080
            name = screen.text_name(n)
            yield Fault(
                "too small", (name,), f"{name} is set so small that digits are {pixels:.0f} pixels high at 1080p"
            )


def too_faint(screen: Snapshot) -> Iterator[Fault]:
    """Text that is not dimmed on purpose stands out from what is really behind it, everything composited."""
    for n, written in enumerate(screen.texts):
        if screen.text_opacity[n] < DIMMED:
            continue
        k = int(np.flatnonzero(screen.text_of == n)[0])
        x0, y0, x1, y1 = screen.text_boxes[n]
        points = np.array([[x0 + (x1 - x0) * t, (y0 + y1) / 2] for t in (0.05, 0.5, 0.95)])
        if _has_halo(screen, n):
            grounds = np.repeat(_halo_color(written)[None], len(points), axis=0)
        else:
            grounds = _ground(screen, points, k)
        own = geometry.over(screen.fills[k, :3], screen.fills[k, 3], grounds)
        found = float(geometry.contrast(own, grounds).min())
        if found < CONTRAST:
            name = screen.text_name(n)
            yield Fault(
                "too faint", (name,), f"{name} has a contrast of {found:.1f} to what is behind it, not {CONTRAST}"
            )


def uneven(screen: Snapshot) -> Iterator[Fault]:
    """Texts of one size that stand nearly on one line, side by side, stand on it exactly."""
    standing = [(n, t.baseline, t.font_size) for n, t in enumerate(screen.texts) if screen.text_opacity[n] >= SEEN]
    rows = [(n, y, size) for n, y, size in standing if y is not None]
    if not rows:
        return
    index = np.array([n for n, _, _ in rows])
    y, size = np.array([y for _, y, _ in rows]), np.array([size for _, _, size in rows])
    apart = np.abs(y[:, None] - y)
    nearly = (apart > TOUCH) & (apart < NEARLY * size[:, None]) & (np.abs(size[:, None] - size) < 0.1)
    boxes = screen.text_boxes[index]
    gaps = np.maximum(boxes[:, None, 0] - boxes[None, :, 2], boxes[None, :, 0] - boxes[:, None, 2])
    for i, j in zip(*np.nonzero(np.triu(nearly & (gaps > 0) & (gaps < 1), 1)), strict=True):
        a, b = screen.text_name(index[i]), screen.text_name(index[j])
        yield Fault("uneven row", (a, b), f"{a} and {b} do not stand on one line: {apart[i, j]:.3f} units apart")


def _has_halo(screen: Snapshot, n: int) -> bool:
    outline = screen.outlines[screen.texts[n].first]
    stroke = outline.background_stroke_rgbas[:, 3].max(initial=0)
    return outline.background_stroke_width >= HALO and stroke >= 0.5 * screen.text_opacity[n]


def _halo_color(written: Written) -> np.ndarray:
    return written.mobject.family_members_with_points()[0].background_stroke_rgbas[0, :3]


def _ground(screen: Snapshot, points: np.ndarray, before: int) -> np.ndarray:
    """The colours (n, 3) at points (n, 2) when all graphics drawn before an outline have been drawn."""
    colors = np.repeat(screen.ground[None], len(points), axis=0)
    (x0, y0), (x1, y1) = points.min(axis=0) - 1e-6, points.max(axis=0) + 1e-6
    there = geometry.overlapping(screen.boxes[screen.graphics], np.array([[x0, y0, x1, y1]]))[:, 0]
    for k in screen.graphics[there]:
        if k < before and screen.fills[k, 3] > 0:
            here = geometry.within(points, screen.lines(k))
            colors[here] = geometry.over(screen.fills[k, :3], screen.fills[k, 3], colors[here])
    return colors


AT_ANY_TIME: tuple[Rule, ...] = (text_on_text, text_crossed, outside)
AT_REST: tuple[Rule, ...] = (*AT_ANY_TIME, text_cut_off, too_small, too_faint, uneven)
