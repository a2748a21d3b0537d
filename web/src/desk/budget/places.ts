/** What of a text is shown around a place, and which piece of it is marked. */
import type { CheckPlace } from "@/api/types";

const AROUND = 4;
const BEFORE = 90;
const AFTER = 220;
const OTHER_LINES = 110;

export interface ShownLine {
  number: number;
  here: boolean;
  before: string;
  marked: string;
  after: string;
}

/** Where in a line a place stands: offsets into a cell are moved to where the cell begins. */
export function spanIn(line: string, place: CheckPlace): [number, number] {
  let from = 0;
  let until = line.length;
  if (place.column !== null) {
    const cells = line.split("\t");
    from = cells.slice(0, place.column - 1).reduce((length, cell) => length + cell.length + 1, 0);
    until = from + (cells[place.column - 1] ?? "").length;
  }
  if (place.start !== null && place.end !== null)
    return [from + place.start, Math.min(from + place.end, until)];
  return place.column !== null ? [from, until] : [0, Math.min(line.length, AFTER)];
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** The lines around a place; the line of the place is cut around what is marked. */
export function linesAround(lines: readonly string[], place: CheckPlace): ShownLine[] {
  const shown: ShownLine[] = [];
  for (let number = place.line - AROUND; number <= place.line + AROUND; number += 1) {
    const line = lines[number - 1];
    if (line === undefined || (number !== place.line && line.trim() === "")) continue;
    if (number !== place.line) {
      shown.push({ number, here: false, before: cut(line, OTHER_LINES), marked: "", after: "" });
      continue;
    }
    const [start, end] = spanIn(line, place);
    const left = Math.max(0, start - BEFORE);
    shown.push({
      number,
      here: true,
      before: `${left > 0 ? "…" : ""}${line.slice(left, start)}`,
      marked: line.slice(start, end),
      after: cut(line.slice(end), AFTER),
    });
  }
  return shown;
}
