/** Typing in a draft: one turn after the other is stored, each with its way back; what is not stored is kept. */
import { ApiError } from "@/api/client";
import type { DraftStep, GridEdit } from "@/api/types";

/** What a person does at once: a cell, a pasted rectangle, a row; or the way back and on again. */
export type Turn =
  | { kind: "do"; table: string; steps: readonly DraftStep[] }
  | { kind: "undo" }
  | { kind: "redo" };

interface Sent {
  table: string;
  steps: readonly DraftStep[];
}

export type TypingState = "stored" | "storing" | "stale" | "failed";

export interface TypingHooks {
  send: (revision: number, table: string, steps: readonly DraftStep[]) => Promise<GridEdit>;
  /** Stored: the cells that changed. */
  stored: (table: string, answer: GridEdit) => void;
  /** Refused whole, for its cells; what was there stays. */
  refused: (sent: Sent, error: ApiError) => void;
  /** Anything else: nothing of this turn or of those behind it is stored, all are kept. */
  stopped: (error: unknown) => void;
  changed: () => void;
}

const STALE = 409;
const REFUSED = 422;

export class Typing {
  state: TypingState = "stored";
  private readonly waiting: Turn[] = [];
  private undos: Sent[] = [];
  private redos: Sent[] = [];
  private running: Promise<void> | null = null;

  constructor(
    public revision: number,
    private readonly hooks: TypingHooks,
  ) {}

  get canUndo(): boolean {
    return this.undos.length > 0;
  }

  get canRedo(): boolean {
    return this.redos.length > 0;
  }

  /** Turns that are not stored yet, the one on its way among them. */
  get unstored(): number {
    return this.waiting.length;
  }

  take(turn: Turn): Promise<void> {
    this.waiting.push(turn);
    return this.state === "stale" || this.state === "failed" ? Promise.resolve() : this.run();
  }

  /** Go on with what was kept, on the revision that was read anew. */
  resume(revision: number): Promise<void> {
    this.revision = revision;
    this.state = "stored";
    return this.run();
  }

  /** Let go of what was not stored; somebody else's change makes the way back unsafe, so it is let go too. */
  drop(revision: number): void {
    this.waiting.length = 0;
    this.undos = [];
    this.redos = [];
    this.revision = revision;
    this.state = "stored";
    this.hooks.changed();
  }

  private run(): Promise<void> {
    this.running ??= this.work().finally(() => {
      this.running = null;
      this.hooks.changed();
      // Taken just while the last turn ended.
      if (this.state === "stored" && this.waiting.length > 0) return this.run();
    });
    return this.running;
  }

  private async work(): Promise<void> {
    while (this.waiting.length > 0) {
      this.state = "storing";
      this.hooks.changed();
      const turn = this.waiting[0] as Turn;
      const sent = this.steps(turn);
      if (sent !== undefined && !(await this.stores(turn, sent))) break;
      this.waiting.shift();
    }
    if (this.state === "storing") this.state = "stored";
  }

  private steps(turn: Turn): Sent | undefined {
    if (turn.kind === "do") return turn;
    return turn.kind === "undo" ? this.undos.at(-1) : this.redos.at(-1);
  }

  /** Whether the queue may go on: after a refusal yes, after anything else that went wrong not. */
  private async stores(turn: Turn, sent: Sent): Promise<boolean> {
    try {
      const answer = await this.hooks.send(this.revision, sent.table, sent.steps);
      this.revision = answer.revision;
      this.remember(turn, { table: sent.table, steps: answer.undo });
      this.hooks.stored(sent.table, answer);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === REFUSED) {
        if (turn.kind === "undo") this.undos.pop();
        if (turn.kind === "redo") this.redos.pop();
        this.hooks.refused(sent, error);
        return true;
      }
      this.state = error instanceof ApiError && error.status === STALE ? "stale" : "failed";
      this.hooks.stopped(error);
      return false;
    }
  }

  private remember(turn: Turn, back: Sent): void {
    if (turn.kind === "undo") this.undos.pop();
    if (turn.kind === "redo") this.redos.pop();
    if (back.steps.length === 0) return;
    if (turn.kind === "undo") this.redos.push(back);
    else this.undos.push(back);
    if (turn.kind === "do") this.redos = [];
  }
}
