/** What each act on a project asks for, and the request it becomes. */
import type { Acceptance, AcceptanceAction, ProjectEntry, ProjectLot, ProjectMilestone } from "@/api/types";
import { uuid7 } from "@/field/uuid7";
import { t } from "@/i18n";

export interface Filled {
  on: string;
  text: string;
  members: string;
  defects: string;
  number: number;
  paper: string | null;
}

export interface Act {
  title: string;
  asks: readonly ("on" | "number" | "members" | "defects" | "paper")[];
  /** What the words are called. */
  text: string;
  /** What the day is called. */
  on?: string;
  request: (filled: Filled) => { path: string; body: unknown };
}

export function reach(project: string, one: ProjectMilestone): Act {
  return {
    title: t("projects.reach"),
    asks: ["on", "paper"],
    text: "projects.evidence",
    on: "projects.actual_on",
    request: ({ on, text, paper }) => ({
      path: `/projects/${project}/milestones/${one.code}/reaching`,
      body: { version: one.version, on, evidence: text, paper },
    }),
  };
}

export function reopen(project: string, one: ProjectMilestone): Act {
  return {
    title: t("projects.reopen"),
    asks: [],
    text: "projects.note",
    request: ({ text }) => ({
      path: `/projects/${project}/milestones/${one.code}/reopening`,
      body: { version: one.version, reason: text },
    }),
  };
}

export function deliver(project: string, lot: ProjectLot): Act {
  const id = uuid7();
  const kind = lot.quantities.find((one) => one.kind !== "device")?.kind ?? "service";
  return {
    title: t("projects.deliver"),
    asks: ["on", "number", "paper"],
    text: "projects.document",
    request: ({ on, text, number, paper }) => ({
      path: `/projects/${project}/deliveries`,
      body: { id, lot: lot.code, kind, number, on, document: text, paper },
    }),
  };
}

export function reverse(project: string, entry: ProjectEntry): Act {
  const id = uuid7();
  return {
    title: t("projects.reversal"),
    asks: [],
    text: "projects.note",
    request: ({ text }) => ({
      path: `/projects/${project}/costs/${entry.id}/reversal`,
      body: { id, reason: text },
    }),
  };
}

export function apply(project: string, lot: ProjectLot): Act {
  return {
    title: t("projects.apply"),
    asks: [],
    text: "projects.note",
    request: ({ text }) => ({
      path: `/projects/${project}/lots/${lot.code}/acceptances`,
      body: { note: text },
    }),
  };
}

const HELD: readonly AcceptanceAction[] = ["pass", "fail", "find_defects"];

export function accept(one: Acceptance, action: AcceptanceAction): Act {
  const id = uuid7();
  const held = HELD.includes(action);
  return {
    title: t(`projects.act_${action}`),
    asks: held
      ? ["on", "members", ...(action === "find_defects" ? (["defects"] as const) : []), "paper"]
      : [],
    text: "projects.result",
    on: "projects.held_on",
    request: ({ on, text, members, defects, paper }) => ({
      path: `/acceptances/${one.id}/actions`,
      body: {
        id,
        action,
        version: one.version,
        note: text,
        held_on: held ? on : null,
        members,
        defects: defects.split("\n").filter((line) => line.trim() !== ""),
        paper,
      },
    }),
  };
}
