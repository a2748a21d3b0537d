import { expect, it } from "vitest";
import type { RuleParameter } from "@/api/types";
import { bandsOf, boundsOf, changed, defaultsOf, given, usualOf } from "@/desk/rules/parameters";

const parameter = (name: string, defaulted: unknown = null): RuleParameter => ({
  name,
  shape: "number",
  unit: "",
  needed: false,
  default: defaulted,
  least: null,
  most: null,
  choices: [],
  fields: [],
});

it("a form says between which numbers a parameter lies", () => {
  expect(boundsOf({ least: 0, most: 12 })).toBe("0 – 12");
  expect(boundsOf({ least: 1, most: null })).toBe("≥ 1");
  expect(boundsOf({ least: null, most: 5 })).toBe("≤ 5");
  expect(boundsOf({ least: null, most: null })).toBe("");
});

it("a bare number is a band of the rule's own severity", () => {
  expect(bandsOf(14, "orange")).toEqual({ orange: 14 });
  expect(bandsOf(14, undefined)).toEqual({ yellow: 14 });
  expect(bandsOf({ red: 10, yellow: 14 }, "blue")).toEqual({ red: 10, yellow: 14 });
  expect(bandsOf(null, "red")).toEqual({});
});

it("what is empty is not sent, and zero and false are", () => {
  const parameters = ["low", "streams", "dead_band", "weekends_apart", "severity"].map((one) =>
    parameter(one),
  );
  const values = { low: {}, streams: ["P-1"], dead_band: 0, weekends_apart: false, severity: "", extra: 1 };
  expect(given(parameters, values)).toEqual({ streams: ["P-1"], dead_band: 0, weekends_apart: false });
});

it("a new rule begins with what its kind proposes", () => {
  expect(defaultsOf([parameter("window_s", 600), parameter("fall")])).toEqual({ window_s: 600 });
});

it("versions differ by the parameters that changed", () => {
  expect(changed({ low: { red: 1 }, high: 2 }, { low: { red: 2 }, high: 2, stuck_s: 9 })).toEqual([
    "low",
    "stuck_s",
  ]);
});

it("a default is told as people read it", () => {
  expect(usualOf(4, String)).toBe("4");
  expect(usualOf({ yellow: 5, red: 30 }, (colour) => colour.toUpperCase())).toBe("YELLOW 5 · RED 30");
  expect(usualOf([2, 4], String)).toBe("");
  expect(usualOf(null, String)).toBe("");
});
