"""The commands, one file each; what is slow to import (Manim, PyTorch) is imported when a command runs."""
