"""The tools a film can be put into, and what each gets. Importing this imports none of them."""

TARGETS = {
    "web": "a page that holds everything, and a snippet for a page of your own",
    "reveal": "a reveal.js deck whose arrow keys step from beat to beat, and a <section> for a deck of your own",
    "pptx": "the film inside your own PowerPoint deck, or a new deck with a slide for each beat",
    "beamer": "frames for a LaTeX lecture: the film to click on, and its beats to step through",
    "handout": "a PDF for print: every beat as it stands at its end, as outlines on white",
}
# What a target's first file ends in, behind the name of the clip.
SUFFIXES = {
    "web": ".html",
    "reveal": ".reveal.html",
    "pptx": ".pptx",
    "beamer": ".tex",
    "handout": ".handout.pdf",
}
# The options of `soakup embed` that only some targets know.
OPTIONS: dict[str, tuple[str, ...]] = {
    "web": (),
    "reveal": (),
    "pptx": ("into", "slide", "box", "play", "loop"),
    "beamer": (),
    "handout": (),
}
