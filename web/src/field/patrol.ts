/** On and off duty, and the positions in between: goes on whatever field page is open. */
import { readonly, ref, shallowRef } from "vue";
import { ApiError, api, sentenceOf } from "@/api/client";
import { type KeptPosition, type KeptShift, PatrolQueue } from "@/field/patrol-queue";
import { phoneOf } from "@/field/phone";
import { serverNow } from "@/session/clock";

const EVERY_MS = 30_000;
const running = shallowRef<KeptShift | null>(null);
const waiting = ref(0);
const problem = ref("");
const denied = ref(false);
let queue: PatrolQueue | null = null;
let whose = "";
let watching: number | null = null;
let notedAt = 0;

function made(username: string): PatrolQueue {
  return new PatrolQueue(
    {
      all: async () => (await phoneOf(username)).getAll("patrol"),
      put: async (shift) => {
        await (await phoneOf(username)).put("patrol", shift);
      },
      remove: async (id) => (await phoneOf(username)).delete("patrol", id),
    },
    {
      tell: ({ id, started_at, ended_at }) => api.put(`/patrol/shifts/${id}`, { started_at, ended_at }),
      send: (shift: string, positions: readonly KeptPosition[]) =>
        api.post(`/patrol/shifts/${shift}/positions`, { positions }),
    },
    (now, count) => {
      running.value = now && { ...now };
      waiting.value = count;
      follow(now !== null);
    },
  );
}

/** The receiver is on while a shift runs, and only then. */
function follow(wanted: boolean): void {
  if (!wanted && watching !== null) {
    navigator.geolocation.clearWatch(watching);
    watching = null;
  }
  if (!wanted || watching !== null || !("geolocation" in navigator)) return;
  watching = navigator.geolocation.watchPosition(
    ({ coords }) => void note(coords),
    (error) => {
      denied.value = error.code === error.PERMISSION_DENIED;
    },
    { enableHighAccuracy: true, maximumAge: 15_000 },
  );
}

async function note(coords: GeolocationCoordinates): Promise<void> {
  const now = serverNow();
  if (now - notedAt < EVERY_MS) return;
  notedAt = now;
  denied.value = false;
  const { longitude, latitude, accuracy } = coords;
  await queue?.note({ longitude, latitude, accuracy_m: accuracy }, now);
  await send();
}

async function send(): Promise<void> {
  try {
    await queue?.flush();
    problem.value = "";
  } catch (error) {
    // Without a network all of it stays on the phone until the next try.
    problem.value = error instanceof ApiError && error.status === 0 ? "" : sentenceOf(error);
  }
}

async function begin(): Promise<void> {
  notedAt = 0;
  await queue?.begin(serverNow());
  await send();
}

async function end(): Promise<void> {
  await queue?.end(serverNow());
  await send();
}

/** The patrol of the person who is logged in. */
export function usePatrol(username: string) {
  if (queue === null || whose !== username) {
    whose = username;
    queue = made(username);
    void queue.open().then(send);
  }
  return {
    running: readonly(running),
    waiting: readonly(waiting),
    problem: readonly(problem),
    denied: readonly(denied),
    begin,
    end,
  };
}

window.addEventListener("online", () => void send());
