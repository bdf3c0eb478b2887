"""What soakup ships besides code: models in `models`, typefaces in `fonts`; each folder says where it comes from."""

from pathlib import Path

MODELS = Path(__file__).parent / "models"
