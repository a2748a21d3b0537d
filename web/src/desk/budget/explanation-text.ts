/** An explanation as it is edited: paragraphs with keys of their own, grouped by the section they stand in. */
import type { ExplainedPassage, ExplainedSection } from "@/api/types";

export interface Paragraph {
  key: number;
  kind: ExplainedPassage["kind"];
  level: number;
  number: string;
  text: string;
  drafted: boolean;
  section: string;
}

export interface Group {
  section: ExplainedSection | null;
  paragraphs: Paragraph[];
}

export function paragraphsOf(passages: readonly ExplainedPassage[]): Paragraph[] {
  return passages.map(({ kind, level, number, text, drafted, section }, key) => ({
    key,
    kind,
    level: level ?? 0,
    number: number ?? "",
    text: text ?? "",
    drafted,
    section,
  }));
}

/** Paragraphs that stand together in one section, or together in none, in the order of print. */
export function groupsOf(paragraphs: readonly Paragraph[], sections: readonly ExplainedSection[]): Group[] {
  const groups: Group[] = [];
  let last: string | null = null;
  for (const one of paragraphs) {
    if (one.section !== last) {
      groups.push({ section: sections.find((known) => known.key === one.section) ?? null, paragraphs: [] });
      last = one.section;
    }
    groups.at(-1)?.paragraphs.push(one);
  }
  return groups;
}

/** Whether a text prints a figure: as a number of its own, with whatever thousands marks and decimals. */
export function prints(text: string, figure: string): boolean {
  const wanted = Number(figure.replaceAll(",", ""));
  const numbers = text.replaceAll("，", ";").match(/\d[\d,]*(?:\.\d+)?/g) ?? [];
  return numbers.some((one) => Number(one.replaceAll(",", "")) === wanted);
}
