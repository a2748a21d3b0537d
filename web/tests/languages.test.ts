import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

type Tree = { [key: string]: string | Tree };
const SOURCE = join(import.meta.dirname, "..", "src");

/** All sentences of a language, by their full key. */
function sentences(language: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (tree: Tree, prefix: string): void => {
    for (const [key, value] of Object.entries(tree)) {
      if (typeof value === "string") found.set(`${prefix}.${key}`, value);
      else walk(value, `${prefix}.${key}`);
    }
  };
  const folder = join(SOURCE, "i18n", language);
  for (const file of readdirSync(folder)) {
    walk(JSON.parse(readFileSync(join(folder, file), "utf8")) as Tree, file.replace(".json", ""));
  }
  return found;
}

function sources(): string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(vue|ts)$/.test(name))
    .map((name) => readFileSync(join(SOURCE, name), "utf8"));
}

const chinese = sentences("zh-CN");
const english = sentences("en");
const placeholders = (sentence: string): string[] => (sentence.match(/\{\w+\}/g) ?? []).sort();

describe("the two languages", () => {
  it("have the same sentences", () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
    expect(chinese.size).toBeGreaterThan(100);
  });

  it("leave no sentence empty and fill in the same figures", () => {
    for (const [key, sentence] of chinese) {
      expect(sentence.trim(), key).not.toBe("");
      expect(english.get(key)?.trim(), key).not.toBe("");
      expect(placeholders(english.get(key) ?? ""), key).toEqual(placeholders(sentence));
    }
  });

  it("have Chinese in one and none in the other", () => {
    for (const [key, sentence] of english) expect(sentence, key).not.toMatch(/[\u4e00-\u9fff]/);
  });

  it("know every sentence that the pages name", () => {
    const named = sources().flatMap((text) =>
      [...text.matchAll(/\bt\(\s*["'`]([\w.]+)["'`]/g)].map((m) => m[1] ?? ""),
    );
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((key) => !chinese.has(key))).toEqual([]);
  });

  it("know some sentence for every family of keys that the pages build", () => {
    const families = sources().flatMap((text) => [
      ...[...text.matchAll(/\bt\(\s*`([\w.]+)\$\{/g)].map((match) => match[1] ?? ""),
      ...[...text.matchAll(/\bword\(\s*["'](\w+)["']/g)].map((match) => `${match[1]}.`),
    ]);
    expect(families.length).toBeGreaterThan(5);
    const keys = [...chinese.keys()];
    expect(families.filter((family) => !keys.some((key) => key.startsWith(family)))).toEqual([]);
  });
});
