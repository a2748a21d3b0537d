"""Uploaded files at a door."""

from ninja.files import UploadedFile

from chengmai.core.errors import TooLarge
from chengmai.settings import current


def content_of(file: UploadedFile, most: int | None = None) -> bytes:
    """The bytes of a file; raises TooLarge above ``most`` bytes, the setting ``max_upload_bytes`` by default."""
    limit = current().max_upload_bytes if most is None else most
    if file.size is None or file.size > limit:
        raise TooLarge("import.too_large", limit_bytes=limit)
    data: bytes = file.read()
    return data
