import { beforeEach, expect, it } from "vitest";
import { hiddenUtilities, parseHidden, switchUtility, utilityOf } from "@/map/utilities";

beforeEach(() => {
  hiddenUtilities.value = new Set();
  localStorage.clear();
});

it("remembers which kinds of networks this machine hides", () => {
  switchUtility("gas");
  switchUtility("telecom");
  switchUtility("gas");
  expect([...hiddenUtilities.value]).toEqual(["telecom"]);
  expect([...parseHidden(localStorage.getItem("chengmai.hidden-utilities"))]).toEqual(["telecom"]);
});

it("shows everything where nothing was remembered, and takes no unknown kind for hidden", () => {
  expect(parseHidden(null).size).toBe(0);
  expect([...parseHidden("lava,heat")]).toEqual(["heat"]);
});

it("draws a network of an unknown kind all the same", () => {
  expect([utilityOf("heat"), utilityOf("lava")]).toEqual(["heat", "water"]);
});
