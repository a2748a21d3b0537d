import { describe, expect, it } from "vitest";
import { type KeptShift, PatrolQueue } from "@/field/patrol-queue";

const NINE = Date.parse("2026-05-01T01:00:00Z");
const PLACE = { longitude: 112.85, latitude: 35.5, accuracy_m: 5 };

function made(kept = new Map<string, KeptShift>()) {
  const told: string[] = [];
  const sent: string[][] = [];
  const network = { up: true, answers: true };
  const queue = new PatrolQueue(
    {
      all: async () => [...kept.values()],
      put: async (shift) => void kept.set(shift.id, shift),
      remove: async (id) => void kept.delete(id),
    },
    {
      tell: async (shift) => {
        if (!network.up) throw new Error("no network");
        told.push(`${shift.id} ${shift.ended_at ?? "runs"}`);
      },
      send: async (_, positions) => {
        sent.push(positions.map((one) => one.id));
        if (!network.answers) throw new Error("no answer");
      },
    },
    () => undefined,
  );
  return { queue, kept, told, sent, network };
}

describe("patrol queue", () => {
  it("keeps all of a shift without a network and sends it once there is one", async () => {
    const { queue, kept, told, sent, network } = made();
    network.up = false;
    await queue.begin(NINE);
    await queue.note(PLACE, NINE + 1000);
    await queue.end(NINE + 2000);
    await expect(queue.flush()).rejects.toThrow("no network");
    expect(kept.size).toBe(1);
    network.up = true;
    await queue.flush();
    expect(told).toHaveLength(1);
    expect(sent.flat()).toHaveLength(1);
    expect(kept.size).toBe(0);
  });

  it("sends what was not answered again under the same ids, after the page was closed too", async () => {
    const first = made();
    first.network.answers = false;
    await first.queue.begin(NINE);
    await first.queue.note(PLACE, NINE + 1000);
    await expect(first.queue.flush()).rejects.toThrow("no answer");
    const second = made(first.kept);
    await second.queue.open();
    await second.queue.flush();
    expect(second.sent).toEqual(first.sent);
    await second.queue.flush();
    expect(second.sent).toHaveLength(1);
  });

  it("keeps nothing off shift and runs one shift at a time", async () => {
    const { queue, kept, sent } = made();
    await queue.note(PLACE, NINE);
    await queue.begin(NINE);
    await queue.begin(NINE + 1);
    expect(kept.size).toBe(1);
    await queue.end(NINE + 2);
    await queue.note(PLACE, NINE + 3);
    await queue.flush();
    expect(sent).toEqual([]);
    expect(queue.running).toBeNull();
  });
});
