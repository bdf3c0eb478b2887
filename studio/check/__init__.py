"""The layout audit: plays a scene without drawing it and says what a viewer would stumble over.

fault      what is wrong, as plain data: when, in which beat, by which rule, between what
geometry   boxes, lines, areas and colours, in numpy
snapshot   what is on the screen at one moment
still      the rules that one moment can break
motion     the rules that two moments in a row can break, and captions that go too soon
watch      plays a scene and holds every moment against them
"""

from soakup.check.fault import Fault
from soakup.check.watch import Checked, check

__all__ = ["Checked", "Fault", "check"]
