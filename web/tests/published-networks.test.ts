import { expect, it } from "vitest";
import type { Network } from "@/api/types";
import { PublishedNetworks } from "@/map/published-networks";

function network(code: string, edition: number | null): Network {
  return { code, edition: edition === null ? null : { id: edition } } as Network;
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
