"""The server's catalogues: every sentence a person reads, by code, in zh-CN and en."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from chengmai.core.errors import InvalidInput

LANGUAGES = ("zh-CN", "en")


@cache
def catalogue(language: str) -> dict[str, str]:
    """All sentences of one language; raises InvalidInput for a language we do not speak."""
    if language not in LANGUAGES:
        raise InvalidInput("language.unknown", value=language, known=", ".join(LANGUAGES))
    sentences: dict[str, str] = {}
    for file in sorted((files("chengmai") / "locale" / language).iterdir(), key=lambda file: file.name):
        sentences |= msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    return sentences


def choose_language(accept: str) -> str:
    """The best of our languages for an Accept-Language header; zh-CN when it names none of them."""
    for part in accept.split(","):
        wanted = part.partition(";")[0].strip().lower()
        for language in LANGUAGES:
            if wanted and language.lower().split("-")[0] == wanted.split("-")[0]:
                return language
    return LANGUAGES[0]


def message(code: str, language: str, params: Mapping[str, object]) -> str:
    """The sentence of a code, its ``{parameters}`` filled in; the bare code when the catalogue lacks it."""
    sentence = catalogue(choose_language(language)).get(code)
    return code if sentence is None else sentence.format_map({**params})
