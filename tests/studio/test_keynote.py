"""What Keynote is given: ProRes 4444 that keeps what is seen through, H.264, and a page on how to place it."""

import shutil
from pathlib import Path

import av
import pytest
from click.testing import CliRunner

import soakup
from soakup import film
from soakup.cli import soakup as command
from soakup.errors import StudioError
from soakup.verify import verify

from .test_formats import CLEAR, pictures


def codec_and_tag(path: Path) -> tuple[str, str]:
    with av.open(path) as opened:
        context = opened.streams.video[0].codec_context
        return context.name, context.codec_tag


def test_a_film_on_no_ground_is_prores_4444_with_its_alpha(untrained_folder, in_tmp):
    Path("clear.py").write_text(CLEAR.format(model=str(untrained_folder)))
    made = CliRunner().invoke(
        command,
        ["render", "clear.py", "--background", "transparent", "--format", "mov", "--for", "keynote", "-o", "a.mp4"],
        standalone_mode=False,
    )
    assert made.exception is None
    assert codec_and_tag(Path("a.keynote.mov")) == ("prores", "ap4h")
    assert codec_and_tag(Path("a.keynote.mp4")) == ("h264", "avc1")
    last = pictures(Path("a.keynote.mov"), "mov")[-1]
    assert last[2, 2, 3] < 3 and last[36, 64, 3] > 250 and abs(int(last[36, 105, 3]) - 128) < 6
    assert verify(Path("a.keynote.mov")).beats == 1
    page = Path("a.keynote.md").read_text()
    assert "Drag **a.keynote.mov** onto a slide. It shows your slide through." in page
    Path("a.mov").unlink()
    before = Path("a.keynote.mov").read_bytes()
    with pytest.raises(StudioError, match=r"a\.mov that can is not beside it: render it with .*--format mov"):
        soakup.embed("a.mp4", "keynote", force=True)
    assert Path("a.keynote.mov").read_bytes() == before


def test_a_film_on_its_ground_is_h264(king, in_tmp):
    shutil.copy(king, "king.mp4")
    made = soakup.embed("king.mp4", "keynote").files
    assert [path.name for path in made] == ["king.keynote.md", "king.keynote.mp4"]
    assert codec_and_tag(made[1]) == ("h264", "avc1")
    page = made[0].read_text()
    assert "Drag **king.keynote.mp4** onto a slide.\n" in page and "> Silent animation of" in page
    assert "0:00 Each piece of text becomes a vector" in page


def test_another_mov_is_not_taken_for_it(untrained_folder, in_tmp):
    Path("clear.py").write_text(CLEAR.format(model=str(untrained_folder)))
    from soakup.scene_file import SceneFile

    film.render(SceneFile(Path("clear.py")), Path("a.mp4"), settings={"background": "transparent"}, formats=["webm"])
    film.render(SceneFile(Path("clear.py")), Path("b.mp4"), settings={"pace": 1.0}, formats=["mov"])
    shutil.copy("b.mov", "a.mov")
    with pytest.raises(StudioError, match="is not beside it"):
        soakup.embed("a.mp4", "keynote")
