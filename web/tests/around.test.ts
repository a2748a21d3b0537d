import { describe, expect, it } from "vitest";
import { distanceM } from "@/field/flow";
import { around } from "@/map/around";

describe("around", () => {
  it("reaches as far to each side, on the ground", () => {
    const here = { longitude: 112.85, latitude: 35.5 };
    const [west, south, east, north] = around(here.longitude, here.latitude, 300);
    for (const edge of [
      { ...here, longitude: west },
      { ...here, longitude: east },
      { ...here, latitude: south },
      { ...here, latitude: north },
    ]) {
      expect(distanceM(here, edge)).toBeCloseTo(300, 0);
    }
    expect(west).toBeLessThan(east);
    expect(south).toBeLessThan(north);
  });
});
