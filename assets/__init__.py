"""What soakup ships besides code: models, typefaces, and how others were trained; each folder says where it is from."""

from pathlib import Path

COMPARISONS = Path(__file__).parent / "comparisons"
MODELS = Path(__file__).parent / "models"
