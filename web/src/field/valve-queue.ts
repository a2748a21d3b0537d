/** What is said of valves on a phone: written down there first, sent when the platform is within reach. */
import { computed } from "vue";
import type { ValvePlan, ValveStep, ValveStepAction } from "@/api/types";
import type { Step } from "@/field/outbox";
import { prepared } from "@/field/photo";
import { refOf } from "@/field/valve-work";
import { take, useWork } from "@/field/work";

export interface Place {
  longitude: number;
  latitude: number;
}

export interface ValveQueue {
  /** What of a valve's step this phone still holds, oldest first. */
  heldOf(step: ValveStep): readonly Step[];
  say(
    plan: ValvePlan,
    step: ValveStep,
    action: ValveStepAction,
    note: string,
    here: Place | null,
  ): Promise<void>;
  photograph(plan: ValvePlan, step: ValveStep, file: File): Promise<void>;
  retry(held: Step, step: ValveStep): void;
  discard(held: Step): void;
}

export function useValveQueue(): ValveQueue {
  const { steps, retry, discard } = useWork();
  const unsent = computed(() => steps.value.filter((step) => step.valve && step.state !== "sent"));
  const base = (plan: ValvePlan, step: ValveStep) => ({
    caseId: plan.case_id,
    caseCode: plan.case_code,
    version: step.version,
    valve: refOf(plan, step),
  });
  return {
    heldOf: (step) => unsent.value.filter((one) => one.valve?.step === step.id),
    say: (plan, step, action, note, here) =>
      take({
        ...base(plan, step),
        action: action === "confirm" ? "valve_confirm" : "valve_fail",
        note,
        longitude: here?.longitude ?? null,
        latitude: here?.latitude ?? null,
      }),
    photograph: async (plan, step, file) =>
      take({ ...base(plan, step), action: "valve_photo", photo: await prepared(file) }),
    retry: (held, step) => void retry(held.id, step.version),
    discard: (held) => void discard(held.id),
  };
}
