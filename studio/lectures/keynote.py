"""The target `keynote`: the film in the forms that Keynote takes, and a page on how to place it.

clip.keynote.md      how to place it, with the text for whoever does not see the film, and what to say
clip.keynote.mp4     H.264
clip.keynote.mov     ProRes 4444, where the film is on no ground: Keynote shows it with what is seen through
"""

from pathlib import Path

from soakup import manifest
from soakup.errors import NotAClip, StudioError
from soakup.lectures.clip import Clip
from soakup.outputs import FORMATS
from soakup.transcript import clock

PAGE = """# {title}

Drag **{file}** onto a slide.{ground}

- *Format › Movie › Start movie on click*: on, and it waits for you; off, and it begins when the slide comes.
- *Repeat*: *Loop*, for a film that goes round and round{loop}.
- *Edit Movie › Poster Frame*: {poster} is the moment that stands for the film.
- *Description*: paste what follows, for whoever does not see it.

> {alt}

## To say

{notes}
"""


def outputs(output: Path) -> list[Path]:
    """What must not stand there yet."""
    return [output, output.with_suffix(".mp4"), output.with_suffix(".mov")]


def files(clip: Clip, output: Path) -> dict[Path, bytes]:
    """The files of this target: `output`, which ends in .md, and those beside it."""
    films = {output.with_suffix(".mp4"): clip.path.read_bytes()}
    if clear := clip.about["settings"].get("background") == "transparent":
        films[output.with_suffix(".mov")] = _on_no_ground(clip)
    over = f" It shows your slide through. ({output.with_suffix('.mp4').name} is the same on {clip.theme} ground.)"
    page = PAGE.format(
        title=clip.title,
        file=[*films][-1].name,
        ground=over if clear else "",
        loop=", as this one does" if clip.about.get("loop") else " (this one jumps from its end to its start: --loop)",
        poster=clock(clip.about["poster"]),
        alt=clip.alt,
        notes="\n".join(f"- {clock(b.start)} {' '.join((b.caption or b.name).split())}" for b in clip.beats),
    )
    return {output: page.encode(), **films}


def _on_no_ground(clip: Clip) -> bytes:
    """The film as ProRes 4444: no .mp4 holds what is seen through, so it was rendered beside it."""
    beside = clip.path.with_suffix(FORMATS["mov"])
    try:
        if manifest.read(beside) == clip.about:
            return beside.read_bytes()
    except NotAClip:
        pass
    raise StudioError(
        f"{clip.path} was drawn on no ground, which no .mp4 can hold, and the {beside.name} that can is not beside it: "
        "render it with --background transparent --format mov"
    )
