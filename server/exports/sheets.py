"""Files of rows: CSV and XLSX, written row by row, so that memory does not grow with the file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Protocol, TextIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from server.exports.cells import cell_text, disarmed
from server.exports.definitions import Column

__all__ = ["FORMATS", "MEDIA_TYPES", "MOST_ROWS", "Sheet", "open_sheet"]

FORMATS = ("csv", "xlsx")

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

MOST_ROWS = {"csv": 5_000_000, "xlsx": 1_048_575}
"""Rows below the header that a file may have."""

_EXACT_DIGITS = 15
_MOST_TEXT = 32_767


class Sheet(Protocol):
    """A file that is being written."""

    def write(self, row: Sequence[Any], mark: str) -> None:
        """Add a row: a value for each column, and the row's watermark."""

    def close(self) -> None:
        """Write what is left; the file is whole then."""


def open_sheet(format: str, path: Path, columns: Sequence[Column], hidden: str) -> Sheet:
    """Begin a file.

    Args:
        format: One of FORMATS.
        path: Where; an older file is replaced.
        columns: In order; the watermark's column follows.
        hidden: Invisible characters, appended to the first text of each row.
    """
    return (_Csv if format == "csv" else _Xlsx)(path, columns, hidden)


class _Csv:
    """UTF-8 with its mark, so that Excel reads Chinese."""

    def __init__(self, path: Path, columns: Sequence[Column], hidden: str) -> None:
        self._columns = columns
        self._hidden = hidden
        self._file: TextIO = open(path, "w", encoding="utf-8-sig", newline="")  # noqa: SIM115 - closed by `close`
        self._writer = csv.writer(self._file)
        self._writer.writerow([*(disarmed(column.header) for column in columns), "watermark"])

    def write(self, row: Sequence[Any], mark: str) -> None:
        cells = []
        hidden = self._hidden
        for column, value in zip(self._columns, row, strict=True):
            text = cell_text(value)
            if not column.is_number:
                text = disarmed(text)
                if text and isinstance(value, str):
                    text, hidden = text + hidden, ""
            cells.append(text)
        self._writer.writerow([*cells, mark])

    def close(self) -> None:
        self._file.close()


class _ExactWorksheet(Worksheet):  # type: ignore[misc] # the library has no types
    """Numbers in the digits that they were given with.

    The library writes sixteen digits, at which 70.01 reads 70.01000000000001 to programs that keep what stands in the
    file; `_number` lets none of more than fifteen pass, which a float gives back as they were.
    """

    def _xml_number_element(self, number: float, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        attribute_text = "".join(f' {key}="{self._escape_attributes(value)}"' for key, value in attributes)
        self.fh.write(f"<c{attribute_text}><v>{number:.{_EXACT_DIGITS}G}</v></c>")


class _Xlsx:
    """Texts are typed as texts, so that none is a formula."""

    def __init__(self, path: Path, columns: Sequence[Column], hidden: str) -> None:
        self._columns = columns
        self._hidden = hidden
        self._book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "tmpdir": str(path.parent),
            },
        )
        self._sheet = self._book.add_worksheet(worksheet_class=_ExactWorksheet)
        for place, header in enumerate([*(column.header for column in columns), "watermark"]):
            self._sheet.write_string(0, place, header)
        self._row = 0

    def write(self, row: Sequence[Any], mark: str) -> None:
        self._row += 1
        hidden = self._hidden
        for place, (column, value) in enumerate(zip(self._columns, row, strict=True)):
            number = _number(value) if column.is_number else None
            if number is not None:
                self._sheet.write_number(self._row, place, number)
                continue
            text = cell_text(value)
            if text and isinstance(value, str) and not column.is_number:
                text, hidden = text[: _MOST_TEXT - len(hidden)] + hidden, ""
            if text:
                self._sheet.write_string(self._row, place, text[:_MOST_TEXT])
        self._sheet.write_string(self._row, len(self._columns), mark)

    def close(self) -> None:
        self._book.close()


def _number(value: Any) -> float | None:
    """A number that a spreadsheet holds exactly; None for what has to stay text."""
    if value is None or isinstance(value, bool):
        return None
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return None
    return float(exact) if exact.is_finite() and len(exact.as_tuple().digits) <= _EXACT_DIGITS else None
