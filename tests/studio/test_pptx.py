"""A film in a PowerPoint deck: where it was asked for, and nothing else in the lecturer's deck is another."""

import io
import os
import subprocess
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest
from lxml import etree
from PIL import Image
from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Inches

from soakup.errors import OutputError, StudioError
from soakup.lectures.clip import Clip
from soakup.lectures.embedding import embed


@pytest.fixture
def lecture(tmp_path) -> Path:
    """A lecturer's deck of three slides, 4:3, the second of which has notes, an animation and a picture."""
    deck = Presentation()
    for title in ("One", "Two", "Three"):
        page = deck.slides.add_slide(deck.slide_layouts[5])
        page.shapes.title.text = title
    page = deck.slides[1]
    page.notes_slide.notes_text_frame.text = "Say hello."
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "png")
    page.shapes.add_picture(picture, Inches(1), Inches(5))
    path = tmp_path / "lecture.pptx"
    deck.save(path)
    return path


def films(page) -> list:
    return [shape for shape in page.shapes if shape._element.find(f".//{qn('a:videoFile')}") is not None]


def film_of(page, tmp_path: Path) -> Path:
    (shape,) = films(page)
    link = shape._element.find(f".//{qn('a:videoFile')}").get(qn("r:link"))
    (tmp_path / "out.mp4").write_bytes(page.part.rels[link].target_part.blob)
    return tmp_path / "out.mp4"


def parts(path: Path) -> dict[str, bytes]:
    """What is in a deck, each part in the one form that equal XML has."""
    with zipfile.ZipFile(path) as opened:
        found = {name: opened.read(name) for name in opened.namelist()}
    return {
        name: etree.tostring(etree.fromstring(data), method="c14n") if name.endswith((".xml", ".rels")) else data
        for name, data in found.items()
    }


def test_a_film_goes_onto_a_slide_of_ones_own_deck(king, lecture, tmp_path):
    made = embed(king, "pptx", options={"into": lecture, "slide": 2, "box": "10%,20%,80%,60%"})
    assert made.files == [tmp_path / "lecture.with-king.pptx"]
    deck = Presentation(made.files[0])
    page = deck.slides[1]
    (shape,) = films(page)
    assert shape._element.nvPicPr.cNvPr.get("descr") == Clip.open(king).alt
    assert shape.width / shape.height == pytest.approx(854 / 480, rel=1e-3)
    assert shape.left >= 0.1 * deck.slide_width - 1 and shape.top >= 0.2 * deck.slide_height - 1
    assert shape.width == pytest.approx(0.8 * deck.slide_width, abs=2)
    assert page.notes_slide.notes_text_frame.text.startswith("Say hello.\nFilm: The old king\n0:00 Each piece of text")
    with av.open(film_of(page, tmp_path)) as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 854, 480)
        assert stream.frames == round(Clip.open(king).duration * 10)
    assert [s.shapes.title.text for s in deck.slides] == ["One", "Two", "Three"]


def test_nothing_else_in_the_deck_changes(king, lecture):
    before = parts(lecture)
    after = parts(embed(king, "pptx", options={"into": lecture, "slide": 2}).files[0])
    assert parts(lecture) == before
    changed = {name for name in before if after.get(name) != before[name]}
    assert changed == {
        "[Content_Types].xml",
        "ppt/slides/slide2.xml",
        "ppt/slides/_rels/slide2.xml.rels",
        "ppt/notesSlides/notesSlide1.xml",
    }
    assert {Path(name).parts[:2] for name in after.keys() - before.keys()} == {("ppt", "media")}


def test_it_plays_when_its_slide_comes_or_when_clicked_and_again_where_asked(king, lecture, tmp_path):
    def timing(**options) -> str:
        output = tmp_path / "out.pptx"
        embed(king, "pptx", output, force=True, options={"into": lecture, "slide": 1, **options})
        return etree.tostring(Presentation(output).slides[0]._element.find(qn("p:timing"))).decode()

    assert (
        'cmd="playFrom(0.0)"' in timing()
        and "indefinite" not in timing().partition("<p:video")[2].partition("<p:st")[0]
    )
    assert "playFrom" not in timing(play="click")
    assert 'repeatCount="indefinite"' in timing(loop=True)


def test_effects_that_were_there_stay_and_every_effect_has_a_number_of_its_own(king, lecture, tmp_path):
    once = embed(king, "pptx", options={"into": lecture, "slide": 2}).files[0]
    twice = embed(
        king, "pptx", tmp_path / "twice.pptx", options={"into": once, "slide": 2, "box": "0%,0%,30%,30%"}
    ).files[0]
    page = Presentation(twice).slides[1]
    assert len(films(page)) == 2
    timing = page._element.find(qn("p:timing"))
    numbers = [node.get("id") for node in timing.iter(qn("p:cTn"))]
    assert len(numbers) == len(set(numbers))
    assert len(list(timing.iter(qn("p:cmd")))) == 2
    assert {n.get("spid") for n in timing.iter(qn("p:spTgt"))} == {str(s.shape_id) for s in films(page)}


def test_the_first_picture_is_the_films(king, lecture, tmp_path):
    for play, time in (("click", Clip.open(king).about["poster"]), ("auto", 0)):
        made = embed(king, "pptx", tmp_path / f"{play}.pptx", options={"into": lecture, "slide": 1, "play": play})
        (shape,) = films(Presentation(made.files[0]).slides[0])
        blip = shape._element.find(f".//{qn('a:blip')}").get(qn("r:embed"))
        shown = np.asarray(Image.open(io.BytesIO(shape.part.related_part(blip).blob)).convert("RGB"))
        assert (shown == np.asarray(Clip.open(king).frames([time])[0])).all()


def test_a_new_deck_has_a_slide_for_each_beat(king, tmp_path):
    deck = Presentation(embed(king, "pptx", tmp_path / "new.pptx").files[0])
    clip = Clip.open(king)
    assert len(deck.slides) == 4
    for page, beat in zip(deck.slides, clip.beats, strict=True):
        assert page.notes_slide.notes_text_frame.text == beat.caption
        assert page.shapes.title.text.endswith(beat.name)
        with av.open(film_of(page, tmp_path)) as film:
            assert film.streams.video[0].frames == round((beat.end - beat.start) * 10)
    assert deck.slide_width / deck.slide_height == pytest.approx(854 / 480, rel=1e-3)


def test_each_slide_goes_on_where_the_one_before_ended(king, tmp_path):
    deck = Presentation(embed(king, "pptx", tmp_path / "new.pptx").files[0])
    clip = Clip.open(king)
    for page, beat, still in zip(deck.slides, clip.beats, clip.stills, strict=True):
        with av.open(film_of(page, tmp_path)) as film:
            frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        assert np.abs(frames[0].astype(int) - np.asarray(clip.frames([beat.start])[0])).mean() < 3
        assert np.abs(frames[-1].astype(int) - np.asarray(still)).mean() < 3


def test_over_the_lecturers_own_deck_only_when_told_and_then_with_a_copy(king, lecture, tmp_path):
    before = lecture.read_bytes()
    with pytest.raises(OutputError, match=r"lecture\.pptx exists: write over it with --force"):
        embed(king, "pptx", lecture, options={"into": lecture, "slide": 1})
    assert lecture.read_bytes() == before
    for copy in ("lecture.backup.pptx", "lecture.backup-2.pptx"):
        kept = lecture.read_bytes()
        embed(king, "pptx", lecture, force=True, options={"into": lecture, "slide": 1})
        assert (tmp_path / copy).read_bytes() == kept
    assert len(films(Presentation(lecture).slides[0])) == 2


def damaged(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 no more of it")


def another_program(path: Path) -> None:
    path.with_name(f".~lock.{path.name}#").write_text("lecturer")


def power_point(path: Path) -> None:
    path.with_name(f"~${path.name}").write_text("lecturer")


@pytest.mark.parametrize(
    ("spoil", "options", "said"),
    [
        (lambda path: path.write_text("no deck"), {}, "is not a PowerPoint deck"),
        (damaged, {}, "is not a PowerPoint deck"),
        (
            lambda path: path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(99)),
            {},
            "has a password or is an old",
        ),
        (another_program, {}, "is open in another program"),
        (power_point, {}, "is open in another program"),
        (lambda path: path.unlink(), {}, "there is no deck"),
        (lambda path: None, {"slide": 4}, "there is no slide 4 in .*: it has 3 slides"),
        (lambda path: None, {"slide": 0}, "there is no slide 0"),
        (lambda path: None, {"slide": None}, "say with --slide into which of the 3 slides"),
        (lambda path: None, {"box": "1,2,3"}, "is no box"),
        (lambda path: None, {"box": "50%,0%,60%,10%"}, "does not lie on the slide, which is 25.4 cm by 19.1 cm"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_leaves_nothing(king, lecture, tmp_path, spoil, options, said):
    spoil(lecture)
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(StudioError, match=said):
        embed(
            king, "pptx", options={k: v for k, v in {"into": lecture, "slide": 1, **options}.items() if v is not None}
        )
    assert sorted(os.listdir(tmp_path)) == before


def test_libre_office_shows_it(king, lecture, tmp_path, program):
    """Opened by a program that shares no code with what wrote it: the film's first picture is where it belongs."""
    made = embed(king, "pptx", options={"into": lecture, "slide": 2, "box": "0%,0%,100%,100%", "play": "click"})
    command = [
        program("soffice"),
        f"-env:UserInstallation=file://{tmp_path}/office",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    subprocess.run([*command, "--outdir", tmp_path, made.files[0]], check=True, capture_output=True, timeout=180)
    subprocess.run(
        [program("pdftoppm"), "-r", "50", "-png", tmp_path / "lecture.with-king.pdf", tmp_path / "page"], check=True
    )
    pages = sorted(tmp_path.glob("page-*.png"))
    assert len(pages) == 3
    shown = Image.open(pages[1]).convert("RGB")
    width, height = shown.size
    middle = shown.crop((0, (height - round(width * 480 / 854)) // 2, width, (height + round(width * 480 / 854)) // 2))
    poster = Clip.open(king).poster.resize(middle.size)
    assert np.abs(np.asarray(middle).astype(int) - np.asarray(poster)).mean() < 8
