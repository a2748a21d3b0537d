/** The one outbox of this phone's worker, and what it is told by the network. */
import { computed, readonly, ref, shallowRef } from "vue";
import { ApiError, api } from "@/api/client";
import type { CaseDetail, CaseStepWanted } from "@/api/types";
import { Outbox, Refused, type Step, type StepDraft } from "@/field/outbox";
import { keepStore } from "@/field/phone";
import { onPresent, sendPicture } from "@/field/sending";
import { BrowserStepStore } from "@/field/stepStore";
import { uuid7 } from "@/field/uuid7";
import { sendOfValve } from "@/field/valve-work";
import { serverNow } from "@/session/clock";

const RETRY_MS = 10_000;

const steps = shallowRef<readonly Step[]>([]);
const online = ref(navigator.onLine);
/** Moves on whenever the platform took a step, so that pages read the case again. */
const taken = ref(0);
/** False until the phone's own store was read: before that nobody can say that everything was sent. */
const ready = ref(false);
let owner = "";
let outbox: Outbox | null = null;

/** The platform said no for good: the same step would get the same answer. */
export function isFinal(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const passing = [0, 401, 408, 429];
  return error.status < 500 && !passing.includes(error.status) && error.code !== "door.csrf";
}

async function sendOfCase(step: Step): Promise<number> {
  if (step.filing) return (await api.post<CaseDetail>("/cases", step.filing)).version;
  if (step.action !== "photo")
    return onPresent(
      (version) => sendAction(step, version),
      async () => (await api.get<CaseDetail>(`/cases/${step.caseId}`)).version,
      step.version,
    );
  await sendPicture(step, `/cases/${step.caseId}/photos`, { note: step.note });
  return step.version;
}

async function send(step: Step): Promise<number> {
  try {
    const version = step.valve ? await sendOfValve(step, step.valve) : await sendOfCase(step);
    online.value = true;
    taken.value += 1;
    return version;
  } catch (error) {
    if (isFinal(error)) throw new Refused((error as ApiError).message);
    if (error instanceof ApiError && error.status === 0) online.value = false;
    throw error;
  }
}

async function sendAction(step: Step, version: number): Promise<number> {
  const wanted: CaseStepWanted = {
    id: step.id,
    action: step.action as CaseStepWanted["action"],
    version,
    note: step.note,
    longitude: step.longitude,
    latitude: step.latitude,
    at: step.at,
  };
  const fresh = await api.post<CaseDetail>(`/cases/${step.caseId}/actions`, wanted);
  return fresh.version;
}

/** Opens the outbox of the person who is logged in; steps of another person on this phone stay theirs, unsent. */
export async function openWork(username: string): Promise<void> {
  if (owner !== username) {
    owner = username;
    ready.value = false;
    outbox = new Outbox(new BrowserStepStore(username), send, (fresh) => {
      steps.value = fresh;
    });
    await outbox.open();
    ready.value = true;
    await keepStore();
  }
  void outbox?.flush();
}

/** Starts to send what waits whenever the network comes back, and every ten seconds besides; answers how to stop. */
export function keepSending(): () => void {
  const retry = () => {
    online.value = navigator.onLine;
    if (navigator.onLine) void outbox?.flush();
  };
  const lost = () => {
    online.value = false;
  };
  const timer = window.setInterval(() => {
    if (steps.value.some((step) => step.state === "waiting")) void outbox?.flush();
  }, RETRY_MS);
  window.addEventListener("online", retry);
  window.addEventListener("offline", lost);
  return () => {
    window.clearInterval(timer);
    window.removeEventListener("online", retry);
    window.removeEventListener("offline", lost);
  };
}

export type NewStep = Pick<StepDraft, "caseId" | "caseCode" | "action" | "version"> &
  Partial<Pick<StepDraft, "id" | "note" | "longitude" | "latitude" | "photo" | "valve" | "filing">>;

/** Takes a step now: it is written down on the phone when this returns, and sent as soon as that is possible. */
export async function take(step: NewStep): Promise<void> {
  await outbox?.write({
    id: uuid7(),
    note: "",
    longitude: null,
    latitude: null,
    photo: null,
    at: new Date(serverNow()).toISOString(),
    ...step,
  });
  void outbox?.flush();
}

export function useWork() {
  return {
    steps: readonly(steps),
    online: readonly(online),
    ready: readonly(ready),
    taken: readonly(taken),
    unsent: computed(() => steps.value.filter((step) => step.state !== "sent")),
    retry: (id: string, version: number) => outbox?.retry(id, version),
    discard: (id: string) => outbox?.discard(id),
    flush: () => outbox?.flush(),
  };
}
