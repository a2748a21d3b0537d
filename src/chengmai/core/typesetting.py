"""Setting a document as PDF by typst, in a process of the heavy pool: layouts, fonts and pictures are all our own.

The same document gives the same bytes: no clock, no system font and no network takes part.
"""

import tempfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

FONTS = Path(str(files("chengmai.core"))) / "fonts"
TIMEOUT_S = 100.0
"""How long a document may take [s]; a page takes some tenths of a second."""


def typeset(layout: str, document: bytes, sources: Mapping[str, bytes]) -> bytes:
    """The PDF of a JSON document under a layout; ``sources`` are the layouts and the pictures it names, by name."""
    import typst  # only here: the server itself does without it

    with tempfile.TemporaryDirectory(prefix="chengmai-report-") as folder:
        root = Path(folder)
        (root / "document.json").write_bytes(document)
        for name, source in sources.items():
            (root / name).write_bytes(source)
        compiled = typst.compile(
            str(root / f"{layout}.typ"),
            root=str(root),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            format="pdf",
            timestamp=0,
        )
    return bytes(compiled)


def unknown_characters(text: str) -> list[str]:
    """Characters of a text that our fonts do not hold, each once, as U+XXXX."""
    known = set((FONTS / "characters.txt").read_text(encoding="utf-8"))
    return [f"U+{ord(one):04X}" for one in sorted(set(text) - known - set("\n\r\t"))]
