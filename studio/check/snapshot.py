"""What is on the screen at one moment: every outline that is drawn, and every text, as arrays."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from manim import (
    DecimalNumber,
    ManimColor,
    MarkupText,
    Mobject,
    Scene,
    SingleStringMathTex,
    Text,
    Typst,
    VMobject,
    config,
)
from manim.camera.camera import Camera

from soakup.check import geometry
from soakup.drawing.numbers import UNIT, Number, digit_height
from soakup.scenes.formula import Formula, Part
from soakup.scenes.words import Words

STILL = 0.03  # units; what moves less in a frame does not move
SEEN, HALF = 0.15, 0.5  # what has less opacity is not noticed; and in flight

# What is read. Whatever else a scene draws is graphics.
WRITTEN = (Words, Number, Formula, Part, Text, MarkupText, SingleStringMathTex, Typst, DecimalNumber)

Family = list[tuple[VMobject, Mobject | None]]  # what there is to draw of a mobject, each with the text it belongs to


@dataclass(frozen=True)
class Written:
    """A text on the screen, and the first of its outlines."""

    mobject: Any
    first: int

    @property
    def text(self) -> str:
        """What it says."""
        for name in ("text", "tex_string", "typst_code", "source"):
            if isinstance(said := getattr(self.mobject, name, None), str):
                return said
        return format(self.mobject.number) if isinstance(self.mobject, DecimalNumber) else type(self.mobject).__name__

    @property
    def font_size(self) -> float:
        """The font size it stands at now, scaled as it may have been."""
        if isinstance(self.mobject, Number):
            foot, head = self.mobject.points[0], self.mobject.points[3]  # its ruler
            return float(np.linalg.norm(head - foot)) / digit_height(UNIT) * UNIT
        return float(self.mobject.font_size)

    @property
    def baseline(self) -> float | None:
        """The height it stands on, or None where nothing tells."""
        if isinstance(self.mobject, Number):
            return float(self.mobject.points[0][1])
        if isinstance(self.mobject, Words) and not self.mobject.turned:
            return float(self.mobject.get_bottom()[1]) + self.mobject.drop * self.font_size / self.mobject.size
        return None


class _Nothing:
    """What was before the first moment."""

    fills = strokes = _boxes = _places = np.zeros((0, 4))
    widths = np.zeros(0)
    points: ClassVar[list[np.ndarray]] = []
    _lines: ClassVar[dict[int, np.ndarray]] = {}


class Snapshot:
    """The screen at one moment.

    `outlines` are the mobjects with points that can be seen at all, in the order they are drawn; `boxes` (n, 4) is
    where each stands, without its stroke, `fills` and `strokes` (n, 4) its colours, `widths` (n,) of its stroke in
    Manim's units of length. `texts` are what is read, `text_of` (n,) the text each outline belongs to, or -1.
    """

    fills: np.ndarray
    strokes: np.ndarray
    widths: np.ndarray
    points: list[np.ndarray]
    _own: np.ndarray
    _boxes: np.ndarray
    _places: np.ndarray
    _lines: dict[int, np.ndarray]
    _still: dict[int, "Family"]

    def __init__(self, scene: Scene, before: "Snapshot | None" = None, moving: Collection[int] | None = None) -> None:
        """Look at a scene; what is not among `moving` (identities; None: all may be) stands as it did `before`."""
        self.time = scene.time
        camera: Any = scene.camera
        self.ground = np.array(ManimColor(camera.background_color).to_rgb())
        self.camera = _camera_box(scene)
        self.home_width = config.frame_width
        # (Manim rounds the frame's width to whole pixels.)
        self.at_home = bool(np.allclose(self.camera, _home(), atol=0.05))
        known: dict[int, int] = {}
        still: dict[int, Family] = {}
        if before is not None and moving is not None and _is_flat(camera):
            known, still = {own: k for k, own in enumerate(before._own.tolist()) if own not in moving}, before._still
        self._parents: dict[int, Mobject] = before._parents if before is not None else {}
        families = {id(mobject): still.get(id(mobject)) or list(self._walk(mobject)) for mobject in _shown(scene)}
        self._still = {  # the families of which nothing moves
            own: family
            for own, family in families.items()
            if own in still or (moving is not None and not any(id(m) in moving for m, _ in family))
        }
        members = [member for family in families.values() for member in family]
        members.sort(key=lambda member: member[0].z_index)  # as Manim does; equal ones keep their order
        kept = [(m, text) for m, text in members if id(m) in known or (m.points.shape[0] >= 4 and _opacity(m) > 0.01)]
        self.outlines = [m for m, _ in kept]
        self._own = np.array([id(m) for m in self.outlines], dtype=np.int64)
        old = np.array([known.get(own, -1) for own in self._own.tolist()], dtype=np.int64)  # its place before, or -1
        new = [m for m, k in zip(self.outlines, old.tolist(), strict=True) if k < 0]
        unknown, was = np.full((len(new), 4), np.nan), before or _Nothing
        self.fills = _updated(was.fills, old, _colors(new, "fill_rgbas"))
        self.strokes = _updated(was.strokes, old, _colors(new, "stroke_rgbas"))
        self.widths = _updated(was.widths, old, np.array([float(m.stroke_width or 0) * 0.01 for m in new]))
        self.strokes[self.widths == 0, 3] = 0
        self.points = [
            was.points[k] if k >= 0 else _seen_by(camera, m) for m, k in zip(self.outlines, old.tolist(), strict=True)
        ]
        self._boxes, self._places = _updated(was._boxes, old, unknown), _updated(was._places, old, unknown)
        self._lines = {own: lines for own, lines in was._lines.items() if own in known}
        self.opacity = np.maximum(self.fills[:, 3], self.strokes[:, 3])
        self.texts, self.text_of = self._texts([text for _, text in kept])
        self.in_flight = np.zeros(len(self.outlines), dtype=bool)
        self.graphics = np.flatnonzero(self.text_of < 0)

    def _walk(self, mobject: Mobject, text: Mobject | None = None) -> Iterator[tuple[VMobject, Mobject | None]]:
        """The family of a mobject, each with the text it belongs to."""
        text = text or (mobject if isinstance(mobject, WRITTEN) else None)
        if isinstance(mobject, VMobject):
            yield mobject, text
        for part in mobject.submobjects:
            self._parents[id(part)] = mobject
            yield from self._walk(part, text)

    def _texts(self, owners: list[Mobject | None]) -> tuple[list[Written], np.ndarray]:
        places: dict[int, list[int]] = {}
        for k, owner in enumerate(owners):
            if owner is not None:
                places.setdefault(id(owner), []).append(k)
        text_of = np.full(len(owners), -1)
        texts = []
        for n, own in enumerate(places.values()):
            text_of[own] = n
            texts.append(Written(owners[own[0]], own[0]))
        return texts, text_of

    # --- places ---

    @cached_property
    def boxes(self) -> np.ndarray:
        unknown = np.flatnonzero(np.isnan(self._boxes[:, 0]))
        if len(unknown):
            # Control points stand outside an arc, and hardly outside a letter, of which there are many more.
            self._draw_lines(unknown)
            self._boxes[unknown] = geometry.boxes_of(
                [self.points[k] if self.text_of[k] >= 0 else self.lines(k).reshape(-1, 2) for k in unknown.tolist()]
            )
        return self._boxes

    @cached_property
    def places(self) -> np.ndarray:
        """What tells whether an outline moves (n, 4): the box of its control points, and of a number, whose digits
        come and go, the point it is set by."""
        unknown = np.flatnonzero(np.isnan(self._places[:, 0]))
        if len(unknown):
            self._places[unknown] = geometry.boxes_of(
                [
                    self.points[k][:1] if isinstance(self.outlines[k], Number) else self.points[k]
                    for k in unknown.tolist()
                ]
            )
        return self._places

    def lines(self, k: int) -> np.ndarray:
        """The k-th outline, of graphics, as straight lines (s, 2, 2)."""
        own = int(self._own[k])
        if own not in self._lines:
            self._draw_lines(self.graphics)
        return self._lines[own]

    def _draw_lines(self, among: np.ndarray) -> None:
        """Draw those of some outlines that are graphics as straight lines, all at once."""
        new = [k for k in among.tolist() if self.text_of[k] < 0 and int(self._own[k]) not in self._lines]
        if not new:
            return
        curves = [self.points[k][: len(self.points[k]) // 4 * 4] for k in new]
        ends = np.cumsum([len(points) // 4 * geometry.PIECES for points in curves])[:-1]
        drawn = np.split(geometry.lines_of(np.concatenate(curves)), ends)
        self._lines.update(zip(self._own[new].tolist(), drawn, strict=True))

    def glyphs(self, n: int) -> np.ndarray:
        """The boxes of the outlines of the n-th text: (g, 4)."""
        return self.boxes[self.text_of == n]

    @cached_property
    def text_boxes(self) -> np.ndarray:
        """The boxes of the texts: (t, 4)."""
        boxes = np.tile([np.inf, np.inf, -np.inf, -np.inf], (len(self.texts), 1))
        own = self.text_of >= 0
        np.minimum.at(boxes[:, :2], self.text_of[own], self.boxes[own, :2])
        np.maximum.at(boxes[:, 2:], self.text_of[own], self.boxes[own, 2:])
        return boxes

    @cached_property
    def text_opacity(self) -> np.ndarray:
        """How opaque each text is where it is most so: (t,)."""
        most = np.zeros(len(self.texts))
        own = self.text_of >= 0
        np.maximum.at(most, self.text_of[own], self.opacity[own])
        return most

    def note_motion(self, before: "Snapshot") -> None:
        """Find what is in flight, given the frame before."""
        then, now = before.paired(self)
        moved = np.abs(before.places[then] - self.places[now]).max(axis=1, initial=0) > STILL
        self.in_flight[now[moved]] = True

    def paired(self, after: "Snapshot") -> tuple[np.ndarray, np.ndarray]:
        """The outlines that are in both moments: their places in this one and in that."""
        _, old, new = np.intersect1d(self._own, after._own, assume_unique=True, return_indices=True)
        return old, new

    @cached_property
    def noticed(self) -> np.ndarray:
        """Which outlines are noticed (n,): of what comes or goes in flight only what is half there."""
        return self.opacity >= np.where(self.in_flight, HALF, SEEN)

    @cached_property
    def text_noticed(self) -> np.ndarray:
        """Which texts are noticed: (t,)."""
        return np.array([self.noticed[self.text_of == n].any() for n in range(len(self.texts))], dtype=bool)

    @cached_property
    def text_in_flight(self) -> np.ndarray:
        """Which texts are in flight: (t,)."""
        return self.in_flight[[text.first for text in self.texts]]

    # --- names ---

    def name(self, k: int) -> str:
        """What the k-th outline is, in words a viewer knows it by."""
        if self.text_of[k] >= 0:
            return self.text_name(int(self.text_of[k]))
        return self._described(self.outlines[k], k)

    def text_name(self, n: int) -> str:
        """A text in quotes; for a number also what it belongs to, since there are many alike."""
        written = self.texts[n]
        text = f"“{written.text}”"
        if isinstance(written.mobject, Number):
            near = self._near(written.first, numbers=False)
            return f"{text} by {near}" if near else text
        return text

    def _described(self, outline: Mobject, k: int) -> str:
        """An outline by its colour and its class, that of the group it is part of where this is one of ours, and the
        text nearest to it."""
        part: Mobject | None = outline
        kind = type(outline)
        while part is not None:
            if type(part).__module__.startswith("soakup."):
                kind = type(part)
                break
            part = self._parents.get(id(part))
        near = self._near(k)
        named = "".join(" " + c.lower() if c.isupper() else c for c in kind.__name__).strip()
        return f"the {named} near {near}" if near else f"the {named}"

    def _near(self, k: int, numbers: bool = True) -> str:
        """The text nearest to the k-th outline, sideways before up and down."""
        others = [
            n
            for n, t in enumerate(self.texts)
            if n != self.text_of[k] and (numbers or not isinstance(t.mobject, Number))
        ]
        if not others:
            return ""
        x0, y0, x1, y1 = self.boxes[k]
        middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
        boxes = self.text_boxes[others]
        away = np.abs((boxes[:, :2] + boxes[:, 2:]) / 2 - middle) @ [3.0, 1.0]
        return f"“{self.texts[others[int(away.argmin())]].text}”"


def _shown(scene: Scene) -> list[Mobject]:
    return [*scene.mobjects, *(m for m in scene.foreground_mobjects if m not in scene.mobjects)]


def _opacity(mobject: VMobject) -> float:
    fill = mobject.fill_rgbas[:, 3].max(initial=0)
    return max(fill, mobject.stroke_rgbas[:, 3].max(initial=0) if mobject.stroke_width else 0)


def _colors(outlines: list[VMobject], of: str) -> np.ndarray:
    """One colour for each outline: of a gradient, its middle."""
    rows = [getattr(m, of) for m in outlines]
    return np.array([rgbas[len(rgbas) // 2] if len(rgbas) else np.zeros(4) for rgbas in rows]).reshape(-1, 4)


def _updated(before: np.ndarray, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The rows of an array at places `old`, those where it is -1 being new."""
    rows = np.empty((len(old), *before.shape[1:]))
    rows[old >= 0], rows[old < 0] = before[old[old >= 0]], new
    return rows


def _is_flat(camera: Camera) -> bool:
    """Whether the camera leaves points where they are."""
    return type(camera).transform_points_pre_display is Camera.transform_points_pre_display


def _seen_by(camera: Camera, mobject: VMobject) -> np.ndarray:
    """A mobject's points as the camera projects them: (n, 2)."""
    if _is_flat(camera):
        return mobject.points[:, :2].copy()  # Manim moves points in place
    return camera.transform_points_pre_display(mobject, mobject.points)[:, :2]


def _home() -> np.ndarray:
    x, y = config.frame_width / 2, config.frame_height / 2
    return np.array([-x, -y, x, y])


def _camera_box(scene: Scene) -> np.ndarray:
    camera: Any = scene.camera
    (x, y), half = camera.frame_center[:2], np.array([camera.frame_width, camera.frame_height]) / 2
    return np.array([x - half[0], y - half[1], x + half[0], y + half[1]])
