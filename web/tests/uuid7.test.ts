import { describe, expect, it } from "vitest";
import { uuid7 } from "@/field/uuid7";

describe("uuid7", () => {
  it("carries the milliseconds in its first 48 bits, then version 7 and the RFC variant", () => {
    const id = uuid7(0x017f22e279b0, new Uint8Array(16).fill(0xff));
    expect(id).toBe("017f22e2-79b0-7fff-bfff-ffffffffffff");
  });

  it("sorts by the time of making", () => {
    const ids = [3, 1, 2].map((ms) => uuid7(1_700_000_000_000 + ms));
    expect([...ids].sort()).toEqual([ids[1], ids[2], ids[0]]);
  });

  it("differs between two made in one millisecond", () => {
    expect(uuid7(1)).not.toBe(uuid7(1));
  });
});
