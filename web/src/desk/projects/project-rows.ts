/** A project as rows of a form, and the rows as the project it shall be. */
import type { Project } from "@/api/types";
import type { EditableRow } from "@/ui/EditableRows.vue";

export const LOT_KINDS = ["device", "platform", "software", "service"] as const;
const UNITS: Record<(typeof LOT_KINDS)[number], string> = {
  device: "项",
  platform: "套",
  software: "套",
  service: "项",
};

export interface ProjectRows {
  code: string;
  name_zh: string;
  name_en: string;
  owner: string;
  unit: string;
  overview: string;
  basis: string;
  source: string;
  budget: string;
  headings: EditableRow[];
  lots: EditableRow[];
  milestones: EditableRow[];
}

export function rowsOf(project: Project | null): ProjectRows {
  return {
    code: project?.code ?? "",
    name_zh: project?.name_zh ?? "",
    name_en: project?.name_en ?? "",
    owner: project?.owner.code ?? "",
    unit: project?.unit ?? "",
    overview: project?.overview ?? "",
    basis: project?.basis ?? "",
    source: project?.source ?? "",
    budget: project?.sums.budget ?? "",
    headings: (project?.headings ?? []).map(({ code, name_zh, name_en, ceiling, rule }) => ({
      code,
      name_zh,
      name_en,
      ceiling: ceiling ?? "",
      rule,
    })),
    lots: (project?.lots ?? []).map((lot) => ({
      code: lot.code,
      name_zh: lot.name_zh,
      name_en: lot.name_en,
      heading: lot.heading,
      contractor: lot.contractor,
      ...Object.fromEntries(lot.quantities.map((one) => [one.kind, one.planned])),
    })),
    milestones: (project?.milestones ?? []).map(({ code, name_zh, name_en, planned_on, planned_text }) => ({
      code,
      name_zh,
      name_en,
      planned_on,
      planned_text,
    })),
  };
}

const plain = (amount: unknown): string => String(amount ?? "").replace(/[,，\s]/g, "");

/** What is sent; units of quantities that were told before stay as they are. */
export function bodyOf(told: ProjectRows, project: Project | null): Record<string, unknown> {
  const known = new Map(
    (project?.lots ?? []).flatMap((lot) =>
      lot.quantities.map((one) => [`${lot.code} ${one.kind}`, one.unit] as const),
    ),
  );
  const { code: _, headings, lots, ...rest } = told;
  return {
    ...rest,
    version: project?.version ?? 0,
    budget: plain(told.budget) || "0",
    headings: headings.map((one) => ({
      ...one,
      ceiling: plain(one.ceiling) || null,
      rule: one.rule || "refuse",
    })),
    lots: lots.map(({ code, name_zh, name_en, heading, contractor, ...planned }) => ({
      code,
      name_zh,
      name_en,
      heading: heading ?? "",
      contractor: contractor ?? "",
      quantities: LOT_KINDS.filter((kind) => Number(planned[kind] ?? 0) > 0).map((kind) => ({
        kind,
        planned: planned[kind],
        unit: known.get(`${code} ${kind}`) ?? UNITS[kind],
      })),
    })),
  };
}
