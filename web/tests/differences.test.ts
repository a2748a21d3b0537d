import { describe, expect, it } from "vitest";
import { differences } from "@/desk/admin/differences";

describe("differences", () => {
  it("names only the fields that changed, sorted", () => {
    const before = { state: "filed", version: 1, department: null };
    const after = { state: "dispatched", version: 2, department: null };
    expect(differences(before, after)).toEqual([
      { name: "state", before: "filed", after: "dispatched" },
      { name: "version", before: "1", after: "2" },
    ]);
  });

  it("shows everything of a new object, and lists as they are written", () => {
    expect(differences(null, { roles: ["operator"] })).toEqual([
      { name: "roles", before: "–", after: '["operator"]' },
    ]);
  });

  it("finds nothing between equals", () => {
    expect(differences({ a: [1] }, { a: [1] })).toEqual([]);
    expect(differences(null, null)).toEqual([]);
  });
});
