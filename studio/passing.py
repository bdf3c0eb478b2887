"""What a play does to a scene, without drawing it: the scene is afterwards as if every frame had been drawn.

A play whose animations are functions of time alone is passed over in one step to its end. One in which something may
depend on how it got there (an updater, a condition to stop, a function of the user's) is stepped through frame by
frame. The clock always advances by the frames there would have been.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np
from manim import (
    Animation,
    AnimationGroup,
    ChangeSpeed,
    FadeIn,
    FadeOut,
    MaintainPositionRelativeTo,
    Mobject,
    Scene,
    Transform,
    UpdateFromFunc,
    config,
)
from manim.renderer.cairo_renderer import CairoRenderer
from manim.utils.iterables import list_update

from soakup.errors import StudioError

HISTORY = (UpdateFromFunc, MaintainPositionRelativeTo, ChangeSpeed)  # what such animations do depends on what was
FUNCTIONS = (FunctionType, MethodType, partial, BuiltinFunctionType)


class Passing:
    """A play that is being passed over: `begin`, perhaps look at it, then `finish`."""

    def __init__(self, scene: Scene, *animations: Any, **kwargs: Any) -> None:
        """Begin it. `animations` and `kwargs` are what `Scene.play` was given."""
        self.scene = scene
        self.renderer = cairo(scene)
        scene.compile_animation_data(*animations, **kwargs)
        assert scene.animations is not None
        self.animations = scene.animations

    @property
    def still(self) -> bool:
        """Whether nothing moves."""
        return self.scene.is_current_animation_frozen_frame()

    def leaps(self) -> bool:
        """Whether the end can be reached in one step."""
        scene = self.scene
        if scene.updaters or scene.always_update_mobjects or scene.stop_condition is not None:
            return False
        return not any(map(_updates, on_screen(scene))) and all(map(_of_time_alone, self.animations))

    def finish(self) -> int:
        """Bring the scene to where it is after the play; returns how many frames that takes."""
        scene, renderer = self.scene, self.renderer
        dt = 1 / renderer.camera.frame_rate
        leaps = not self.still and self.leaps()
        self._begin(leaps)
        if self.still:
            frames = int(scene.duration / dt)
            renderer.time += frames * dt
        else:
            frames = self._leap(dt) if leaps else self._step(dt)
            for animation in self.animations:
                animation.finish()
                animation.clean_up_from_scene(scene)
            scene.update_mobjects(0)
        renderer.num_plays += 1
        return frames

    @property
    def frames(self) -> int:
        """How many frames it takes, where it does not stop early."""
        if self.still:
            return int(self.scene.duration / (1 / self.renderer.camera.frame_rate))
        return len(self._times())

    def reach(self, frame: int) -> None:
        """Bring the scene to one of its frames, counted from 0, instead of its end."""
        self._begin()
        if self.still:
            return
        times = self._times()[: frame + 1]
        for t in times[-1:] if self.leaps() else times:
            self.scene.update_to_time(t)

    def _begin(self, leaping: bool = False) -> None:
        """Begin the animations; before a leap without what nobody would see of it: a fade, which leaves a mobject as it
        was, and the first frames of the others."""
        unseen = _unseen(self.animations) if leaping else []
        fades = [animation for animation in unseen if _leaves_as_it_was(animation)]
        for animation in unseen:
            animation.interpolate = _nothing  # type: ignore[method-assign]
        for animation in fades:
            animation.begin = _nothing  # type: ignore[method-assign]
            animation.finish = _nothing  # type: ignore[method-assign]
        for animation in self.animations:
            animation._setup_scene(self.scene)
            animation.begin()
        for animation in unseen:
            if animation not in fades:
                del animation.interpolate

    def _times(self) -> np.ndarray:
        return np.arange(0, self.scene.duration, 1 / config.frame_rate)  # as Scene.get_time_progression has it

    def _leap(self, dt: float) -> int:
        times = self._times()
        for _ in times:
            self.renderer.time += dt  # a product would be another number
        return len(times)

    def _step(self, dt: float) -> int:
        scene = self.scene
        frames = 0
        for t in self._times():
            scene.update_to_time(t)
            self.renderer.time += dt
            frames += 1
            if scene.stop_condition is not None and scene.stop_condition():
                break
        return frames


def cairo(scene: Scene) -> CairoRenderer:
    """The renderer of a scene. Raises StudioError where it is not Cairo's."""
    if not isinstance(scene.renderer, CairoRenderer):
        raise StudioError(f"{scene} is drawn with OpenGL, and soakup films what Cairo draws")
    return scene.renderer


def on_screen(scene: Scene) -> list:
    """The mobjects of a scene, those in the foreground last."""
    return list_update(scene.mobjects, scene.foreground_mobjects)


def picture(scene: Scene) -> np.ndarray:
    """The scene as it stands, just as a frame of a hold would be drawn: (height, width, 4) uint8 RGBA."""
    renderer = cairo(scene)
    renderer.skip_animations = False
    moving, static = scene.get_moving_and_static_mobjects([])
    renderer.save_static_frame_data(scene, static)
    renderer.update_frame(scene, mobjects=moving or [Mobject()])  # given none, it would draw all a second time
    frame = renderer.get_frame()
    renderer.static_image = None
    return frame


def _of_time_alone(animation: Animation) -> bool:
    """Whether an animation's end depends on nothing but its beginning."""
    if not _known(type(animation)) or isinstance(animation, HISTORY) or _updates(animation.mobject):
        return False
    parts: Iterable[Animation] = animation.animations if isinstance(animation, AnimationGroup) else ()
    return all(map(_of_time_alone, parts)) and all(
        _known(value.func if isinstance(value, partial) else value)
        for value in vars(animation).values()
        if isinstance(value, FUNCTIONS)
    )


def _updates(mobject: Any) -> bool:
    return any(member.updaters for member in mobject.get_family())


def _known(thing: Any) -> bool:
    """Whether a class or function is Manim's or ours, and so without a memory."""
    return (getattr(thing, "__module__", None) or "manim").split(".")[0] in ("manim", "soakup", "numpy")


def _nothing(alpha: float = 0.0) -> None: ...


def _unseen(animations: Iterable[Animation]) -> list[Animation]:
    """The animations that begin with a first frame of their own, and nothing after it; none where one could see in what
    state another's first frame has put a mobject."""
    alone = [part for animation in animations for part in _parts(animation)]
    concerned = [m for part in alone for m in (part.mobject, getattr(part, "target_mobject", None)) if m is not None]
    members = [id(member) for mobject in concerned for member in mobject.get_family()]
    if len(set(members)) < len(members):
        return []
    return [part for part in alone if type(part).begin in (Animation.begin, Transform.begin)]


def _leaves_as_it_was(animation: Animation) -> bool:
    """Whether a mobject is as it was, once it has been faded in, or has been faded out and is off the scene."""
    kind, rate = type(animation), animation.rate_func
    return (kind is FadeIn and rate(1.0) == 1.0) or (kind is FadeOut and rate(0.0) == 0.0)


def _parts(animation: Animation) -> Iterator[Animation]:
    """The animations in one, which begin all together."""
    if isinstance(animation, AnimationGroup) and type(animation).begin is AnimationGroup.begin:
        for part in animation.animations:
            yield from _parts(part)
    else:
        yield animation
