import { beforeAll, describe, expect, it } from "vitest";
import { proposedText } from "@/desk/warnings/proposed-text";
import { speak } from "@/i18n";

const alarm = {
  raised_at: "2026-03-01T00:00:00Z",
  place: "near Changchun Road, pipe p430",
  kind: "pressure_drop",
  size_m3h: 12.34,
  reasons: [{ code: "x", params: {}, message: "9 pressures fell at once." }],
};

describe("the draft of a warning", () => {
  beforeAll(() => speak("en"));

  it("names the place in words, the size and the reasons", () => {
    const text = proposedText(alarm);
    expect(text).toContain("near Changchun Road, pipe p430");
    expect(text).toContain("12.3 m³/h");
    expect(text.split("\n")[1]).toBe("9 pressures fell at once.");
  });
});
