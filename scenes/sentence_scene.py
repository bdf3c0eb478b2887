"""What the parts of the flagship share: one sentence on the screen, and what stands round it."""

from collections.abc import Callable, Iterable

from manim import FadeIn, ManimColor, Mobject, Rectangle, VGroup, linear

from soakup.scenes.arcs import Arc, drawing
from soakup.scenes.layer_marks import LayerMarks
from soakup.scenes.motion import change, staggered, tinting, together
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Reading
from soakup.scenes.scene import TraceScene
from soakup.scenes.sentence import Sentence


class SentenceScene(TraceScene):
    """A scene of a sentence's vectors, of which one, that of token `followed`, is followed."""

    whole: Reading  # of the text, of which none stands folded
    reading: Reading
    sentence: Sentence
    marks: LayerMarks
    tokens: list[int]  # that do not stand folded
    followed: int
    guesses: list[tuple[Quantity, Quantity]]  # what would come next, and its chance, after so many layers
    arcs: dict[tuple[int, int], Arc]
    plates: list[Rectangle]  # what keeps the arcs from words
    frame: VGroup | None = None

    @property
    def row(self) -> list[Mobject]:
        """All of the sentence that has been seen: the rest token only where something came from it."""
        rest, there = self.sentence.rest, self.get_mobject_family_members()
        return [m for m in self.sentence.mobjects() if m is not rest or m in there]

    def speaking_of_rest(self, arcs: Iterable[Arc]) -> Callable[[float], None]:
        """A step in which the rest token, and arcs from it, are as bright as what the words beside them are in."""
        return self._tinting_rest(arcs, ManimColor(self.style.text), ManimColor(self.style.text))

    def quieting_rest(self) -> Callable[[float], None]:
        """A step in which it is in the background again, and all arcs from it."""
        arcs = [arc for (j, _), arc in self.arcs.items() if j == self.reading.rest]
        return self._tinting_rest(arcs, ManimColor(self.style.quiet), ManimColor(self.style.others))

    def _tinting_rest(self, arcs: Iterable[Arc], color: ManimColor, along: ManimColor) -> Callable[[float], None]:
        own = [tinting(self.sentence.rest, color, of) for of in ("stroke", "fill")]
        return together(*own, *[tinting(arc, along) for arc in arcs])

    def draw_arcs(self, shares: dict[tuple[int, int], Quantity], run_time: float) -> dict[tuple[int, int], Arc]:
        """Draw the arcs of shares by (source, target), from their sources."""
        arcs = self.sentence.arcs(shares)
        if self.plates:
            self.coming(FadeIn(*self.plates, run_time=0.4))
        if self.sentence.rest not in self.mobjects and any(j == self.reading.rest for j, _ in arcs):
            self.coming(FadeIn(self.sentence.rest, run_time=0.5))
        lag = min(0.03, 1.5 / max(len(arcs), 1))  # of many, none is in more of a hurry than the eye
        step = staggered(map(drawing, arcs.values()), lag)
        self.play(change(arcs.values(), step, rate_func=linear, run_time=run_time))
        return arcs
