/** A contingency plan while it is written: a new one, a copy, or the next version of one there is. */
import type { PlanTemplate, PlanTemplateStep } from "@/api/types";

export interface TemplateHead {
  code: string;
  name_zh: string;
  name_en: string;
  utility: string;
  kind: string;
  levels: string[];
}

export interface TemplateDraft {
  head: TemplateHead;
  /** The version the writer saw; 0 for a plan that is not there yet. */
  version: number;
  steps: PlanTemplateStep[];
}

export function emptyStep(): PlanTemplateStep {
  return {
    title_zh: "",
    title_en: "",
    responsible: "",
    organisation: "",
    external_zh: "",
    external_en: "",
    limit_minutes: 30,
  };
}

export function newDraft(): TemplateDraft {
  const head = { code: "", name_zh: "", name_en: "", utility: "gas", kind: "", levels: [] };
  return { head, version: 0, steps: [emptyStep()] };
}

/** The next version of a plan. */
export function nextVersion({
  code,
  version,
  utility,
  kind,
  levels,
  name_zh,
  name_en,
  steps,
}: PlanTemplate): TemplateDraft {
  return {
    head: { code, name_zh, name_en, utility, kind, levels: [...levels] },
    version,
    steps: steps.map(({ position: _, ...step }) => ({
      ...step,
      organisation: step.organisation?.code ?? "",
    })),
  };
}

/** A new plan that begins as another one is; it needs a code of its own. */
export function copyOf(plan: PlanTemplate): TemplateDraft {
  const draft = nextVersion(plan);
  return { ...draft, head: { ...draft.head, code: "" }, version: 0 };
}
