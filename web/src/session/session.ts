/** Who is logged in, what they may do, and the server's clock. */
import { computed, readonly, ref, shallowRef } from "vue";
import { ApiError, api } from "@/api/client";
import type { Me, Permission } from "@/api/types";
import { followServer } from "@/session/clock";
import { forgetKnown, recall, remember } from "@/session/known";

const me = shallowRef<Me | null>(null);
const known = ref(false);

function take(value: Me): Me {
  followServer(value.server_time, value.time_zone);
  me.value = value;
  known.value = true;
  remember(value);
  return value;
}

/** How long the server is waited for when this phone knows who used it last [ms]. */
const PATIENCE_MS = 5_000;

/** Ask the server once who we are; null when nobody is logged in. Out of its reach, field staff are known by their phone. */
export async function whoAmI(): Promise<Me | null> {
  if (known.value) return me.value;
  const last = recall();
  try {
    return take(
      await api.get<Me>("/session", {}, { quiet401: true, ...(last ? { timeoutMs: PATIENCE_MS } : {}) }),
    );
  } catch (error) {
    const status = error instanceof ApiError ? error.status : -1;
    if (status === 0 && last) {
      known.value = true;
      me.value = last;
      return last;
    }
    if (status !== 401) throw error;
    forget();
    return null;
  }
}

export async function logIn(username: string, password: string): Promise<Me> {
  return take(await api.post<Me>("/session", { username, password }, { quiet401: true }));
}

export async function logOut(): Promise<void> {
  await api.delete("/session");
  forget();
}

/** The session is gone: forget the person without asking the server. */
export function forget(): void {
  forgetKnown();
  me.value = null;
  known.value = true;
}

const TELL_MS = 60_000;

/** Tell the server now and then that somebody is here: reading a screen asks the server for nothing. */
export function keepAlive(attended: () => boolean): void {
  window.setInterval(() => {
    if (me.value === null || !attended()) return;
    // A lost line shows in the bar, and the client itself meets an ended session.
    api.get<Me>("/session").catch((error: unknown) => console.warn("presence was not told", error));
  }, TELL_MS);
}

export async function changePassword(old: string, fresh: string): Promise<void> {
  await api.put("/session/password", { old, new: fresh });
  known.value = false;
  await whoAmI();
}

export function may(...permissions: readonly Permission[]): boolean {
  return permissions.every((permission) => me.value?.permissions.includes(permission) ?? false);
}

export function useSession() {
  return { me: readonly(me), loggedIn: computed(() => me.value !== null), may };
}
