import { describe, expect, it } from "vitest";
import type { ExplainedPassage, ExplainedSection } from "@/api/types";
import { groupsOf, paragraphsOf, prints } from "@/desk/budget/explanation-text";
import { asSheet, isTable } from "@/desk/budget/register-paste";

function passage(section: string, text: string): ExplainedPassage {
  return { kind: "text", level: 0, number: "", text, drafted: false, marks: 0, section };
}

describe("an explanation as it is edited", () => {
  it("groups what stands together, and what stands in no section apart, in the order of print", () => {
    const told = [passage("", "a"), passage("totals", "b"), passage("totals", "c"), passage("", "d")];
    const sections = [{ key: "totals" } as ExplainedSection];
    const groups = groupsOf(paragraphsOf(told), sections);
    const said = groups.map((one) => [
      one.section?.key ?? "",
      one.paragraphs.map((each) => each.text).join(""),
    ]);
    expect(said).toEqual([
      ["", "a"],
      ["totals", "bc"],
      ["", "d"],
    ]);
  });

  it("finds a figure whatever its thousands marks, and no part of another", () => {
    expect(prints("总计28,278.81万元", "28278.81")).toBe(true);
    expect(prints("总计28278.81万元，比上年", "28,278.81")).toBe(true);
    expect(prints("总计128,278.81万元", "28,278.81")).toBe(false);
    expect(prints("100，200", "100200")).toBe(false);
    expect(prints("服务279万元", "279.00")).toBe(true);
    expect(prints("占0%；国有资本0万元", "0")).toBe(true);
  });
});

describe("what is pasted into a register", () => {
  it("is a table when it has more than one cell", () => {
    expect([isTable("90.00"), isTable("a\tb"), isTable("a\nb"), isTable("a\n")]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it("gets the header of the register only when it brings none", async () => {
    const bare = asSheet("货物\t服装", "procurement", "x");
    expect([bare.added, (await bare.file.text()).split("\n")[0]?.startsWith("采购类别\t采购项目")]).toEqual([
      1,
      true,
    ]);
    const headed = asSheet("采购类别\t采购项目\t一般公共预算（元）\n货物\t服装\t1", "assets", "x");
    expect([headed.added, (await headed.file.text()).split("\n").length]).toEqual([0, 2]);
  });
});
