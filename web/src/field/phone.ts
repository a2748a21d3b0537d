/** What a phone keeps of one person's work: steps with their photographs, and tasks as they were last read. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { CaseDetail, CaseSummary, ValvePlan } from "@/api/types";
import type { KnownClasses } from "@/field/classes";
import type { Step } from "@/field/outbox";
import type { KeptShift } from "@/field/patrol-queue";

const VERSION = 5;

/** Tasks as the platform last told them; `at` is milliseconds since the epoch by the server's clock. */
export interface TaskList {
  items: CaseSummary[];
  at: number;
}

/** Plans of valves as the platform last told them. */
export interface PlanList {
  items: ValvePlan[];
  at: number;
}

interface Phone extends DBSchema {
  steps: { key: string; value: Step };
  cases: { key: string; value: CaseDetail };
  lists: { key: "tasks"; value: TaskList };
  plans: { key: "valves"; value: PlanList };
  classes: { key: "all"; value: KnownClasses };
  patrol: { key: string; value: KeptShift };
}

const opened = new Map<string, Promise<IDBPDatabase<Phone>>>();

/** The store of a person on this phone; another person's is another store. */
export function phoneOf(username: string): Promise<IDBPDatabase<Phone>> {
  let database = opened.get(username);
  if (!database) {
    database = openDB<Phone>(`chengmai-field-${username}`, VERSION, {
      upgrade(fresh, before) {
        if (before < 1) fresh.createObjectStore("steps", { keyPath: "id" });
        if (before < 2) {
          fresh.createObjectStore("cases", { keyPath: "id" });
          fresh.createObjectStore("lists");
        }
        if (before < 3) fresh.createObjectStore("plans");
        if (before < 4) fresh.createObjectStore("classes");
        if (before < 5) fresh.createObjectStore("patrol", { keyPath: "id" });
      },
    });
    // What failed to open is tried again, not remembered as failed.
    database.catch(() => opened.delete(username));
    opened.set(username, database);
  }
  return database;
}

/** Ask the browser not to clear the phone's store when space runs short; it may say no. */
export async function keepStore(): Promise<boolean> {
  return (await navigator.storage?.persist?.()) ?? false;
}
