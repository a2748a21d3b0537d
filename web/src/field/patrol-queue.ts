/**
 * Shifts of a collector and where the phone was in them, until the platform has them.
 *
 * A shift and each position get their ids here and are sent again under the same ids until they are answered.
 */
import { uuid7 } from "@/field/uuid7";

export interface KeptPosition {
  id: string;
  /** ISO 8601 UTC. */
  at: string;
  longitude: number;
  latitude: number;
  accuracy_m: number;
}

export interface KeptShift {
  id: string;
  started_at: string;
  ended_at: string | null;
  /** Whether the platform has heard of it as it stands. */
  told: boolean;
  /** Positions that the platform has not yet answered for. */
  positions: KeptPosition[];
}

export interface ShiftStore {
  all(): Promise<KeptShift[]>;
  put(shift: KeptShift): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface PatrolDoor {
  tell(shift: KeptShift): Promise<void>;
  send(shift: string, positions: readonly KeptPosition[]): Promise<void>;
}

const AT_ONCE = 500;

export class PatrolQueue {
  private shifts: KeptShift[] = [];
  private flushing = false;

  constructor(
    private readonly store: ShiftStore,
    private readonly door: PatrolDoor,
    private readonly changed: (running: KeptShift | null, waiting: number) => void,
  ) {}

  async open(): Promise<void> {
    this.shifts = (await this.store.all()).sort((a, b) => a.id.localeCompare(b.id));
    this.tellChange();
  }

  get running(): KeptShift | null {
    return this.shifts.find((one) => one.ended_at === null) ?? null;
  }

  async begin(now: number): Promise<void> {
    if (this.running) return;
    const shift: KeptShift = {
      id: uuid7(now),
      started_at: new Date(now).toISOString(),
      ended_at: null,
      told: false,
      positions: [],
    };
    this.shifts.push(shift);
    await this.keep(shift);
  }

  async end(now: number): Promise<void> {
    const shift = this.running;
    if (!shift) return;
    shift.ended_at = new Date(now).toISOString();
    shift.told = false;
    await this.keep(shift);
  }

  /** A position of the running shift; off shift nothing is kept. */
  async note(position: Omit<KeptPosition, "id" | "at">, now: number): Promise<void> {
    const shift = this.running;
    if (!shift) return;
    shift.positions.push({ id: uuid7(now), at: new Date(now).toISOString(), ...position });
    await this.keep(shift);
  }

  /** Sends what waits, the oldest shift first; throws what the door throws and keeps all that was not answered. */
  async flush(): Promise<void> {
    if (this.flushing) return;
    this.flushing = true;
    try {
      for (const shift of [...this.shifts]) await this.sendShift(shift);
    } finally {
      this.flushing = false;
    }
  }

  private async sendShift(shift: KeptShift): Promise<void> {
    if (!shift.told) {
      const ended = shift.ended_at;
      await this.door.tell(shift);
      // It may have ended while the answer was under way.
      shift.told = shift.ended_at === ended;
      await this.keep(shift);
    }
    while (shift.positions.length > 0) {
      const sent = shift.positions.slice(0, AT_ONCE);
      await this.door.send(shift.id, sent);
      const known = new Set(sent.map((one) => one.id));
      shift.positions = shift.positions.filter((one) => !known.has(one.id));
      await this.keep(shift);
    }
    if (shift.ended_at !== null && shift.told) {
      this.shifts = this.shifts.filter((one) => one !== shift);
      await this.store.remove(shift.id);
      this.tellChange();
    }
  }

  private async keep(shift: KeptShift): Promise<void> {
    await this.store.put(structuredClone(shift));
    this.tellChange();
  }

  private tellChange(): void {
    const waiting = this.shifts.reduce((all, one) => all + one.positions.length, 0);
    this.changed(this.running, waiting);
  }
}
