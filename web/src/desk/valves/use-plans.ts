/** The plans of valves on the networks within a person's reach, kept fresh. */
import { ref, shallowRef } from "vue";
import { api, sentenceOf } from "@/api/client";
import type { BrokenValve, ValvePlan } from "@/api/types";
import { useFresh } from "@/live/fresh";

export function usePlans() {
  const plans = shallowRef<readonly ValvePlan[]>([]);
  const broken = shallowRef<readonly BrokenValve[]>([]);
  const failed = ref("");
  const known = ref(false);
  const ended = ref(false);

  async function read(): Promise<void> {
    try {
      const [fresh, faults] = await Promise.all([
        api.get<ValvePlan[]>("/valve-plans", { running: !ended.value }),
        api.get<BrokenValve[]>("/broken-valves"),
      ]);
      plans.value = fresh;
      broken.value = faults;
      failed.value = "";
      known.value = true;
    } catch (error) {
      failed.value = sentenceOf(error);
    }
  }

  async function mend(fault: BrokenValve): Promise<void> {
    try {
      await api.post(`/broken-valves/${fault.id}/mending`);
      await read();
    } catch (error) {
      failed.value = sentenceOf(error);
    }
  }

  void read();
  useFresh(read, (change) => change.kind === "valve_plan");
  return { plans, broken, failed, known, ended, read, mend };
}
