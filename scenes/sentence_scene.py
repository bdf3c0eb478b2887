"""What the parts of the flagship share: one sentence on the screen, and what stands round it."""

from manim import Mobject, VGroup

from soakup.scenes.arcs import Arc
from soakup.scenes.layer_marks import LayerMarks
from soakup.scenes.leaning import LeaningScene
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Reading
from soakup.scenes.scene import TraceScene
from soakup.scenes.sentence import Sentence


class SentenceScene(LeaningScene, TraceScene):
    """A scene of a sentence's vectors, of which one, that of token `followed`, is followed."""

    whole: Reading  # of the text, of which none stands folded
    reading: Reading
    sentence: Sentence
    marks: LayerMarks
    tokens: list[int]  # that do not stand folded
    followed: int
    guesses: list[tuple[Quantity, Quantity]]  # what would come next, and its chance, after so many layers
    arcs: dict[tuple[int, int], Arc]
    frame: VGroup | None = None

    @property
    def row(self) -> list[Mobject]:
        """All of the sentence that has been seen: the rest token only where something came from it."""
        rest, there = self.sentence.rest, self.get_mobject_family_members()
        return [m for m in self.sentence.mobjects() if m is not rest or m in there]
