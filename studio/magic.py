"""`%%soakup`, for notebooks: the text of a cell, filmed, with the options of the command line.

%load_ext soakup

%%soakup --word moon --theme light
A fox saw the moon
"""

import shlex
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO, TextIOBase
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from IPython.core.error import UsageError
from IPython.display import DisplayHandle, Image

from soakup.commands.render import render
from soakup.errors import is_ours
from soakup.lectures.clip import Clip
from soakup.lectures.notebook import Shown

QUALITY = "l"  # unless told otherwise: a notebook is to stay small


def soakup(line: str, cell: str) -> Any:
    """Film the text of this cell and show it here; the options are those of `soakup render`.

    The film is in the notebook itself; `-o FILE.mp4` leaves it, and what belongs to it, there too.
    """
    try:
        options = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"%%soakup {line}: {error}") from None
    try:
        return _filmed(options, " ".join(cell.split()))
    except click.exceptions.Exit:  # after --help
        return None
    except click.ClickException as error:
        raise UsageError(error.format_message()) from None
    except ValueError as error:
        if not is_ours(error):
            raise
        raise UsageError(str(error)) from None


def _filmed(options: list[str], text: str) -> Any:
    context = render.make_context("%%soakup", [*options, "--", text])
    told = context.params
    if context.get_parameter_source("quality") is ParameterSource.DEFAULT:
        told["quality"] = QUALITY
    with tempfile.TemporaryDirectory(prefix="soakup-") as folder, _Progress() as progress:
        kept = told["output"] is not None
        told["output"] = told["output"] or Path(folder, "still.png" if told["still"] is not None else "film.mp4")
        said = StringIO()
        with redirect_stdout(said), redirect_stderr(progress):
            render.invoke(context)
        if kept:
            print(said.getvalue(), end="")
        if told["output"].suffix == ".png":
            return Image(data=told["output"].read_bytes())
        return Shown(Clip.open(told["output"]))


class _Progress(TextIOBase):
    """Shows the last line written to it below the cell, until it is closed."""

    def __init__(self) -> None:
        self._at = DisplayHandle()
        self._at.display({"text/plain": ""}, raw=True)

    def write(self, text: str) -> int:
        if text.strip():
            self._at.update({"text/plain": text.strip()}, raw=True)
        return len(text)

    def close(self) -> None:
        if not self.closed:
            self._at.update({"text/plain": ""}, raw=True)
        super().close()
