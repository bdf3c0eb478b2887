"""`soakup inspect TEXT`"""

import math
from typing import TYPE_CHECKING

import click

from soakup.errors import StudioError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from soakup.model.findings import Finding
    from soakup.model.trace import Trace

LIKELIEST = 8  # next tokens listed
BAR = 30  # characters of a certain prediction
SHADES = " ░▒▓█"
OF_A_KIND = 6  # findings listed
LABEL = 14  # characters of a token beside its row

Colour = tuple[int, int, int]
TEAL: Colour = (92, 208, 179)
YELLOW: Colour = (255, 255, 0)
DARK: Colour = (24, 28, 36)
BLUE: Colour = (88, 196, 221)


@click.command()
@click.argument("text")
@click.option("--layer", type=int, help="Whose attention to show, counted from 1.  [default: the most telling]")
@click.option("--head", type=int, help="Likewise.")
@click.option("--model", default="tiny", show_default=True, help="Which model (see `soakup models`).")
def inspect(text: str, layer: int | None, head: int | None, model: str) -> None:
    """Look at what a model does with TEXT, in the terminal.

    TEXT is a sentence, or FILE.safetensors for a trace that was saved by `soakup trace` or by another program.

    Shows its tokens, where one head looks, what the model expects next, and what is worth seeing.
    """
    from rich.console import Console

    import soakup.model
    from soakup.model.findings import findings
    from soakup.model.heads import habits

    trace = _saved(text) or soakup.model.read(text, model)
    for name, number, most in (("layer", layer, trace.model.layers), ("head", head, trace.model.heads)):
        if number is not None and not 1 <= number <= most:
            raise StudioError(f"there is no {name} {number} in {trace.model.name}: choose 1 to {most}")
    found = findings(trace, habits(trace.opened_model) if trace.has_weights else None)
    at = _telling(found, layer, head)

    console = Console(highlight=False)
    expected = [next_tokens(trace)] if trace.has_weights and trace.model.kind == "decoder" else []
    if trace.model.kind == "encoder":
        console.print(f"{trace.model.name} is an encoder: its words look both ways, and it predicts nothing.\n")
    elif trace.model.window is not None and len(trace.tokens) > trace.model.window:
        console.print(f"In some layers a token looks back over {trace.model.window} tokens only.\n")
    for part in (tokens(trace), pattern(trace, *at, console), *expected, worth_seeing(found)):
        console.print(part)
        console.print()


def _saved(text: str) -> "Trace | None":
    """The trace in the file that `text` names; None where it is a sentence."""
    from soakup.model.trace import Trace

    return Trace.load(text) if text.endswith(".safetensors") and not any(map(str.isspace, text)) else None


def tokens(trace: "Trace") -> "Text":
    """The text in its pieces, each in its own colour; a bar parts the pieces of one word."""
    from rich.text import Text

    row = Text.assemble((f"{len(trace.tokens)} tokens", "bold"), "\n")
    for i, token in enumerate(trace.tokens):
        if _continues(trace, i):  # the pieces of one character share one box
            continue
        shown = written(token.text)
        gap = len(shown) - len(shown.lstrip())
        row.append(" " * gap if gap or i == 0 else "|" if i > 1 and not token.special else " ", "dim")
        row.append(shown[gap:], f"on {_style(_ink(i, len(trace.tokens)))}" if not token.special else "dim")
    return row


def pattern(trace: "Trace", layer: int, head: int, console: "Console") -> "RenderableType":
    """One head's attention as a map of colours, with numbers where they fit: rows look, columns are looked at."""
    from rich.table import Table
    from rich.text import Text

    weights = trace.layers[layer].pattern[head]
    T = len(weights)
    title = Text(f"Layer {layer + 1}, head {head + 1}: where each token (row) looks (columns)", "bold")
    width = next((width for width in (4, 2, 1) if LABEL + 4 + T * width <= console.width), 0)
    if not width:
        return Text.assemble(title, f"\n{T} columns do not fit into a terminal of {console.width}: make it wider.")
    table = Table(box=None, padding=0, pad_edge=False, title=title, title_justify="left", title_style="")
    table.show_header = width == 4
    table.add_column("", width=LABEL + 4, overflow="ellipsis", no_wrap=True)
    for source in range(T):
        table.add_column(f"{source} " if width == 4 else "", width=width, justify="right", no_wrap=True)
    for target, token in enumerate(trace.tokens):
        seen = weights[target] if trace.model.kind == "encoder" else weights[target, : target + 1]
        cells = [_cell(weight, width) for weight in seen]
        label = "″" if _continues(trace, target) else written(token.text).strip()
        table.add_row(Text.assemble((f"{target:3} ", "dim"), label), *cells)
    return table


def next_tokens(trace: "Trace") -> "Text":
    """What the model expects after the last token, most likely first."""
    from rich.text import Text

    from soakup.model import derived

    last = len(trace.tokens) - 1
    chances = derived.probability(trace, trace.model.layers)[last]
    lines = Text.assemble(("Next", "bold"))
    for id in chances.argsort()[::-1][:LIKELIEST]:
        chance = float(chances[id])
        name = Text(written(str(trace.value(f"vocabulary[{id}]"))))
        name.align("right", LABEL)
        share = f"{chance:.0%}" if chance >= 0.01 else "<1%"
        lines.append("\n").append_text(name)
        lines.append(f" {'█' * round(chance * BAR) or '▏'}", _style(_between(TEAL, YELLOW, chance)))
        lines.append(f" {share}")
    return lines


def worth_seeing(found: "list[Finding]") -> "Text":
    """The findings, one line each; of a kind that a deep model has many of, those with the largest numbers."""
    from rich.text import Text

    lines = []
    for kind in dict.fromkeys(finding.kind for finding in found):
        same = [finding for finding in found if finding.kind == kind]
        most = sorted(same, key=lambda finding: -abs(finding.value))[:OF_A_KIND]
        lines += [f"\n· {finding.evidence}" for finding in same if finding in most]
        if len(same) > len(most):
            lines.append(f"\n  … and {len(same) - len(most)} more like these")
    return Text.assemble(("Worth seeing", "bold"), *(lines or ["\nnothing stands out in this text"]))


def written(text: str) -> str:
    """A token's text as one line of a terminal can show it: what is no ordinary character is spelled out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _continues(trace: "Trace", i: int) -> bool:
    """Whether a token is a further piece of the character before."""
    return i > 0 and trace.tokens[i].start < trace.tokens[i - 1].end


def _telling(found: "list[Finding]", layer: int | None, head: int | None) -> tuple[int, int]:
    """The layer and head (from 0) to show: as asked for (from 1), else where a finding lives."""
    for finding in sorted(found, key=lambda finding: (finding.kind != "attention", -finding.value)):
        if finding.layer is None or finding.head is None:
            continue
        if layer in (None, finding.layer + 1) and head in (None, finding.head + 1):
            return finding.layer, finding.head
    return (layer or 1) - 1, (head or 1) - 1


def _cell(weight: float, width: int) -> "Text":
    from rich.text import Text

    ground = _between(DARK, BLUE, float(weight))
    if width < 4:
        shade = SHADES[max(0, math.ceil(float(weight) * 4 - 0.2))]  # covers as much of its cell as the weight of 1
        return Text(shade * width, f"{_style(BLUE)} on {_style(DARK)}")
    number = "1.0" if weight >= 0.995 else f"{weight:.2f}"[1:] if weight >= 0.005 else "·"
    return Text(f"{number:>3} ", f"{'black' if weight > 0.4 else 'white'} on {_style(ground)}")


def _ink(i: int, how_many: int) -> Colour:
    """A hue of the token's own, all equally light, dark enough for white letters."""
    import colorsys

    red, green, blue = colorsys.hls_to_rgb(i / how_many, 0.32, 0.55)
    return round(red * 255), round(green * 255), round(blue * 255)


def _between(a: Colour, b: Colour, share: float) -> Colour:
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def _style(colour: Colour) -> str:
    return f"rgb({colour[0]},{colour[1]},{colour[2]})"
