import { expect, it } from "vitest";
import type { Network } from "@/api/types";
import { PublishedNetworks } from "@/map/published-networks";

function network(code: string, edition: number | null, utility = "water"): Network {
  return { code, utility, edition: edition === null ? null : { id: edition } } as Network;
}

it("puts a newly published edition in the place of the one before and leaves the others alone", () => {
  let onMap = 0;
  let added = 0;
  const shown = new PublishedNetworks(() => {
    onMap += 1;
    added += 1;
    return () => {
      onMap -= 1;
    };
  });
  shown.follow([network("W", 1), network("X", 2), network("NONE", null)]);
  expect([onMap, added, [...shown.overlays.keys()]]).toEqual([2, 2, ["W", "X"]]);
  const before = shown.overlays.get("W");
  const untouched = shown.overlays.get("X");

  shown.follow([network("W", 3), network("X", 2), network("NONE", null)]);
  expect([onMap, added]).toEqual([2, 3]);
  expect(shown.overlays.get("W")).not.toBe(before);
  expect(shown.overlays.get("X")).toBe(untouched);

  shown.follow([network("W", 3), network("X", 2), network("NONE", 4)]);
  expect([onMap, added]).toEqual([3, 4]);
  shown.leave();
  expect([onMap, shown.overlays.size]).toEqual([0, 0]);
});

it("takes the networks of a hidden kind away and brings them back when the kind is shown", () => {
  const onMap = new Set<object>();
  const shown = new PublishedNetworks((overlay) => {
    onMap.add(overlay);
    return () => onMap.delete(overlay);
  });
  const all = [network("W", 1), network("G", 2, "gas")];
  shown.follow(all, new Set(["gas"]));
  expect([...shown.overlays.keys()]).toEqual(["W"]);
  shown.follow(all, new Set());
  expect([...shown.overlays.keys()]).toEqual(["W", "G"]);
  shown.follow(all, new Set(["water", "gas"]));
  expect([shown.overlays.size, onMap.size]).toEqual([0, 0]);
});
