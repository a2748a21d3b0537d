/** Alarm tones made by the browser itself: more urgent levels sound faster and higher. */
import { readonly, ref } from "vue";
import type { Severity } from "@/api/types";

const REMEMBERED = "chengmai.muted";
/** Frequencies [Hz] of one call, each tone 0.16 s. */
const CALLS: Record<Severity, readonly number[]> = {
  red: [988, 784, 988, 784, 988, 784],
  orange: [880, 660, 880, 660],
  yellow: [740, 740],
  blue: [587],
};
const TONE_S = 0.16;

const silent = ref(localStorage.getItem(REMEMBERED) === "yes");
export const muted = readonly(silent);
/** Browsers let a page sound only after a person touched it. */
const waiting = ref(true);
export const waitsForTouch = readonly(waiting);

let audio: AudioContext | null = null;

function wake(): void {
  audio ??= new AudioContext();
  void audio.resume().then(() => {
    waiting.value = audio?.state !== "running";
  });
}

for (const gesture of ["pointerdown", "keydown"] as const) {
  window.addEventListener(gesture, wake, { once: true, capture: true });
}

export function switchSound(): void {
  silent.value = !silent.value;
  localStorage.setItem(REMEMBERED, silent.value ? "yes" : "no");
  if (!silent.value) call("blue");
}

/** Sound one call, unless muted or not yet allowed by the browser. */
export function call(severity: Severity): void {
  if (silent.value || audio === null || audio.state !== "running") return;
  const start = audio.currentTime + 0.02;
  for (const [index, frequency] of CALLS[severity].entries()) {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    const at = start + index * (TONE_S + 0.06);
    tone.type = "triangle";
    tone.frequency.value = frequency;
    // Ramps keep the loudspeaker from clicking.
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.35, at + 0.02);
    loudness.gain.linearRampToValueAtTime(0, at + TONE_S);
    tone.connect(loudness).connect(audio.destination);
    tone.start(at);
    tone.stop(at + TONE_S);
  }
}
