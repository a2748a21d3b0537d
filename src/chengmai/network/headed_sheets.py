"""Sheets that people fill in: the header found among the first rows, then row by row the text of each known column."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chengmai.network.records import Place
from chengmai.network.survey_tables import Sheet

Columns = Mapping[str, Sequence[str]]
"""Field -> what its column may be called; the first is what findings call it."""


@dataclass(frozen=True, slots=True)
class HeadedSheet:
    """A sheet with the number of its header's row, from 1, and where the column of each field stands."""

    sheet: Sheet
    number: int
    columns: Mapping[str, int]
    called: tuple[tuple[str, str], ...]

    @property
    def below(self) -> int:
        """How many rows stand below the header, empty ones too."""
        return len(self.sheet.rows) - self.number

    def place(self, number: int) -> Place:
        """The place of a row."""
        return Place(self.sheet.file, number, self.sheet.name if self.sheet.in_workbook else None, self.called)

    def rows(self) -> Iterator[tuple[Place, dict[str, str]]]:
        """The rows below the header that say anything: their places and texts."""
        for number, cells in enumerate(self.sheet.rows[self.number :], start=self.number + 1):
            texts = {key: cells[at].strip() if at < len(cells) else "" for key, at in self.columns.items()}
            if any(texts.values()):
                yield self.place(number), texts


def any_case(cell: str) -> str:
    """A header's cell without the case of its letters."""
    return cell.strip().lower()


def first_headed(
    sheets: Iterable[Sheet], columns: Columns, needed: Sequence[str], fold: Callable[[str], str], *, within: int
) -> HeadedSheet | None:
    """The first sheet with a row, among so many first ones, in which every needed column is found; None without one.

    ``fold`` is what is the same in two spellings of a column's name.
    """
    names = {fold(name): key for key, called in columns.items() for name in called}
    for sheet in sheets:
        for number, row in enumerate(sheet.rows[:within], start=1):
            found = {names[fold(cell)]: at for at, cell in enumerate(row) if fold(cell) in names}
            if all(key in found for key in needed):
                return HeadedSheet(sheet, number, found, tuple((key, called[0]) for key, called in columns.items()))
    return None
