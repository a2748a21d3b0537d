/** The one live feed of this window: last values per stream, and changes told to whoever listens. */
import { onBeforeUnmount, readonly, ref } from "vue";
import { type Change, type FeedState, LiveFeed, type LiveValue, type Socket } from "@/live/feed";
import { PackedSocket, type RawSocket, unpacks } from "@/live/packed";
import { sessionEnded } from "@/session/ended";

const state = ref<FeedState>("connecting");
export const liveState = readonly(state);

const last = new Map<string, LiveValue>();

interface Hearer {
  /** Values that changed; `whole` after a snapshot. */
  values?: (values: readonly LiveValue[], whole: boolean) => void;
  change?: (change: Change) => void;
  /** Read lists again: changes may have been missed. */
  resynced?: () => void;
}
const hearers = new Set<Hearer>();

function connect(after: string): Socket {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const query = new URLSearchParams({ ...(after && { after }), ...(unpacks && { packed: "1" }) });
  return new PackedSocket(new WebSocket(`${scheme}//${location.host}/live?${query}`) as unknown as RawSocket);
}

const feed = new LiveFeed(
  {
    connect,
    later: (run, delayMs) => window.setTimeout(run, delayMs),
    cancel: (timer) => window.clearTimeout(timer),
    random: Math.random,
  },
  {
    values(values, whole) {
      if (whole) last.clear();
      for (const value of values) last.set(value[0], value);
      for (const hearer of hearers) hearer.values?.(values, whole);
    },
    change(change) {
      for (const hearer of hearers) hearer.change?.(change);
    },
    resynced() {
      for (const hearer of hearers) hearer.resynced?.();
    },
    state(value) {
      state.value = value;
    },
    sessionEnded,
  },
);

export function startLive(): void {
  feed.start();
}

export function stopLive(): void {
  feed.stop();
  last.clear();
}

/** The last value of a stream, as far as this window has heard. */
export function lastValue(code: string): LiveValue | undefined {
  return last.get(code);
}

export function lastValues(): Iterable<LiveValue> {
  return last.values();
}

/** Listen while the calling component lives. */
export function useLive(hearer: Hearer): void {
  hearers.add(hearer);
  onBeforeUnmount(() => hearers.delete(hearer));
}
