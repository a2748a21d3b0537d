"""What all tests of a file find in the database: made once before the first, taken back after the last."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from pytest_django import DjangoDbBlocker


@contextmanager
def kept(blocker: DjangoDbBlocker) -> Iterator[None]:
    """For a fixture of module scope that asks for ``django_db_setup``: each test then works on what was made within.

    Each test's own changes are taken back after it, as ever. Objects made here outlive it: what a test changes of
    their attributes in Python stays.
    """
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
