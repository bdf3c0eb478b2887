"""`soakup preview [TEXT]`"""

import asyncio
import sys
from urllib.parse import urlencode

import click

from soakup.errors import StudioError
from soakup.scene_file import SceneFile

EXAMPLES = """\b
Examples:
  soakup preview "A small fox carried a lantern through the snow"
  soakup preview mine.py:MyScene
"""

HERE = ("127.0.0.1", "localhost", "::1")


@click.command(epilog=EXAMPLES)
@click.argument("text", required=False)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where to listen.  [default: a free port]")
@click.option("--host", default="127.0.0.1", show_default=True, help="Another address of this machine to listen at.")
def preview(text: str | None, no_browser: bool, port: int, host: str) -> None:
    """Open a page on which a film stands as its sentence is typed.

    TEXT is a sentence to begin with, or FILE.py:SceneName for a scene of your own, which is shown anew whenever it is
    saved. Ctrl-C ends it.
    """
    if sys.platform != "linux":
        raise StudioError("the preview needs Linux, where a process with Manim in it can fork: use soakup render -q l")
    file = SceneFile.named_by(text) if text else None
    if host not in HERE:
        click.secho(
            f"soakup: at {host} others in your network reach the preview too: whoever has its address can use it.",
            err=True,
            fg="yellow",
        )
    try:
        asyncio.run(_serve(host, port, file, text if file is None else None, not no_browser))
    except KeyboardInterrupt:
        return


async def _serve(host: str, port: int, file: SceneFile | None, text: str | None, browser: bool) -> None:
    from soakup.app.server import Server
    from soakup.app.work import Warm

    async with Warm() as warm:
        server = Server(host, port, file, warm)
        address = server.url + (f"?{urlencode({'text': text})}" if text else "")
        click.echo(address)
        sys.stdout.flush()
        if browser:
            click.launch(address)
        await server.serve()
