/**
 * Steps a field worker has taken and whether the platform has them.
 *
 * A step is written down before it is sent, carries an id made here, and is sent again under the same id
 * until the platform has answered: a bad network delays a step, it neither loses nor doubles it.
 * Steps on one thing - a case, or one valve of a plan - go in the order they were taken.
 */

import type { CaseAction, NewCase } from "@/api/types";

export type StepState = "waiting" | "sending" | "sent" | "refused";

export const VALVE_SAYINGS = ["valve_confirm", "valve_fail", "valve_photo"] as const;
/** What is said of one step of a plan of valves, on a phone. */
export type ValveSaying = (typeof VALVE_SAYINGS)[number];
export type Saying = CaseAction | "file" | "photo" | ValveSaying;

/** Which step of which plan of valves something is said of. */
export interface ValveRef {
  plan: string;
  planCode: string;
  step: string;
  element: string;
}

export interface Step {
  id: string;
  caseId: string;
  caseCode: string;
  action: Saying;
  /** Set where a valve is meant and not the case itself. */
  valve?: ValveRef;
  /** What is filed, where the step opens the case. */
  filing?: NewCase;
  note: string;
  longitude: number | null;
  latitude: number | null;
  /** When the step was taken, ISO 8601 UTC. */
  at: string;
  /** Version of the case, or of the valve's step, the step was taken on; follows the answers to the steps before it. */
  version: number;
  photo: Blob | null;
  state: StepState;
  attempts: number;
  /** The platform's sentence when it refused the step. */
  refusal: string;
}

export type StepDraft = Omit<Step, "state" | "attempts" | "refusal">;

/** The platform answered and said no; sending the same step again would get the same answer. */
export class Refused extends Error {}

export interface StepStore {
  all(): Promise<Step[]>;
  put(step: Step): Promise<void>;
  remove(id: string): Promise<void>;
}

/** What a step moves on: steps on the same thing wait for each other. */
export const thingOf = (step: StepDraft): string => (step.valve ? `valve ${step.valve.step}` : step.caseId);

/** Sends one step and answers the new version of its thing; throws Refused for a final no, anything else for "not reached". */
export type Send = (step: Step) => Promise<number>;

export class Outbox {
  private steps: Step[] = [];
  private flushing: Promise<void> | null = null;

  constructor(
    private readonly store: StepStore,
    private readonly send: Send,
    private readonly changed: (steps: readonly Step[]) => void,
  ) {}

  /** Reads what an earlier visit left; a step that was under way then counts as not sent. */
  async open(): Promise<void> {
    const left = await this.store.all();
    this.steps = left
      .map((step) => (step.state === "sending" ? { ...step, state: "waiting" as const } : step))
      .sort((a, b) => a.id.localeCompare(b.id));
    this.changed(this.steps);
  }

  /** Writes a step down on this phone; `flush` sends it. */
  async write(draft: StepDraft): Promise<void> {
    await this.update({ ...draft, state: "waiting", attempts: 0, refusal: "" });
  }

  /** Sends what waits; a call while one runs joins it and then goes once more, so nothing added meanwhile is left. */
  async flush(): Promise<void> {
    if (this.flushing) {
      await this.flushing;
      if (this.flushing) return this.flushing;
    }
    this.flushing = this.sendWaiting().finally(() => {
      this.flushing = null;
    });
    return this.flushing;
  }

  /** Takes a refused step up again on the present version of its thing, under the same id. */
  async retry(id: string, version: number): Promise<void> {
    const step = this.steps.find((held) => held.id === id);
    if (!step) return;
    await this.update({ ...step, version, state: "waiting", refusal: "" });
    await this.flush();
  }

  /** Forgets a step that was sent or refused. */
  async discard(id: string): Promise<void> {
    this.steps = this.steps.filter((step) => step.id !== id);
    await this.store.remove(id);
    this.changed(this.steps);
  }

  private async sendWaiting(): Promise<void> {
    const stopped = new Set(this.steps.filter((step) => step.state === "refused").map(thingOf));
    for (const { id } of [...this.steps]) {
      const step = this.steps.find((held) => held.id === id);
      if (step?.state !== "waiting" || stopped.has(thingOf(step))) continue;
      if (!(await this.sendOne(step))) stopped.add(thingOf(step));
    }
  }

  private async sendOne(step: Step): Promise<boolean> {
    const tried = { ...step, attempts: step.attempts + 1 };
    await this.update({ ...tried, state: "sending" });
    try {
      const version = await this.send(tried);
      await this.update({ ...tried, state: "sent", photo: null });
      await this.moveOn(thingOf(step), version);
      return true;
    } catch (error) {
      const refused = error instanceof Refused;
      await this.update({
        ...tried,
        state: refused ? "refused" : "waiting",
        refusal: refused ? error.message : "",
      });
      return false;
    }
  }

  private async moveOn(thing: string, version: number): Promise<void> {
    for (const step of this.steps) {
      if (thingOf(step) === thing && step.state === "waiting") await this.update({ ...step, version });
    }
  }

  private async update(step: Step): Promise<void> {
    const at = this.steps.findIndex((held) => held.id === step.id);
    this.steps =
      at < 0 ? [...this.steps, step] : this.steps.map((held) => (held.id === step.id ? step : held));
    await this.store.put(step);
    this.changed(this.steps);
  }
}
