"""`python -m soakup`, the same as the command `soakup`."""

from soakup.cli import main

main()
