/** Whether somebody is at this screen: what a page asks by itself must not keep an abandoned session alive. */

const AWAY_AFTER_MS = 60_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

/** Follows signs of a person; answers whether there was one within the last minute. */
export function watchPresence(target: EventTarget, now: () => number = Date.now): () => boolean {
  let lastSign = now();
  for (const sign of SIGNS) {
    target.addEventListener(
      sign,
      () => {
        lastSign = now();
      },
      { capture: true, passive: true },
    );
  }
  return () => now() - lastSign <= AWAY_AFTER_MS;
}
