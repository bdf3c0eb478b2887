"""Words whose letters look otherwise beside each other than as pieces alone, as those of Arabic and of Hindi do: read
whole before they are taken apart."""

from collections.abc import Sequence

from manim import FadeOut

from soakup.scenes.motion import levels
from soakup.scenes.reading import Reading
from soakup.scenes.running_text import set_in_lines
from soakup.scenes.scene import TraceScene
from soakup.scenes.style import Theme
from soakup.scenes.words import Words, set_line


def shaped_words(reading: Reading, size: float, width: float, y: float, theme: Theme) -> list[Words]:
    """The words of a sentence as it is read, in lines about height y, in letters of this size or larger; none where its
    pieces, side by side, look the same, or where some of it stands folded."""
    words = [w for w in reading.words if w != reading.rest_word]
    if reading.runs or not any(_is_shaped(reading, w) for w in words):
        return []
    firsts = [reading.trace.words[w].tokens[0] for w in words]
    parts = [((i,), [reading.word(w)], reading.spaced(i)) for w, i in zip(words, firsts, strict=True)]
    return set_in_lines(reading, parts, size, width, y, theme)


def take_apart(scene: TraceScene, whole: Sequence[Words], pieces: Sequence[Words]) -> None:
    """Let whole words go; their pieces, not seen yet, will come with the next play that moves them."""
    scene.play(FadeOut(*whole, run_time=0.3))
    levels([glyph for piece in pieces for glyph in piece], 0.0)(1.0)


def _is_shaped(reading: Reading, w: int) -> bool:
    """Whether the outlines of a word are others than those of its pieces."""
    pieces = [reading.token(*group) for group in reading.boxes if reading.word_of[group[0]] == w]
    texts = [str(piece.value) for piece in pieces if str(piece.value).strip()]
    whole = "".join(texts)
    return len(texts) > 1 and not whole.isascii() and _outlines([whole]) != _outlines(texts)


def _outlines(texts: Sequence[str]) -> list[int]:
    """How many points each outline of some texts has, in order of size."""
    return sorted(len(points) for text in texts for points in set_line(text, "NORMAL")[0] if len(points))
