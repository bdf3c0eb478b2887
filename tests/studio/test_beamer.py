"""The frames for a LaTeX lecture are set by pdflatex as they stand, and show the film."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import soakup
from soakup.errors import OutputError
from soakup.lectures.clip import Clip


def test_pdflatex_sets_them_and_a_click_plays_the_film(king, in_tmp, program):
    shutil.copy(king, "king.mp4")
    soakup.embed("king.mp4", "beamer")
    # Without compression, so that what a viewer finds in the PDF can be found here.
    document = r"\pdfobjcompresslevel=0\input{king.example.tex}"
    command = [program("pdflatex"), "-interaction=nonstopmode", "-halt-on-error", "-jobname=lecture", document]
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        assert done.returncode == 0, done.stdout[-2000:]
    pdf = Path("lecture.pdf").read_bytes()
    assert b"/Subtype/Movie" in pdf.replace(b" ", b"") and b"king.mp4" in pdf
    assert b"anm" in pdf or b"/OCG" in pdf  # what the package animate switches between
    subprocess.run([program("pdftoppm"), "-r", "72", "-png", "lecture.pdf", "page"], check=True)
    pages = [np.asarray(Image.open(page).convert("L")) for page in sorted(Path().glob("page-*.png"))]
    assert len(pages) == 1 + 4 + 1
    for page, picture in zip(pages, [Clip.open(king).poster, *Clip.open(king).stills], strict=False):
        rows, columns = np.where(page < 30)  # the film's own black
        shown = page[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        wanted = np.asarray(picture.convert("L").resize((shown.shape[1], shown.shape[0])))
        assert shown.shape[1] / shown.shape[0] == pytest.approx(854 / 480, rel=0.02)
        assert np.abs(shown.astype(int) - wanted).mean() < 8


def test_text_is_no_command_of_latex(told, in_tmp):
    from soakup import film
    from soakup.scene_file import SceneFile

    Path("mine.py").write_text(told)
    film.render(SceneFile(Path("mine.py")), Path("film.mp4"), settings={"text": r"the \king & 5% of $x_1^2$ {~}"})
    (first, *_) = soakup.embed("film.mp4", "beamer").files
    assert (
        r"\begin{frame}{the \textbackslash{}king \& 5\% of \$x\_1\textasciicircum{}2\$ \{\textasciitilde{}\}}"
        in first.read_text()
    )


def test_a_name_that_latex_cannot_read_is_refused(king, in_tmp):
    shutil.copy(king, "100% king.mp4")
    with pytest.raises(OutputError, match="whose name has a % in it"):
        soakup.embed("100% king.mp4", "beamer")
    assert [path.name for path in Path().iterdir()] == ["100% king.mp4"]
