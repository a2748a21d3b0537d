import { afterEach, beforeAll, expect, it } from "vitest";
import { createApp, nextTick } from "vue";
import type { Network } from "@/api/types";
import WaitingEditions from "@/desk/networks/WaitingEditions.vue";
import { i18n, speak } from "@/i18n";
import { networks } from "@/map/city";

const edition = { id: 7, source: "survey.zip", loaded_at: "2026-03-01T00:00:00Z", findings: 3 };

function show(waiting: unknown[]): { root: HTMLElement; published: unknown[][] } {
  networks.value = [{ code: "W", name_zh: "水", name_en: "Water", waiting } as unknown as Network];
  const published: unknown[][] = [];
  const root = document.createElement("div");
  const onPublish = (...told: unknown[]) => published.push(told);
  createApp(WaitingEditions, { busy: false, onPublish }).use(i18n).mount(root);
  return { root, published };
}

beforeAll(() => speak("en"));
afterEach(() => {
  networks.value = [];
});

it("publishes a waiting edition only at the second press, which says what it does", async () => {
  const { root, published } = show([edition]);
  const button = root.querySelector<HTMLElement>("[data-testid=publish-waiting]");
  button?.click();
  await nextTick();
  expect(published).toEqual([]);
  expect(button?.textContent).toContain("Really publish edition 7?");
  button?.click();
  expect(published).toEqual([["W", 7]]);
});

it("shows nothing when nothing waits", () => {
  expect(show([]).root.querySelector("section")).toBeNull();
});
