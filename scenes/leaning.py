"""The camera leans in on a part of the sentence and back; what is written round it stays where it is in the picture."""

from collections.abc import Callable, Iterable

import numpy as np
from manim import Mobject, MovingCameraScene

from soakup.scenes.motion import change, together
from soakup.scenes.screen import the_screen

NEAREST = 1.45  # how much larger things look at most
ROOM = 0.9  # round what is leaned in on


class LeaningScene(MovingCameraScene):
    """A scene whose camera can lean in."""

    def setup(self) -> None:
        self.camera.frame.stretch_to_fit_width(the_screen().width)  # which Manim makes 16:9 whatever the frame is
        super().setup()

    def lean(self, around: Iterable[Mobject] | None, staying: Iterable[Mobject], run_time: float = 1.6):
        """An animation that brings the camera near some mobjects, or home; `staying` keep their places in the picture,
        and their sizes."""
        screen, frame = the_screen(), self.camera.frame
        zoom, center = (1.0, np.zeros(3)) if around is None else _near(list(around), screen.width, screen.height)
        start, from_zoom = frame.get_center(), screen.width / frame.width
        shape = (frame.points - start) * from_zoom
        held = [_held(mobject, start, from_zoom) for mobject in staying]

        def step(alpha: float) -> None:
            at = start + (center - start) * alpha
            # The width goes evenly: then no edge runs ahead of the others.
            size = (1 - alpha) / from_zoom + alpha / zoom
            frame.points = shape * size + at
            for hold in held:
                hold(at, size)

        return change([frame, *staying], together(step), run_time=run_time)

    def into_view(self, mobject: Mobject) -> None:
        """Bring what was set for the whole frame to where the camera looks now."""
        frame, size = self.camera.frame, self.camera.frame.width / the_screen().width
        _held(mobject, np.zeros(3), 1.0)(frame.get_center(), size)


def _near(mobjects: list[Mobject], width: float, height: float) -> tuple[float, np.ndarray]:
    """How near to come, and where, for all of some mobjects to be seen with room round them; never beyond the frame."""
    points = np.concatenate([m.get_all_points() for m in mobjects])[:, :2]
    low, high = points.min(axis=0) - ROOM, points.max(axis=0) + ROOM
    whole = np.array([width, height])
    zoom = float(np.clip((whole / (high - low)).min(), 1.0, NEAREST))
    reach = whole / 2 * (1 - 1 / zoom)
    return zoom, np.array([*np.clip((low + high) / 2, -reach, reach), 0.0])


def _held(mobject: Mobject, center: np.ndarray, zoom: float) -> Callable[[np.ndarray, float], None]:
    """Puts a mobject where it is in the picture now, for a camera at another place and size."""
    members = [m for m in mobject.get_family() if len(m.points)]
    homes = [((m.points - center) * zoom, m.stroke_width * zoom) for m in members]

    def hold(at: np.ndarray, size: float) -> None:
        for m, (points, stroke) in zip(members, homes, strict=True):
            m.points = points * size + at
            m.stroke_width = stroke * size

    return hold
