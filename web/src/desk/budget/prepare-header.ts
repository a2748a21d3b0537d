/** Header rows as they are printed, with the words that stand over several columns or rows spread over them. */

export interface HeaderCell {
  text: string;
  column: number;
  columns: number;
  rows: number;
}

export function headerCells(header: readonly (readonly string[])[]): HeaderCell[][] {
  const width = Math.max(0, ...header.map((row) => row.length));
  const taken = header.map(() => new Array<boolean>(width).fill(false));
  const at = (row: number, column: number): string => header[row]?.[column] ?? "";
  return header.map((_, row) => {
    const cells: HeaderCell[] = [];
    const last = row === header.length - 1;
    for (let column = 0; column < width; column += 1) {
      if (taken[row]?.[column]) continue;
      let columns = 1;
      if (at(row, column) !== "" && !last) {
        while (
          column + columns < width &&
          at(row, column + columns) === "" &&
          !taken[row]?.[column + columns]
        ) {
          // A word of its own row below that is empty too stands over two rows, not beside.
          if (at(row + 1, column + columns) === "" && at(row + 1, column) === "") break;
          columns += 1;
        }
      }
      let rows = 1;
      while (row + rows < header.length && columns === 1 && at(row + rows, column) === "") rows += 1;
      for (let down = 0; down < rows; down += 1)
        for (let right = 0; right < columns; right += 1)
          (taken[row + down] as boolean[])[column + right] = true;
      cells.push({ text: at(row, column), column, columns, rows });
    }
    return cells;
  });
}
