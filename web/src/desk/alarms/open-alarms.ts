/** The open alarms, kept up with the live feed: what is new is marked and called out. */
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, watch } from "vue";
import { api, sentenceOf } from "@/api/client";
import type { AlarmSummary, Page, Severity } from "@/api/types";
import { language } from "@/i18n";
import { useLive } from "@/live/live";
import { call } from "@/ui/sound";

const GRAVITY: Record<Severity, number> = { red: 0, orange: 1, yellow: 2, blue: 3 };
const URGENCY: Record<string, number> = { active: 0, returned: 1, acknowledged: 2 };
/** Changes that come together are read together. */
const GATHER_MS = 150;
/** How long an arrival stays marked, and how often an unanswered grave alarm calls again. */
const MARK_MS = 60_000;
const CALL_AGAIN_MS = 30_000;

/** Unanswered first, what planned works explain behind the rest, then the graver, then the newer. */
export function byUrgency(a: AlarmSummary, b: AlarmSummary): number {
  const urgency = (URGENCY[a.state] ?? 3) - (URGENCY[b.state] ?? 3);
  if (urgency !== 0) return urgency;
  const explained = Number(a.planned_work !== null) - Number(b.planned_work !== null);
  if (explained !== 0) return explained;
  const gravity = GRAVITY[a.severity] - GRAVITY[b.severity];
  return gravity !== 0 ? gravity : Date.parse(b.raised_at) - Date.parse(a.raised_at);
}

/** Alarms with their consequences below them; one whose root is not in the list stands for itself. */
export function folded(
  alarms: readonly AlarmSummary[],
): { alarm: AlarmSummary; below: readonly AlarmSummary[] }[] {
  const there = new Set(alarms.map((alarm) => alarm.id));
  const isBelow = (alarm: AlarmSummary): boolean => alarm.root !== null && there.has(alarm.root);
  return alarms
    .filter((alarm) => !isBelow(alarm))
    .map((alarm) => ({ alarm, below: alarms.filter((one) => one.root === alarm.id) }));
}

function gravest(alarms: readonly AlarmSummary[]): AlarmSummary | undefined {
  return [...alarms].sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity])[0];
}

export function useOpenAlarms() {
  const alarms = shallowRef<readonly AlarmSummary[]>([]);
  const arrived = ref<ReadonlySet<string>>(new Set());
  const failed = ref("");
  const loaded = ref(false);
  const timers = new Set<number>();
  let gathering = 0;
  let reading: AbortController | null = null;

  function later(run: () => void, delayMs: number): number {
    const timer = window.setTimeout(() => {
      timers.delete(timer);
      run();
    }, delayMs);
    timers.add(timer);
    return timer;
  }

  function mark(fresh: readonly AlarmSummary[]): void {
    arrived.value = new Set([...arrived.value, ...fresh.map((alarm) => alarm.id)]);
    later(() => {
      const left = new Set(arrived.value);
      for (const alarm of fresh) left.delete(alarm.id);
      arrived.value = left;
    }, MARK_MS);
  }

  async function read(): Promise<void> {
    reading?.abort();
    reading = new AbortController();
    try {
      const { signal } = reading;
      const page = await api.get<Page<AlarmSummary>>("/alarms", { open: true, limit: 200 }, { signal });
      // An alarm that calls again (it came back, or became graver) is news as a new one is.
      const known = new Set(
        alarms.value.filter((alarm) => alarm.state === "active").map((alarm) => alarm.id),
      );
      const fresh = loaded.value
        ? page.items.filter((alarm) => alarm.state === "active" && !known.has(alarm.id))
        : [];
      alarms.value = [...page.items].sort(byUrgency);
      loaded.value = true;
      failed.value = "";
      if (fresh.length > 0) mark(fresh);
      const loudest = gravest(fresh);
      if (loudest) call(loudest.severity);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      failed.value = sentenceOf(error);
    }
  }

  function gather(): void {
    window.clearTimeout(gathering);
    gathering = later(() => void read(), GATHER_MS);
  }

  function remind(): void {
    const loudest = gravest(alarms.value.filter((alarm) => alarm.state === "active"));
    if (loudest && GRAVITY[loudest.severity] <= GRAVITY.orange) call(loudest.severity);
  }

  useLive({
    change: (change) => {
      if (change.kind === "alarm" || change.kind === "warning") gather();
    },
    resynced: gather,
  });
  const reminder = window.setInterval(remind, CALL_AGAIN_MS);
  // Places come in the reader's language.
  watch(language, gather);
  onMounted(read);
  onBeforeUnmount(() => {
    reading?.abort();
    window.clearInterval(reminder);
    for (const timer of timers) window.clearTimeout(timer);
  });

  /** What nobody acknowledged yet, whether it still holds or returned by itself. */
  const unanswered = computed(
    () => alarms.value.filter(({ state }) => state === "active" || state === "returned").length,
  );
  return { alarms, arrived, failed, loaded, unanswered, read };
}
