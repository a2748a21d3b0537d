/** The live feed's client: follows a snapshot and its numbered deltas, and asks anew when a number is missing. */

export type StreamStatus = "ok" | "low" | "high" | "stale";
/** A stream's code, phenomenon time [ms], value in the stream's unit, status. */
export type LiveValue = [code: string, timeMs: number, value: number, status: StreamStatus];

export interface Change {
  kind:
    | "alarm"
    | "warning"
    | "case"
    | "network"
    | "planned_work"
    | "valve_plan"
    | "timer"
    | "party"
    | "plan"
    | "shift"
    | "call"
    | "call_back";
  id: string;
  action: string;
}

interface Snapshot {
  type: "snapshot";
  epoch: string;
  seq: number;
  values: LiveValue[];
}

interface Delta {
  type: "delta";
  seq: number;
  values: LiveValue[];
  changes: Change[];
}

type Message = Snapshot | Delta | { type: "ping" };

export type FeedState = "connecting" | "open" | "lost";

export interface FeedListener {
  /** All values when `whole`, otherwise those that changed. */
  values(values: readonly LiveValue[], whole: boolean): void;
  change(change: Change): void;
  /** Changes may have been missed: what was read over HTTP is to be read again. */
  resynced(): void;
  state(state: FeedState): void;
  /** The server says the session ended. */
  sessionEnded(): void;
}

/** The part of a WebSocket that the feed uses. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  close(): void;
}

/** What the feed needs of its surroundings; tests give their own. */
export interface Outside {
  connect: (after: string) => Socket;
  later: (run: () => void, delayMs: number) => number;
  cancel: (timer: number) => void;
  random: () => number;
}

const SESSION_ENDED = 4401;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** The server pings every 20 s; a line silent for longer than two pings is taken for dead. */
const SILENCE_MS = 45_000;

/** One connection that heals itself; `start` and `stop` may be called again and again. */
export class LiveFeed {
  private socket: Socket | null = null;
  private epoch = "";
  private seq = -1;
  private attempts = 0;
  private retry: number | null = null;
  private silence: number | null = null;
  private hadSnapshot = false;

  constructor(
    private readonly outside: Outside,
    private readonly listener: FeedListener,
  ) {}

  start(): void {
    if (this.socket === null && this.retry === null) this.connect();
  }

  stop(): void {
    this.drop();
    this.cancelRetry();
    this.forgetPlace();
    this.hadSnapshot = false;
    this.attempts = 0;
  }

  private connect(): void {
    this.retry = null;
    this.listener.state("connecting");
    const after = this.epoch === "" ? "" : `${this.epoch}:${this.seq}`;
    const socket = this.outside.connect(after);
    this.socket = socket;
    socket.onopen = () => this.watchSilence();
    socket.onmessage = (event) => this.receive(JSON.parse(event.data) as Message);
    socket.onclose = (event) => this.closed(event.code);
    this.watchSilence();
  }

  private receive(message: Message): void {
    this.watchSilence();
    if (message.type === "snapshot") this.takeSnapshot(message);
    else if (message.type === "delta") this.takeDelta(message);
    if (message.type !== "ping" || this.epoch !== "") this.settled();
  }

  private settled(): void {
    if (this.socket === null) return;
    this.attempts = 0;
    this.listener.state("open");
  }

  private takeSnapshot(snapshot: Snapshot): void {
    this.epoch = snapshot.epoch;
    this.seq = snapshot.seq;
    this.listener.values(snapshot.values, true);
    if (this.hadSnapshot) this.listener.resynced();
    this.hadSnapshot = true;
  }

  private takeDelta(delta: Delta): void {
    if (this.epoch === "" || delta.seq > this.seq + 1) {
      this.startOver();
      return;
    }
    // A delta seen before, sent again after a reconnection, must not turn values back.
    if (delta.seq <= this.seq) return;
    this.seq = delta.seq;
    if (delta.values.length > 0) this.listener.values(delta.values, false);
    for (const change of delta.changes) this.listener.change(change);
  }

  /** A number is missing: connect without a place, the server then answers with a whole snapshot. */
  private startOver(): void {
    this.forgetPlace();
    this.drop();
    this.wait();
  }

  private closed(code: number): void {
    this.drop();
    if (code === SESSION_ENDED) {
      this.forgetPlace();
      this.listener.state("lost");
      this.listener.sessionEnded();
      return;
    }
    this.wait();
  }

  private wait(): void {
    this.listener.state("lost");
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.attempts);
    this.attempts += 1;
    // Half of the wait is by chance, so that a restart is not met by all desks at once.
    this.retry = this.outside.later(() => this.connect(), longest * (0.5 + 0.5 * this.outside.random()));
  }

  private watchSilence(): void {
    if (this.silence !== null) this.outside.cancel(this.silence);
    this.silence = this.outside.later(() => {
      this.silence = null;
      this.drop();
      this.wait();
    }, SILENCE_MS);
  }

  private forgetPlace(): void {
    this.epoch = "";
    this.seq = -1;
  }

  private cancelRetry(): void {
    if (this.retry !== null) this.outside.cancel(this.retry);
    this.retry = null;
  }

  private drop(): void {
    if (this.silence !== null) this.outside.cancel(this.silence);
    this.silence = null;
    const socket = this.socket;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }
}
