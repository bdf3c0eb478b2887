"""The target `pptx`: a film inside a PowerPoint deck.

Into a deck that is there (`--into lecture.pptx --slide 7`), or into a new one with a slide for each beat, so that the
arrow keys step through it. PowerPoint has no stops inside a film, so there each beat is a film of its own.
"""

import io
import re
import tempfile
from pathlib import Path
from typing import Any

from lxml import etree
from PIL import Image
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.exc import PackageNotFoundError
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from soakup.drawing.transcoding import transcode
from soakup.errors import StudioError
from soakup.lectures.clip import Clip
from soakup.outputs import work_folder
from soakup.transcript import clock

HEIGHT = 720  # pixels, at most: a deck of forty clips is to stay small
OLE = bytes.fromhex("D0CF11E0A1B11AE1")  # how an old .ppt begins, and any Office file with a password
LENGTH = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*(%|cm|mm|in|pt)\s*")
UNITS = {"cm": 360_000, "mm": 36_000, "in": 914_400, "pt": 12_700}  # English metric units

Box = tuple[int, int, int, int]  # left, top, width, height, in English metric units


def default(clip: Path, into: Path | None = None, **options: Any) -> Path:
    """Where the deck goes when nobody says: never over the lecturer's own."""
    return into.with_name(f"{into.stem}.with-{clip.stem}.pptx") if into else clip.with_suffix(".pptx")


def outputs(output: Path) -> list[Path]:
    """What must not stand there yet."""
    return [output]


def files(
    clip: Clip,
    output: Path,
    *,
    into: Path | None = None,
    slide: int | None = None,
    box: str | None = None,
    play: str = "auto",
    loop: bool = False,
) -> dict[Path, bytes]:
    """The deck, and where it takes the place of the lecturer's own, a copy of that as it was.

    `slide` counts from 1; `box` is "left,top,width,height", each in %, cm, mm, in or pt; `play` is "auto" (when the
    slide comes) or "click". Raises StudioError, in one sentence, for a deck that cannot be used.
    """
    if into is None:
        for name, given in (("slide", slide), ("box", box)):
            if given is not None:
                raise StudioError(f"--{name} says where in your own deck: name that with --into DECK.pptx")
        return {output: _saved(_new_deck(clip, play, loop))}
    deck = _opened(into)
    if slide is None:
        raise StudioError(f"say with --slide into which of the {len(deck.slides)} slides of {into} the film is to go")
    if not 1 <= slide <= len(deck.slides):
        raise StudioError(f"there is no slide {slide} in {into}: it has {_count(len(deck.slides), 'slide')}")
    page = deck.slides[slide - 1]
    place = _fitted(_box(box, deck), clip.size)
    with work_folder() as folder:
        film = folder / f"{clip.path.stem}.mp4"
        _smaller(clip, film)
        poster = clip.poster if play == "click" else clip.frames([0])[0]
        _add(page, film, place, poster, clip.alt, clip.duration, play, loop)
    said = [f"{clock(beat.start)} {beat.caption}" for beat in clip.beats if beat.caption]
    _note(page, "\n".join([f"Film: {clip.title}", *said]))
    made = {output: _saved(deck)}
    if output.exists() and output.samefile(into):
        made[_backup(into)] = into.read_bytes()
    return made


# --- a new deck ---


def _new_deck(clip: Clip, play: str, loop: bool) -> Any:
    deck: Any = Presentation()
    deck.slide_width = Inches(13.333)
    deck.slide_height = Emu(round(deck.slide_width * clip.size[1] / clip.size[0]))
    deck.core_properties.title, deck.core_properties.author = clip.title, ""
    place = (0, 0, int(deck.slide_width), int(deck.slide_height))
    firsts = clip.frames([beat.start for beat in clip.beats])
    with work_folder() as folder:
        for number, (beat, first) in enumerate(zip(clip.beats, firsts, strict=True), 1):
            film = folder / f"{clip.path.stem}-{number}.mp4"
            _smaller(clip, film, beat.start, beat.end)
            page = deck.slides.add_slide(
                deck.slide_layouts[5]
            )  # with a title, by which a screen reader names the slide
            _ground(page, clip)
            _title_unseen(page, f"{number}. {beat.name}", deck, clip)
            alt = f"Silent animation, {number} of {len(clip.beats)}. {beat.caption or beat.name}"
            _add(page, film, place, first, alt, beat.end - beat.start, play, loop)
            if beat.caption:
                _note(page, beat.caption)
    return deck


def _ground(page: Any, clip: Clip) -> None:
    fill = page.background.fill
    fill.solid()
    fill.fore_color.rgb = RGBColor(255, 255, 255) if clip.theme == "light" else RGBColor(0, 0, 0)


def _title_unseen(page: Any, title: str, deck: Any, clip: Clip) -> None:
    """A title above the slide's upper edge: the outline and screen readers have it, the screen does not."""
    shape = page.shapes.title
    shape.text = title
    shape.left, shape.top, shape.width, shape.height = Emu(0), Emu(-600_000), deck.slide_width, Emu(500_000)
    shape.text_frame.paragraphs[0].runs[0].font.size = Pt(20)


# --- a deck that is there ---


def _opened(path: Path) -> Any:
    if not path.is_file():
        raise StudioError(f"there is no deck {path}")
    for lock in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")):
        if lock.exists():
            raise StudioError(f"{path} is open in another program ({lock.name} says so): close it there first")
    try:
        with path.open("rb") as file:
            if file.read(8) == OLE:
                raise StudioError(f"{path} has a password or is an old .ppt: save it without, as .pptx")
        return Presentation(str(path))
    except OSError as error:
        raise StudioError(f"cannot read {path}: {error.strerror}") from None
    except StudioError:
        raise
    except (PackageNotFoundError, ValueError, KeyError, AttributeError, etree.LxmlError) as error:
        raise StudioError(f"{path} is not a PowerPoint deck (.pptx), or is damaged") from error
    except Exception as error:
        raise StudioError(f"{path} is not a PowerPoint deck (.pptx), or is damaged") from error


def _box(written: str | None, deck: Any) -> Box:
    """Where on the slide; most of it when nobody says."""
    width, height = int(deck.slide_width), int(deck.slide_height)
    parts = [LENGTH.fullmatch(part) for part in (written or "5%,5%,90%,90%").split(",")]
    if len(parts) != 4 or not all(parts):
        raise StudioError(f"{written!r} is no box: write it as left,top,width,height, as in 5%,20%,90%,70% or 2cm,…")
    whole = (width, height, width, height)
    numbers = [
        round(float(part[1]) / 100 * of) if part[2] == "%" else round(float(part[1]) * UNITS[part[2]])
        for part, of in zip(parts, whole, strict=True)
        if part
    ]
    left, top, wide, high = numbers
    if wide <= 0 or high <= 0 or left < 0 or top < 0 or left + wide > width + 1 or top + high > height + 1:
        raise StudioError(f"the box {written} does not lie on the slide, which is {_in_cm(width)} by {_in_cm(height)}")
    return left, top, wide, high


def _in_cm(length: int) -> str:
    return f"{length / UNITS['cm']:.1f} cm"


def _fitted(box: Box, size: tuple[int, int]) -> Box:
    """The largest place of the film's own shape in a box, in its middle."""
    left, top, width, height = box
    scale = min(width / size[0], height / size[1])
    wide, high = round(size[0] * scale), round(size[1] * scale)
    return left + (width - wide) // 2, top + (height - high) // 2, wide, high


def _backup(path: Path) -> Path:
    """A name for a copy of a deck as it was, at which nothing stands."""
    names = [path.with_name(f"{path.stem}.backup{'' if n == 1 else f'-{n}'}.pptx") for n in range(1, 1000)]
    return next(name for name in names if not name.exists())


# --- a film on a slide ---


def _smaller(clip: Clip, path: Path, start: float = 0, end: float | None = None) -> None:
    about = {"title": clip.title}
    keys = [beat.start for beat in clip.beats if beat.start >= start and (end is None or beat.start < end)]
    transcode(clip.path, path, "mp4", height=HEIGHT, start=start, end=end, keyframes=keys, metadata=about)


def _add(
    page: Any, film: Path, place: Box, poster: Image.Image, alt: str, seconds: float, play: str, loop: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        still = Path(folder, "poster.png")
        poster.save(still)
        shape = page.shapes.add_movie(
            str(film), *(Emu(length) for length in place), poster_frame_image=str(still), mime_type="video/mp4"
        )
    shape._element.nvPicPr.cNvPr.set("descr", alt)
    shape.name = f"Film {shape.shape_id}"
    node = page._element.find(f".//{qn('p:video')}//{qn('p:spTgt')}[@spid='{shape.shape_id}']/../../{qn('p:cTn')}")
    assert node is not None  # python-pptx has put it there
    if loop:
        node.set("repeatCount", "indefinite")
    if play == "auto":
        _play_at_once(page, shape.shape_id, round(seconds * 1000))


def _play_at_once(page: Any, shape: int, milliseconds: int) -> None:
    """Let a film begin when its slide comes: an effect at the beginning of the slide's main sequence."""
    timing = page._element.find(qn("p:timing"))
    root = timing.find(f"{qn('p:tnLst')}/{qn('p:par')}/{qn('p:cTn')}/{qn('p:childTnLst')}")
    ids = [int(node.get("id")) for node in timing.iter(qn("p:cTn")) if node.get("id", "").isdigit()]
    free = iter(range(max(ids, default=0) + 1, 10**6))
    main = next((n for n in root.iter(qn("p:cTn")) if n.get("nodeType") == "mainSeq"), None)
    if main is None:
        root.insert(0, _element(SEQUENCE, next(free)))
        main = root[0].find(qn("p:cTn"))
    effects = main.find(qn("p:childTnLst"))
    if effects is None:
        effects = etree.SubElement(main, qn("p:childTnLst"))
    numbers = {name: next(free) for name in "abcd"}
    effects.insert(0, _element(EFFECT, main.get("id"), shape=shape, milliseconds=milliseconds, **numbers))


def _element(xml: str, number: Any, **values: Any) -> Any:
    return etree.fromstring(xml.format(number=number, ns=NAMESPACE, **values))


NAMESPACE = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
SEQUENCE = (
    '<p:seq {ns} concurrent="1" nextAc="seek"><p:cTn id="{number}" dur="indefinite" nodeType="mainSeq">'
    "<p:childTnLst/></p:cTn>"
    '<p:prevCondLst><p:cond evt="onPrev" delay="0"><p:tgtEl><p:sldTgt/></p:tgtEl></p:cond></p:prevCondLst>'
    '<p:nextCondLst><p:cond evt="onNext" delay="0"><p:tgtEl><p:sldTgt/></p:tgtEl></p:cond></p:nextCondLst></p:seq>'
)
EFFECT = (
    '<p:par {ns}><p:cTn id="{a}" fill="hold"><p:stCondLst><p:cond delay="indefinite"/>'
    '<p:cond evt="onBegin" delay="0"><p:tn val="{number}"/></p:cond></p:stCondLst><p:childTnLst>'
    '<p:par><p:cTn id="{b}" fill="hold"><p:stCondLst><p:cond delay="0"/></p:stCondLst><p:childTnLst>'
    '<p:par><p:cTn id="{c}" presetID="1" presetClass="mediacall" presetSubtype="0" fill="hold" nodeType="afterEffect">'
    '<p:stCondLst><p:cond delay="0"/></p:stCondLst><p:childTnLst><p:cmd type="call" cmd="playFrom(0.0)"><p:cBhvr>'
    '<p:cTn id="{d}" dur="{milliseconds}" fill="hold"/><p:tgtEl><p:spTgt spid="{shape}"/></p:tgtEl></p:cBhvr></p:cmd>'
    "</p:childTnLst></p:cTn></p:par></p:childTnLst></p:cTn></p:par></p:childTnLst></p:cTn></p:par>"
)


def _note(page: Any, text: str) -> None:
    """Add to a slide's notes; what is there stays."""
    frame = page.notes_slide.notes_text_frame
    if frame is None:
        return
    if frame.text.strip():
        for line in text.splitlines():
            frame.add_paragraph().text = line
    else:
        frame.text = text


def _saved(deck: Any) -> bytes:
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
