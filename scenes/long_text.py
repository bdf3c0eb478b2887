"""A long text is read, and what of it stands folded from then on gives place to its blocks."""

from collections.abc import Iterable, Mapping

from manim import FadeIn

from soakup.scenes import style
from soakup.scenes.motion import becoming, change, levels, together
from soakup.scenes.scene import TraceScene
from soakup.scenes.words import Words

GHOST = 0.14  # the level of what passes others while it is not to be read

Texts = Mapping[tuple[int, ...], Words]  # by the tokens whose text it is


def bring(scene: TraceScene, texts: Iterable[Words]) -> None:
    """Let texts be there when a film begins, or come in where it has begun and they are not there yet."""
    new = [words for words in texts if words not in scene.mobjects]
    if scene.time and new:
        scene.play(FadeIn(*new, run_time=0.8))
    scene.add(*new)


def fold_away(scene: TraceScene, whole: Texts, folded: Texts) -> None:
    """Show a text whole, until what was said of it has been read; then let what is not in `folded` go, the rest take
    its places there, and what is only there, the blocks, come in between."""
    hidden = [words for group, words in whole.items() if group not in folded]
    bring(scene, whole.values())
    scene.play(change(hidden, levels(hidden, style.FADED), run_time=0.8))
    scene.hold()
    scene.hush()
    kept = [words for group, words in whole.items() if group in folded]
    homes = [words for group, words in folded.items() if group in whole]
    blocks = [words for group, words in folded.items() if group not in whole]
    # (What goes to its new line passes others: it is a ghost on its way.)
    scene.play(change(whole.values(), together(levels(hidden, 0.0), levels(kept, GHOST)), run_time=0.5))
    scene.remove(*hidden)
    moves = together(*[becoming(a, b) for a, b in zip(kept, homes, strict=True)])
    scene.play(change(kept, moves, run_time=1.1))
    scene.remove(*kept)
    levels(homes, GHOST)(1.0)
    scene.add(*homes)
    scene.play(change(homes, levels(homes, 1.0), run_time=0.5), FadeIn(*blocks, run_time=0.5))
