"""Depth for flat mobjects: shapes and labels in a space, seen in perspective by a camera that turns.

Manim's ThreeDScene projects and shades every mobject by itself in every frame. Here the points of all that is in a
`Space` are turned and projected in one step, and what is drawn are the ordinary mobjects themselves, so that they cost
what flat ones do, fade and change colour as any others, and need no other kind of scene.

    space = Space(slab, axes, facing=[label])
    self.add(space)
    self.play(Change(space, lambda a: space.look(theta=-0.7 + 0.4 * a, phi=-0.25), run_time=3))
"""

from collections.abc import Iterable, Sequence

import numpy as np
from manim import VGroup, VMobject

NEAREST = 0.05  # of the camera's distance: what is nearer, or behind it, is drawn as if it were here


class Space(VGroup):
    """`mobjects`, which turn with the space, and `facing` ones, which only move and shrink, as labels do.

    They keep the places they have when they are put in as their places in the space: x to the right, y up, z towards
    the viewer. The camera looks at the origin from `distance` Manim units away, at which lengths are as they are.
    """

    def __init__(self, *mobjects: VMobject, facing: Iterable[VMobject] = (), distance: float = 20) -> None:
        turning, still = list(mobjects), list(facing)
        super().__init__(*turning, *still)
        self.distance = distance
        self.theta = self.phi = self.back = 0.0
        members = [[m for m in mobject.get_family() if len(m.points)] for mobject in (*turning, *still)]
        self._members = [member for family in members for member in family]
        self._ends = np.cumsum([0, *(len(m.points) for m in self._members)])
        self._world = np.concatenate([np.zeros((0, 3)), *(m.points for m in self._members)])
        self._homes = self._world.copy()
        # Of which mobject each point is, where the mobjects have their middles, and which of them face the viewer.
        owners = [i for i, family in enumerate(members) for m in family for _ in range(len(m.points))]
        self._owner = np.array(owners, dtype=int)
        self._faces = np.arange(len(members)) >= len(turning)
        self._middles = self._middles_at_home()
        self._home_middles = self._middles.copy()
        self._orders = [mobject.z_index for mobject in (*turning, *still)]
        self._ranks = np.zeros(0, dtype=int)  # which is the farthest, the next, …, as they are drawn now
        self.look(0, 0)

    def look(self, theta: float, phi: float) -> "Space":
        """Turn the space about its upright axis by `theta`, then tilt its near side down by `phi`, in radians."""
        self.theta, self.phi = theta, phi
        turn = self._turn()
        seen = self._world @ turn.T
        centers = self._middles @ turn.T
        seen[:, 2] -= self.back
        centers[:, 2] -= self.back
        depth = seen[:, 2]
        if self._faces.any():
            faces = self._faces[self._owner]
            seen[faces] = (centers[self._owner] + self._world - self._middles[self._owner])[faces]
            depth = np.where(faces, centers[self._owner, 2], depth)  # what faces the viewer is all at one depth
        seen[:, :2] *= (self.distance / np.maximum(self.distance - depth, NEAREST * self.distance))[:, np.newaxis]
        seen[:, 2] = 0
        for member, start, end in zip(self._members, self._ends, self._ends[1:], strict=False):
            member.points = seen[start:end]
        self._sort(centers[:, 2])
        return self

    def shift_in(self, mobject: VMobject, vector: Sequence[float]) -> "Space":
        """Move one of the mobjects within the space, by a vector in the space's own directions."""
        i = self.submobjects.index(mobject)
        self._world[self._owner == i] += vector
        self._middles[i] += vector
        return self.look(self.theta, self.phi)

    def place(self, shifts: np.ndarray, theta: float, phi: float, back: float = 0.0) -> "Space":
        """Put each of the mobjects (n, 3) away from the place it came with, in the space's own directions, and look at
        all of them from so much farther back."""
        self._world, self.back = self._homes + shifts[self._owner], back
        self._middles = self._home_middles + shifts
        return self.look(theta, phi)

    def _middles_at_home(self) -> np.ndarray:
        """The middle of each mobject's box in the space: (n, 3)."""
        n = len(self.submobjects)
        low, high = np.full((n, 3), np.inf), np.full((n, 3), -np.inf)
        np.minimum.at(low, self._owner, self._world)
        np.maximum.at(high, self._owner, self._world)
        with np.errstate(invalid="ignore"):
            middles: np.ndarray = np.where(np.isfinite(low), (low + high) / 2, 0)
        return middles

    def _turn(self) -> np.ndarray:
        across, up = np.array([np.cos(self.theta), np.sin(self.theta)]), np.array([np.cos(self.phi), np.sin(self.phi)])
        sideways = np.array([[across[0], 0, across[1]], [0, 1, 0], [-across[1], 0, across[0]]])
        forwards = np.array([[1, 0, 0], [0, up[0], -up[1]], [0, up[1], up[0]]])
        return forwards @ sideways

    def _sort(self, depths: np.ndarray) -> None:
        """Let what is farther away be drawn first. (Manim keeps the order of a group as it is when a play starts.)"""
        ranks = np.argsort(depths, kind="stable")
        if np.array_equal(ranks, self._ranks):
            return
        self._ranks = ranks
        for rank, i in enumerate(ranks):
            order = self._orders[i] + rank / (len(depths) + 1)
            for member in self.submobjects[i].get_family():
                member.z_index = order
