"""Every share that is said of arcs stands on them, in the colour of its arc, and on no other."""

from itertools import combinations

from manim import ManimColor, Rectangle

from soakup.scenes import style
from soakup.scenes.arcs import Arc, over_the_row
from soakup.scenes.crowns import crowns
from soakup.scenes.overlap import overlap
from soakup.scenes.quantity import Quantity


def arc(source, target, highest, color, share=0.4):
    path = over_the_row((*source, 0.0), (*target, 0.0), highest)
    return Arc(path, color, Quantity("derived", "update_share(0)[2,1]", share, "", shown="arc"))


def said(*arcs):
    return {each: Quantity("derived", "word_update_share(0)[2,1]", each.share, "percent", shown="arc") for each in arcs}


def test_two_arcs_of_which_one_lies_close_over_the_other_both_have_their_share():
    theme = style.DARK
    outer, inner = arc((0, 0), (0.9, 0), 1.0, "#F27F9B", 0.48), arc((0.45, 0.5), (0.9, 0), 0.9, "#FF9F6B", 0.37)
    placed = crowns(said(outer, inner), [], [], lambda y: 3.0, 7.0, theme)
    assert [label.text for label in placed] == ["48%", "37%"]
    assert not any(overlap(a, b) for a, b in combinations(placed, 2))
    assert [label[0].get_fill_color().to_hex() for label in placed] == ["#F27F9B", "#FF9F6B"]


def test_the_share_of_the_rest_token_is_bright_enough_to_be_read():
    theme = style.DARK
    placed = crowns(said(arc((0, 0), (4, 0), 1.0, ManimColor(theme.others))), [], [], lambda y: 3.0, 7.0, theme)
    assert placed[0][0].get_fill_color() == ManimColor(theme.text)


def test_a_share_is_dark_enough_to_be_read_on_a_light_ground():
    theme = style.LIGHT
    placed = crowns(said(arc((0, 0), (4, 0), 1.0, "#C08A2E")), [], [], lambda y: 3.0, 7.0, theme)
    assert style.contrast(placed[0][0].get_fill_color().to_hex(), theme.ground) >= style.READABLE


def test_a_share_keeps_clear_of_what_is_written_above_the_arcs():
    counter = Rectangle(width=4, height=0.3).move_to((1, 1.5, 0))
    placed = crowns(said(arc((0, 0), (4, 0), 1.0, "#F27F9B")), [], [counter], lambda y: 3.0, 7.0, style.DARK)
    assert len(placed) and not overlap(placed[0], counter, gap=(0.2, 0.2))


def test_a_share_stays_in_the_frame():
    outer, inner = arc((0, 0), (0.9, 0), 1.0, "#F27F9B", 0.48), arc((0.45, 0.5), (0.9, 0), 0.9, "#FF9F6B", 0.37)
    placed = crowns(said(outer, inner), [], [], lambda y: 3.0, 1.0, style.DARK)
    assert len(placed) and all(max(label.get_right()[0], -label.get_left()[0]) <= 1.0 for label in placed)


def test_an_arc_goes_as_high_as_it_is_told_though_it_begins_lower_than_it_ends():
    points = [arc((0, 0), (3, 0.5), 1.5, "#FFFFFF").at(t / 20)[1] for t in range(21)]
    assert 1.45 < max(points) < 1.55
