/** The server's time as a value that moves on by itself, for words like "3 h left". */
import { onBeforeUnmount, type Ref, ref } from "vue";
import { serverNow } from "@/session/clock";

const STEP_MS = 15_000;

export function useNow(): Ref<number> {
  const now = ref(serverNow());
  const timer = window.setInterval(() => {
    now.value = serverNow();
  }, STEP_MS);
  onBeforeUnmount(() => window.clearInterval(timer));
  return now;
}
