"""The compiled part of drawing/. What cannot be compiled is done in plain Python, which is slower: drawing/parts.py."""

import subprocess

from Cython.Build import cythonize
from setuptools import Extension, setup


def pkg_config(flag: str) -> list[str]:
    """What the compiler needs to find cairo; nothing where pkg-config does not know."""
    try:
        return subprocess.run(["pkg-config", flag, "cairo"], capture_output=True, text=True, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return []


def extension(name: str) -> Extension:
    return Extension(
        f"soakup.drawing.{name}",
        [f"drawing/{name}.pyx"],
        # Sums must round as numpy's do, so that a shape is at the same place with and without this part.
        extra_compile_args=["-O3", "-ffp-contract=off", *pkg_config("--cflags")],
        extra_link_args=pkg_config("--libs"),
        optional=True,
    )


setup(ext_modules=cythonize([extension("_canvas"), extension("_mobjects")], build_dir="build", quiet=True))
