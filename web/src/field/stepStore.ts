import type { Step, StepStore } from "./outbox";
import { phoneOf } from "./phone";

/** Keeps one person's steps on the phone, photographs included; a step is on disk when `put` answers. */
export class BrowserStepStore implements StepStore {
  constructor(private readonly username: string) {}

  async all(): Promise<Step[]> {
    return (await phoneOf(this.username)).getAll("steps");
  }

  async put(step: Step): Promise<void> {
    const transaction = (await phoneOf(this.username)).transaction("steps", "readwrite", {
      durability: "strict",
    });
    await Promise.all([transaction.store.put(step), transaction.done]);
  }

  async remove(id: string): Promise<void> {
    await (await phoneOf(this.username)).delete("steps", id);
  }
}
