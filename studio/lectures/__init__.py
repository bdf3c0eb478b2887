"""A film, made into the file that the tool of a lecture takes. One target, one module."""
