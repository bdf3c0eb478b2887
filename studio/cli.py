"""The command `soakup`: finds the command that is asked for, and says in one sentence what went wrong."""

import importlib
import io
import os
import signal
import sys
import traceback
import warnings
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from soakup.errors import is_ours

# In the order a newcomer needs them. Each is in the module of `soakup.commands` with its name.
COMMANDS = {
    "render": "Film what the model does with a sentence.",
    "preview": "Change the sentence, see it at once, in the browser.",
    "embed": "Make of a film the file that the tool of your lecture takes.",
    "verify": "Compute every number in a film anew.",
    "check": "Find what overlaps, jumps, is too small or leaves the frame.",
    "scenes": "List the scenes.",
    "models": "List the models.",
    "heads": "List what every head of a model does.",
    "inspect": "Look at a sentence in the terminal.",
    "trace": "Save everything a model computes for a sentence.",
    "train": "Train a model.",
    "cache": "Show or clear what finished renders left to be quicker.",
    "test": "Run soakup's own tests.",
}

EXAMPLES = """\b
Examples:
  soakup render "The old king gave his youngest daughter a small golden key"
  soakup render "The old king gave his daughter a key" -q m -o key.mp4 --open
  soakup verify key.mp4
  soakup render mine.py:MyScene -q l
"""


class Commands(click.Group):
    """Commands that are imported only when they run, so that help is there at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        return getattr(importlib.import_module(f"soakup.commands.{name}"), name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="soakup", message="soakup %(version)s")
def soakup() -> None:
    """Type a sentence. Get the film of what the transformer did with it."""


class Ended(KeyboardInterrupt):
    """The system asked the program to end (SIGTERM)."""


def main() -> NoReturn:
    """Run the command line and exit: 0 done, 1 could not be done, 2 wrong usage, 130 or 143 interrupted."""
    signal.signal(signal.SIGTERM, _end)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal of another encoding gets ? for what it cannot show
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # libraries warn their developers, not our users
    sys.exit(_run())


def _run() -> int:
    try:
        code = soakup.main(prog_name="soakup", standalone_mode=False) or 0
        sys.stdout.flush()
        return code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort) as error:
        ended = isinstance(error, Ended) or isinstance(error.__cause__, Ended)
        _say("Stopped; nothing was written.")
        return 128 + (signal.SIGTERM if ended else signal.SIGINT)
    except BrokenPipeError:
        # Whoever was reading has gone; Python would complain of it once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ValueError as error:
        if not is_ours(error):
            return _fault(error)
        _say(f"soakup: {error}")
        return getattr(error, "exit_code", 1)
    except Exception as error:  # noqa: BLE001 - a fault of ours is one sentence too
        return _fault(error)


def _end(signum: int, frame: FrameType | None) -> NoReturn:
    raise Ended


def _fault(error: Exception) -> int:
    places = traceback.extract_tb(error.__traceback__)
    what = " ".join(str(error).split())
    if any(Path(place.filename).parts[-3:-1] == ("manim", "_config") for place in places):
        _say(f"soakup: Manim cannot read its settings, manim.cfg here or ~/.config/manim/manim.cfg: {what}")
        return 1
    place = places[-1]
    where = f"{Path(place.filename).name}, line {place.lineno}"
    _say(f"soakup: a fault of soakup's own, please report it: {type(error).__name__}: {what} ({where})")
    return 1


def _say(sentence: str) -> None:
    click.secho(sentence, err=True, fg="red")
