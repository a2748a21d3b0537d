import { beforeEach, describe, expect, it } from "vitest";
import { type Change, type FeedState, LiveFeed, type LiveValue, type Socket } from "@/live/feed";

class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;

  constructor(readonly after: string) {}

  close(): void {
    this.closed = true;
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const sockets: FakeSocket[] = [];
const timers = new Map<number, { run: () => void; delayMs: number }>();
let heard: { values: [readonly LiveValue[], boolean][]; changes: Change[]; resyncs: number; ended: number };
let states: FeedState[];
let feed: LiveFeed;

function socket(): FakeSocket {
  const last = sockets.at(-1);
  if (last === undefined) throw new Error("no connection was opened");
  return last;
}

/** Run the timer with the given delay, as the clock would. */
function elapse(wanted: (delayMs: number) => boolean): void {
  const found = [...timers].find(([, timer]) => wanted(timer.delayMs));
  if (found === undefined) throw new Error("no such timer is set");
  timers.delete(found[0]);
  found[1].run();
}
const reconnect = (): void => elapse((delayMs) => delayMs <= 15_000);
const silence = (): void => elapse((delayMs) => delayMs > 15_000);

const value = (code: string, number: number): LiveValue => [code, 1_700_000_000_000, number, "ok"];
const snapshot = (epoch: string, seq: number, ...values: LiveValue[]) => ({
  type: "snapshot",
  epoch,
  seq,
  values,
});
const delta = (seq: number, values: LiveValue[] = [], changes: Change[] = []) => ({
  type: "delta",
  seq,
  values,
  changes,
});

beforeEach(() => {
  sockets.length = 0;
  timers.clear();
  heard = { values: [], changes: [], resyncs: 0, ended: 0 };
  states = [];
  let number = 0;
  feed = new LiveFeed(
    {
      connect: (after) => {
        const fresh = new FakeSocket(after);
        sockets.push(fresh);
        return fresh;
      },
      later: (run, delayMs) => {
        number += 1;
        timers.set(number, { run, delayMs });
        return number;
      },
      cancel: (timer) => timers.delete(timer),
      random: () => 1,
    },
    {
      values: (values, whole) => heard.values.push([values, whole]),
      change: (change) => heard.changes.push(change),
      resynced: () => {
        heard.resyncs += 1;
      },
      state: (state) => states.push(state),
      sessionEnded: () => {
        heard.ended += 1;
      },
    },
  );
  feed.start();
});

describe("a line without faults", () => {
  it("takes the snapshot whole, then each delta in its turn", () => {
    const raised: Change = { kind: "alarm", id: "a1", action: "raised" };
    socket().say(snapshot("e1", 7, value("P1", 30)));
    socket().say(delta(8, [value("P1", 29)]));
    socket().say(delta(9, [], [raised]));
    expect(heard.values).toEqual([
      [[value("P1", 30)], true],
      [[value("P1", 29)], false],
    ]);
    expect(heard.changes).toEqual([raised]);
    expect(heard.resyncs).toBe(0);
    expect(states.at(-1)).toBe("open");
  });

  it("opens one connection however often it is started", () => {
    feed.start();
    feed.start();
    expect(sockets).toHaveLength(1);
    expect(socket().after).toBe("");
  });
});

describe("a gap in the numbers", () => {
  it("takes nothing after the gap and asks for a snapshot", () => {
    const first = socket();
    first.say(snapshot("e1", 7, value("P1", 30)));
    first.say(delta(9, [value("P1", 1)]));
    expect(heard.values).toHaveLength(1);
    expect(first.closed).toBe(true);
    reconnect();
    expect(socket()).not.toBe(first);
    expect(socket().after).toBe("");
    socket().say(snapshot("e1", 12, value("P1", 28)));
    expect(heard.values.at(-1)).toEqual([[value("P1", 28)], true]);
    expect(heard.resyncs).toBe(1);
    expect(states.at(-1)).toBe("open");
  });

  it("does the same for a delta that comes before any snapshot", () => {
    socket().say(delta(3, [value("P1", 1)]));
    expect(heard.values).toHaveLength(0);
    expect(socket().closed).toBe(true);
    expect(states.at(-1)).toBe("lost");
  });

  it("takes no delta twice", () => {
    socket().say(snapshot("e1", 7));
    socket().say(delta(8, [value("P1", 2)]));
    socket().say(delta(8, [value("P1", 99)]));
    socket().say(delta(6, [value("P1", 98)]));
    expect(heard.values.map(([values]) => values)).toEqual([[], [value("P1", 2)]]);
    expect(socket().closed).toBe(false);
  });
});

describe("a broken line", () => {
  it("comes back to its place and misses nothing when the server still knows it", () => {
    socket().say(snapshot("e1", 7));
    socket().say(delta(8));
    socket().onclose?.({ code: 1006 });
    expect(states.at(-1)).toBe("lost");
    reconnect();
    expect(socket().after).toBe("e1:8");
    socket().say(delta(9, [value("P1", 5)]));
    expect(heard.values.at(-1)).toEqual([[value("P1", 5)], false]);
    expect(heard.resyncs).toBe(0);
  });

  it("resyncs on a snapshot of another epoch: the server was started anew", () => {
    socket().say(snapshot("e1", 500));
    socket().onclose?.({ code: 1012 });
    reconnect();
    expect(socket().after).toBe("e1:500");
    socket().say(snapshot("e2", 1, value("P1", 4)));
    expect(heard.resyncs).toBe(1);
    socket().say(delta(2, [value("P1", 3)]));
    expect(heard.values.at(-1)).toEqual([[value("P1", 3)], false]);
    socket().onclose?.({ code: 1006 });
    reconnect();
    expect(socket().after).toBe("e2:2");
  });

  it("takes a silent line for dead, and a ping for life", () => {
    socket().say(snapshot("e1", 7));
    const first = socket();
    first.say({ type: "ping" });
    expect([...timers.values()].filter((timer) => timer.delayMs > 15_000)).toHaveLength(1);
    silence();
    expect(first.closed).toBe(true);
    expect(states.at(-1)).toBe("lost");
    reconnect();
    expect(socket().after).toBe("e1:7");
  });

  it("waits longer after each failure, to a limit, and shortly again after a success", () => {
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      socket().onclose?.({ code: 1006 });
      waits.push(...[...timers.values()].map((timer) => timer.delayMs));
      reconnect();
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
    socket().say(snapshot("e1", 1));
    socket().onclose?.({ code: 1006 });
    expect([...timers.values()].map((timer) => timer.delayMs)).toEqual([500]);
  });
});

describe("the end", () => {
  it("tells that the session ended and does not come back by itself", () => {
    socket().say(snapshot("e1", 7));
    socket().onclose?.({ code: 4401 });
    expect(heard.ended).toBe(1);
    expect(timers.size).toBe(0);
    feed.start();
    expect(socket().after).toBe("");
  });

  it("leaves neither connection nor timer behind when stopped", () => {
    socket().say(snapshot("e1", 7));
    feed.stop();
    expect(socket().closed).toBe(true);
    expect(timers.size).toBe(0);
  });
});
