"""`soakup preview`: a page in the browser in which a film stands as its sentence is typed.

server     the web server: what may be asked, by whom, and where it goes (`guard`)
tabs       what one browser tab sees: its scene, its renders, what it is told
warm       the process that has Manim and the model loaded, and forks for every job
jobs       what such a fork does: tell a story, render a film, look for faults
moments    any frame of a story, drawn at once by forks that stand ready all along it
messages   how they talk
page/      the page

The server imports neither Manim nor PyTorch, so nothing it does takes long. What a job does ends with its connection:
closing that is how a stale one is stopped, and how nothing outlives the server.
"""
