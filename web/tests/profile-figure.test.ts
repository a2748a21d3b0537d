import { describe, expect, it } from "vitest";
import type { Profile } from "@/api/types";
import { drawn } from "@/map/overlays/drawing-overlay";
import { joinRuns, profileFigure } from "@/underground/profile-figure";

function run(code: string, from_m: number, to_m: number, offset_m = 3): Profile["runs"][number] {
  return {
    network: "W",
    utility: "water",
    code,
    from_m,
    to_m,
    from_cover_m: 1,
    to_cover_m: 1.2,
    diameter_m: 0.2,
    offset_m,
    depth_assumed: false,
  };
}

function crossing(code: string, station_m: number, cover_m: number): Profile["crossings"][number] {
  return {
    network: "G",
    utility: "gas",
    code,
    station_m,
    cover_m,
    diameter_m: 0.1,
    half_width_m: 0.05,
    angle_deg: 90,
    depth_assumed: true,
  };
}

describe("a profile's figure", () => {
  it("joins pieces of one pipe that follow each other, and only those", () => {
    const joined = joinRuns([
      run("a", 0, 10),
      run("b", 5, 9),
      run("a", 10, 20),
      run("a", 30, 40),
      run("a", 20, 30, -3),
    ]);
    expect(joined.map((pieces) => pieces.map((piece) => piece.from_m))).toEqual([[0, 10], [5], [30], [20]]);
  });

  it("draws axes, not tops, and writes a free height between two pipes that lie over each other", () => {
    const profile: Profile = {
      length_m: 50,
      crossings: [crossing("x", 20, 1), crossing("y", 20.04, 1.5)],
      runs: [run("a", 0, 50)],
      chambers: [{ network: "S", utility: "storm", code: "ys1", station_m: 10, offset_m: 2, depth_m: 2.4 }],
      clearances: [
        { first: 0, second: 1, horizontal_m: -0.06, vertical_m: 0.4, least_m: 0.15, short: false },
      ],
    };
    const figure = profileFigure(profile, (utility) => utility);
    expect(figure.marks[0]).toMatchObject({ colour: "gas", depth: 1.05, assumed: true });
    expect(figure.runs[0]?.points).toEqual([
      [0, 1.1],
      [50, 1.3],
    ]);
    expect(figure.chambers[0]).toMatchObject({ from: 9.5, to: 10.5, depth: 2.4 });
    expect(figure.gaps).toHaveLength(1);
    expect(figure.gaps[0]).toMatchObject({ metres: 0.4, short: false });
    expect(figure.gaps[0]?.from[1]).toBeCloseTo(1.1);
    expect(figure.gaps[0]?.to[1]).toBeCloseTo(1.5);
  });
});

describe("a drawing", () => {
  const places = [
    [0, 0],
    [1, 0],
    [1, 1],
  ] as const;

  it("is a line while it is a route, and closed when it is an outline", () => {
    expect(drawn(places, false).features[0]?.geometry.type).toBe("LineString");
    const pit = drawn(places, true).features[0]?.geometry as GeoJSON.Polygon;
    expect(pit.coordinates[0]).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ]);
    expect(drawn(places, true).features).toHaveLength(4);
    expect(drawn(places.slice(0, 1), true).features).toHaveLength(1);
  });
});
