"""Every colour that means something can be told from its ground, in both themes: words and digits by 4.5 to 1, what is
drawn by 3 to 1 (WCAG 2, 1.4.3 and 1.4.11).

That holds at full strength. Where opacity is the value itself, as of a faint arc, or says that something is not the
point just now, the grammar means it to be faint; whatever lies on a tinted panel, `soakup check` measures in the film.
"""

from dataclasses import fields

import pytest

from soakup.scenes import style

READ, SEEN = 4.5, 3.0
DRAWN = {"others"}  # patches and lines only; no word or digit is ever in these
GROUND = {"ground"}


def colours(theme: style.Theme) -> dict[str, list[str]]:
    """Each meaning of a theme, and the colours it has, from end to end where it has a range of them."""
    found = {}
    for field in fields(theme):
        value = getattr(theme, field.name)
        if isinstance(value, str) and field.name not in GROUND:
            found[field.name] = [value]
        elif isinstance(value, tuple):
            ends = [style.ManimColor(colour) for colour in value]
            found[field.name] = [style.interpolate_color(*ends, step / 20).to_hex() for step in range(21)]
    return found


@pytest.mark.parametrize("theme", style.THEMES.values(), ids=style.THEMES)
def test_what_is_read_and_what_is_seen_stand_out_from_the_ground(theme):
    checked = colours(theme)
    assert len(checked) == 15  # a new meaning is to be thought of here
    for name, shades in checked.items():
        least = min(style.contrast(shade, theme.ground) for shade in shades)
        assert least >= (SEEN if name in DRAWN else READ), f"{name}: {least:.2f}"


@pytest.mark.parametrize("theme", style.THEMES.values(), ids=style.THEMES)
@pytest.mark.parametrize("count", [2, 5, 11, 24])
def test_every_ink_is_seen(theme, count):
    for ink in style.inks(count, 0, theme):
        assert style.contrast(style.to_color(ink).to_hex(), theme.ground) >= SEEN


@pytest.mark.parametrize("theme", style.THEMES.values(), ids=style.THEMES)
def test_small_shares_together_are_no_words_ink(theme):
    assert style.contrast(theme.others, theme.quiet) > 1.5
