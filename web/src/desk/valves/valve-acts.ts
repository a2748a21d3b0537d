/** What is said of valve plans and their steps; an id is made once for each thing said, however often it is sent. */
import { api } from "@/api/client";
import type { ElementKind, ValvePlanAction, ValvePlanDetail, ValveStep, ValveStepAction } from "@/api/types";
import { prepared } from "@/field/photo";
import { uuid7 } from "@/field/uuid7";
import { serverNow } from "@/session/clock";

const PHOTO_TIMEOUT_MS = 120_000;
const ids = new Map<string, string>();

/** The id of one thing to be said; `said` forgets it once the platform has taken it. */
function idOf(thing: string): string {
  const known = ids.get(thing) ?? uuid7();
  ids.set(thing, known);
  return known;
}

async function once<T>(thing: string, send: (id: string) => Promise<T>): Promise<T> {
  const answer = await send(idOf(thing));
  ids.delete(thing);
  return answer;
}

export function makePlan(
  caseId: string,
  network: string,
  kind: ElementKind,
  element: string,
): Promise<ValvePlanDetail> {
  return once(`plan ${caseId} ${network} ${kind} ${element}`, (id) =>
    api.post<ValvePlanDetail>(`/cases/${caseId}/valve-plans`, { id, network, element_kind: kind, element }),
  );
}

export function actOnPlan(
  plan: { id: string; version: number },
  action: ValvePlanAction,
  note = "",
): Promise<ValvePlanDetail> {
  return once(`${action} ${plan.id} ${plan.version} ${note}`, (id) =>
    api.post<ValvePlanDetail>(`/valve-plans/${plan.id}/actions`, { id, action, version: plan.version, note }),
  );
}

/** What was said when it was first sent is sent again unchanged: the same id must carry the same words. */
const said = new Map<string, object>();

export async function actOnStep(
  step: ValveStep,
  action: ValveStepAction,
  note: string,
  place: { longitude: number; latitude: number } | null,
): Promise<ValvePlanDetail> {
  const thing = `${action} ${step.id} ${step.version} ${note}`;
  const first = {
    action,
    version: step.version,
    note,
    at: new Date(serverNow()).toISOString(),
    longitude: place?.longitude ?? null,
    latitude: place?.latitude ?? null,
  };
  const body = said.get(thing) ?? first;
  said.set(thing, body);
  const answer = await once(thing, (id) =>
    api.post<ValvePlanDetail>(`/valve-steps/${step.id}/actions`, { id, ...body }),
  );
  said.delete(thing);
  return answer;
}

/** A photograph of what was done at a step, as a line of the case. */
export function photographStep(step: ValveStep, file: File): Promise<ValvePlanDetail> {
  return once(`photo ${step.id} ${file.name} ${file.size} ${file.lastModified}`, async (id) => {
    const form = new FormData();
    form.set("id", id);
    form.set("file", await prepared(file), `${id}.jpg`);
    return api.post<ValvePlanDetail>(`/valve-steps/${step.id}/photos`, form, { timeoutMs: PHOTO_TIMEOUT_MS });
  });
}
