"""How a value is written."""

import pytest

from soakup.scenes.quantity import Quantity, write


@pytest.mark.parametrize(
    ("value", "format", "text"),
    [
        (0.25, "+.1f", "+0.2"),
        (-30.26, "+.1f", "−30.3"),
        (-0.04, "+.1f", "+0.0"),
        (0.456, "percent", "46%"),
        (0.004, "percent", "<1%"),
        (-0.004, "percent", "<1%"),
        (0.0, "percent", "0%"),
        (1.0, "percent", "100%"),
        (3342336, ",d", "3,342,336"),
        (192, "d", "192"),
        (" fox ", "s", "fox"),
        ("\n\n", "s", "↵"),
        ("  ", "s", "␣"),
        (0.3, "", ""),
    ],
)
def test_a_value_is_written_as_the_grammar_says(value, format, text):
    assert write(value, format) == text


def test_a_record_holds_all_that_is_needed_to_compute_it_again():
    record = Quantity("element", "layers.2.pattern[5,3,1]", 0.41, ".2f").record()
    assert record == {
        "kind": "element",
        "path": "layers.2.pattern[5,3,1]",
        "value": 0.41,
        "format": ".2f",
        "text": "0.41",
        "shown": "digits",
    }
