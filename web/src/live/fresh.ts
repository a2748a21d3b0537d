/** Keeps what a page shows up with the platform, for everybody: by the live line, or by asking where it does not serve. */
import { onBeforeUnmount } from "vue";
import type { Change } from "@/live/feed";
import { startLive, useLive } from "@/live/live";
import { may } from "@/session/session";

const ASK_EVERY_MS = 10_000;

/** Reads again when a change concerns this page. The live line serves those who may see readings; others ask. */
export function useFresh(read: () => unknown, concerns: (change: Change) => boolean): void {
  if (may("sensing.read")) {
    startLive();
    useLive({ change: (change) => concerns(change) && read(), resynced: () => read() });
    return;
  }
  const timer = window.setInterval(() => {
    if (document.visibilityState === "visible") read();
  }, ASK_EVERY_MS);
  onBeforeUnmount(() => window.clearInterval(timer));
}
