"""A stored file as an answer of a door."""

from django.http import HttpResponse

from chengmai.registers import files
from chengmai.registers.models import StoredFile


def file_answer(file: StoredFile) -> HttpResponse:
    """A file as an answer: a picture is shown, a document is saved."""
    answer = HttpResponse(files.content(file), content_type=file.media_type)
    if not file.media_type.startswith("image/"):
        answer.headers["Content-Disposition"] = f'attachment; filename="{file.pk}.pdf"'
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer
