/** How a section or a profile is laid out on paper: scales, rows of labels that do not cover each other; pure arithmetic. */

/** A pipe that the figure cuts; metres, depths downwards, `depth` that of the axis. */
export interface FigureMark {
  key: string;
  label: string;
  colour: string;
  station: number;
  depth: number;
  radius: number;
  halfWidth: number;
  assumed: boolean;
}

/** A pipe that runs along the figure: its axis from station to station. */
export interface FigureRun {
  key: string;
  label: string;
  colour: string;
  points: readonly (readonly [station: number, depth: number])[];
  radius: number;
  assumed: boolean;
}

export interface FigureChamber {
  key: string;
  label: string;
  colour: string;
  from: number;
  to: number;
  depth: number;
}

/** Free space between two things, to be written between them. */
export interface FigureGap {
  key: string;
  from: readonly [station: number, depth: number];
  to: readonly [station: number, depth: number];
  metres: number;
  /** Less than the rules want. */
  short: boolean;
}

export interface Figure {
  from: number;
  to: number;
  marks: readonly FigureMark[];
  runs: readonly FigureRun[];
  chambers: readonly FigureChamber[];
  gaps: readonly FigureGap[];
}

/** A round step that cuts a span into about so many parts. */
export function roundStep(span: number, parts: number): number {
  const rough = span / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
}

export function ticks(from: number, to: number, parts: number): number[] {
  if (!(to > from)) return [];
  const step = roundStep(to - from, parts);
  const first = Math.ceil(from / step - 1e-9);
  return Array.from(
    { length: Math.floor(to / step + 1e-9) - first + 1 },
    (_, i) => Math.round((first + i) * step * 1e6) / 1e6,
  );
}

/** The deepest thing drawn, with a margin [m]; never less than 2 m. */
export function deepest(figure: Figure): number {
  const depths = [
    ...figure.marks.map((mark) => mark.depth + mark.radius),
    ...figure.chambers.map((chamber) => chamber.depth),
    ...figure.runs.flatMap((run) => run.points.map(([, depth]) => depth + run.radius)),
  ];
  return Math.max(2, ...depths) * 1.12;
}

/** A row for each label, from left to right, so that labels of one row keep their width apart. */
export function labelRows(positions: readonly number[], width: number): number[] {
  const ends: number[] = [];
  const order = positions.map((x, index) => ({ x, index })).sort((a, b) => a.x - b.x);
  const rows = new Array<number>(positions.length).fill(0);
  for (const { x, index } of order) {
    const free = ends.findIndex((end) => end <= x);
    const row = free < 0 ? ends.length : free;
    ends[row] = x + width;
    rows[index] = row;
  }
  return rows;
}
