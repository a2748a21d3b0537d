/** Tasks as they were last read, kept on the phone, so that a lost network or a reload does not blank the pages. */
import { api } from "@/api/client";
import type { CaseDetail, CaseSummary, ValvePlan } from "@/api/types";
import { type PlanList, phoneOf, type TaskList } from "@/field/phone";
import { serverNow } from "@/session/clock";

/** Keep the list; tasks that are no longer in it are forgotten. */
export async function rememberTasks(username: string, items: readonly CaseSummary[]): Promise<void> {
  const phone = await phoneOf(username);
  await phone.put("lists", { items: [...items], at: serverNow() }, "tasks");
  const listed = new Set(items.map((held) => held.id));
  const gone = (await phone.getAllKeys("cases")).filter((id) => !listed.has(id));
  await Promise.all(gone.map((id) => phone.delete("cases", id)));
}

export async function recallTasks(username: string): Promise<TaskList | undefined> {
  return (await phoneOf(username)).get("lists", "tasks");
}

export async function remember(username: string, held: CaseDetail): Promise<void> {
  await (await phoneOf(username)).put("cases", held);
}

export async function recall(username: string, id: string): Promise<CaseDetail | undefined> {
  return (await phoneOf(username)).get("cases", id);
}

/** Which of these tasks the phone does not hold as they are now. */
export async function unread(username: string, items: readonly CaseSummary[]): Promise<CaseSummary[]> {
  const phone = await phoneOf(username);
  const held = await Promise.all(items.map((one) => phone.get("cases", one.id)));
  return items.filter((one, place) => held[place]?.version !== one.version);
}

/** The running plans of valves as the platform tells them, kept on the phone before they are shown. */
export async function readPlans(username: string): Promise<ValvePlan[]> {
  const items = await api.get<ValvePlan[]>("/valve-plans", { running: true });
  await (await phoneOf(username)).put("plans", { items, at: serverNow() }, "valves");
  return items;
}

export async function recallPlans(username: string): Promise<PlanList | undefined> {
  return (await phoneOf(username)).get("plans", "valves");
}

/** Forget a person's tasks; steps that are not sent stay until they are. */
export async function forgetTasks(username: string): Promise<void> {
  const phone = await phoneOf(username);
  await Promise.all([phone.clear("cases"), phone.clear("lists"), phone.clear("plans")]);
}
