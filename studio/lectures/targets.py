"""The tools a film can be put into, and what each gets. Importing this imports none of them."""

TARGETS = {
    "web": "a page that holds everything, and a snippet for a page of your own",
    "reveal": "a reveal.js deck whose arrow keys step from beat to beat, and a <section> for a deck of your own",
    "pptx": "the film inside your own PowerPoint deck, or a new deck with a slide for each beat",
    "keynote": "the film as Keynote takes it, with what is seen through where it is on no ground, and how to place it",
    "beamer": "frames for a LaTeX lecture: the film to click on, and its beats to step through",
    "quarto": "a Quarto document with the film, whose block can be pasted into your own",
    "jupyter-book": "a page of a Jupyter Book with the film",
    "slidev": "a slide for Slidev, on which the film plays when its turn comes",
    "notebook": "a Jupyter notebook with the film inside it",
    "handout": "a PDF or SVG for print: every beat as it stands at its end, as outlines on white",
}
# What a target's first file ends in, behind the name of the clip.
SUFFIXES = {
    "web": ".html",
    "reveal": ".reveal.html",
    "pptx": ".pptx",
    "keynote": ".keynote.md",
    "beamer": ".tex",
    "quarto": ".qmd",
    "jupyter-book": ".book.md",
    "slidev": ".slidev.md",
    "notebook": ".ipynb",
    "handout": ".handout.pdf",
}
# The options of `soakup embed` that only some targets know.
OPTIONS: dict[str, tuple[str, ...]] = {
    "web": (),
    "reveal": (),
    "pptx": ("into", "slide", "box", "play", "loop"),
    "keynote": (),
    "beamer": (),
    "quarto": (),
    "jupyter-book": (),
    "slidev": (),
    "notebook": (),
    "handout": (),
}
