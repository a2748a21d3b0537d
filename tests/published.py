"""The bureau's published budget of 2025: tests read the very document that the demonstration loads."""

from importlib.resources import files
from pathlib import Path

PUBLISHED = Path(str(files("chengmai.demo"))) / "data" / "budget" / "jincheng-2025.txt"
