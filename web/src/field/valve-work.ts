/** What is said of valves on a phone and waits there: how it is sent, and what a plan looks like with it. */
import { api } from "@/api/client";
import type { ValvePlan, ValvePlanDetail, ValveStep } from "@/api/types";
import { Refused, type Step, type ValveRef } from "@/field/outbox";
import { onPresent, sendPicture } from "@/field/sending";

const ACTIONS = { valve_confirm: "confirm", valve_fail: "fail" } as const;
type Acting = keyof typeof ACTIONS;
const isActing = (action: Step["action"]): action is Acting => action in ACTIONS;

function versionIn(plan: ValvePlan, step: string): number {
  const found = plan.steps.find((one) => one.id === step);
  if (!found) throw new Refused(`no step ${step}`);
  return found.version;
}

/** Sends what was said of a valve and answers the new version of its step; a picture moves no version. */
export async function sendOfValve(step: Step, valve: ValveRef): Promise<number> {
  const { action } = step;
  const path = `/valve-steps/${valve.step}`;
  if (!isActing(action)) {
    await sendPicture(step, `${path}/photos`);
    return step.version;
  }
  const say = async (version: number): Promise<number> => {
    const wanted = {
      id: step.id,
      action: ACTIONS[action],
      version,
      note: step.note,
      at: step.at,
      longitude: step.longitude,
      latitude: step.latitude,
    };
    return versionIn(await api.post<ValvePlanDetail>(`${path}/actions`, wanted), valve.step);
  };
  const present = async () =>
    versionIn(await api.get<ValvePlanDetail>(`/valve-plans/${valve.plan}`), valve.step);
  return onPresent(say, present, step.version);
}

/** Which step of which plan. */
export function refOf(plan: ValvePlan, step: ValveStep): ValveRef {
  return { plan: plan.id, planCode: plan.code, step: step.id, element: step.element };
}
