import { describe, expect, it } from "vitest";
import { monthOf, monthsBefore, monthsUpTo } from "@/desk/indicators/months";

describe("months", () => {
  it("belongs to the city, not to Greenwich", () => {
    const lastMinutes = new Date("2026-02-28T16:30:00Z");
    expect(monthOf(lastMinutes, "Asia/Shanghai")).toBe("2026-03");
    expect(monthOf(lastMinutes, "UTC")).toBe("2026-02");
  });

  it("counts back over a new year", () => {
    expect(monthsBefore("2026-02", 3)).toBe("2025-11");
    expect(monthsBefore("2025-12", -1)).toBe("2026-01");
    expect(monthsUpTo("2026-01", 3)).toEqual(["2025-11", "2025-12", "2026-01"]);
  });
});
