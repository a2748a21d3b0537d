/** Timers as pages read them, kept fresh by the live feed. */
import { onBeforeUnmount, onMounted, ref, shallowRef } from "vue";
import { api, type Query, sentenceOf } from "@/api/client";
import type { Timer } from "@/api/types";
import { useLive } from "@/live/live";

const GATHER_MS = 200;

export function useTimers(query: () => Query) {
  const timers = shallowRef<readonly Timer[]>([]);
  const failed = ref("");
  let gathering = 0;

  async function read(): Promise<void> {
    try {
      timers.value = await api.get<Timer[]>("/timers", query());
      failed.value = "";
    } catch (error) {
      failed.value = sentenceOf(error);
    }
  }

  function gather(): void {
    window.clearTimeout(gathering);
    gathering = window.setTimeout(() => void read(), GATHER_MS);
  }

  onMounted(read);
  useLive({
    change: (change) => {
      if (change.kind === "timer") gather();
    },
    resynced: gather,
  });
  onBeforeUnmount(() => window.clearTimeout(gathering));
  return { timers, failed, read };
}
