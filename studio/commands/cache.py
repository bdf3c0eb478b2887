"""`soakup cache`"""

import click

EXAMPLES = """\b
Examples:
  soakup cache
  soakup cache clear
"""


@click.command(epilog=EXAMPLES)
@click.argument("what", type=click.Choice(["show", "clear"]), default="show")
def cache(what: str) -> None:
    """Show, or clear, what soakup keeps to be quicker the next time.

    A film is drawn in segments of two or more seconds, and those that are finished are kept, so that a render that is
    repeated, stopped or changed draws only what is new. When they take too much room, those used longest ago go first.
    """
    from soakup.outputs import cache_home
    from soakup.segment_cache import LIMIT, SegmentCache

    kept = SegmentCache(cache_home())
    files = list(kept.entries())
    size = sum(about.st_size for _, about in files)
    if what == "clear":
        for path, _ in files:
            path.unlink(missing_ok=True)
        click.echo(f"{kept.folder} is empty: {len(files)} files of {size / 1e6:.1f} MB are gone")
    else:
        click.echo(
            f"{kept.folder} holds {len(files)} segments of films, {size / 1e6:.1f} MB of at most {LIMIT / 1e6:.0f} MB"
        )
