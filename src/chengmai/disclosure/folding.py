"""Normalised forms of printed Chinese text: full-width signs folded one for one, and keys to compare names by."""

import re
from functools import cache, lru_cache
from importlib.resources import files

_SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\ufeff"
_SIGNS = {"\u2212": "-", "\ufe63": "-", "≦": "≤", "≧": "≥", "⩽": "≤", "⩾": "≥", "﹤": "<", "﹥": ">", "﹪": "%"}
_KEPT = "，；！？"
"""Full-width signs that stay: folded they would look like the separators of a number or of a list."""

_FOLD = str.maketrans(
    dict.fromkeys(_SPACES, " ")
    | {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in _KEPT}
    | _SIGNS
)
_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_PUNCTUATION = str.maketrans({"，": ",", "；": ";", "！": "!", "？": "?", "【": "[", "】": "]", "〔": "[", "〕": "]"})


def fold(text: str) -> str:
    """The text with full-width digits, letters, signs and spaces folded; as long as before, so that offsets hold.

    The full-width comma and semicolon stay what they are: "100，200" are two numbers.
    """
    return text.translate(_FOLD)


def squeeze(text: str) -> str:
    """The text folded and without any white space or invisible signs: what a scan broke in two is one again."""
    return _UNSEEN.sub("", fold(text))


@lru_cache(maxsize=65536)
def name_key(text: str) -> str:
    """What two spellings of one name have in common: no spaces, half-width signs, simplified characters."""
    return squeeze(text).translate(_PUNCTUATION).translate(_simplified())


@cache
def _simplified() -> dict[int, str]:
    """Traditional characters that scans of simplified text bring in, and their simplified forms."""
    lines = (files("chengmai.disclosure") / "data" / "traditional.txt").read_text("utf-8").splitlines()
    pairs = [line for line in lines if len(line) == 2]
    return {ord(pair[0]): pair[1] for pair in pairs}
