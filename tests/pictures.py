"""Pictures for tests, drawn here."""

from io import BytesIO

from PIL import Image

MARK = b"taken-by-a-named-phone"


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), orientation: int = 1, colour: str = "red") -> bytes:
    """A small picture that carries EXIF with a text that must not survive, its right half white."""
    image = Image.new("RGB", size, colour)
    image.paste("white", (size[0] // 2, 0, size[0], size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = MARK.decode()
    exif[0x8825] = {1: "N", 2: (35.0, 29.0, 30.0)}
    out = BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()
