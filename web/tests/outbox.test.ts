import { describe, expect, it } from "vitest";
import { Outbox, Refused, type Step, type StepDraft, type StepStore } from "@/field/outbox";

class Memory implements StepStore {
  held = new Map<string, Step>();
  all = async () => [...this.held.values()];
  put = async (step: Step) => void this.held.set(step.id, step);
  remove = async (id: string) => void this.held.delete(id);
}

const draft = (id: string, over: Partial<StepDraft> = {}): StepDraft => ({
  id,
  caseId: "case-1",
  caseCode: "C-1",
  action: "sign",
  note: "",
  longitude: null,
  latitude: null,
  at: "2026-03-01T00:00:00Z",
  version: 1,
  photo: null,
  ...over,
});

function make(send: (step: Step) => Promise<number>) {
  const store = new Memory();
  let seen: readonly Step[] = [];
  const outbox = new Outbox(store, send, (steps) => {
    seen = steps;
  });
  const add = async (step: StepDraft) => {
    await outbox.write(step);
    await outbox.flush();
  };
  return { outbox, add, store, states: () => seen.map((step) => `${step.id}:${step.state}`) };
}

describe("Outbox", () => {
  it("writes a step down before it sends it", async () => {
    const seen: boolean[] = [];
    const made = make(async (step) => {
      seen.push(made.store.held.has(step.id));
      return 2;
    });
    await made.add(draft("a"));
    expect(seen).toEqual([true]);
    expect(made.states()).toEqual(["a:sent"]);
  });

  it("keeps a step that did not reach the platform and sends it again under the same id", async () => {
    const sent: string[] = [];
    let reachable = false;
    const made = make(async (step) => {
      sent.push(step.id);
      if (!reachable) throw new TypeError("network");
      return 2;
    });
    await made.add(draft("a"));
    expect(made.states()).toEqual(["a:waiting"]);
    reachable = true;
    await made.outbox.flush();
    expect(made.states()).toEqual(["a:sent"]);
    expect(sent).toEqual(["a", "a"]);
  });

  it("sends steps of one case in order, each on the version the step before it left", async () => {
    const versions: [string, number][] = [];
    let reachable = false;
    const made = make(async (step) => {
      if (!reachable) throw new TypeError("network");
      versions.push([step.id, step.version]);
      return step.version + 1;
    });
    await made.add(draft("a", { version: 4 }));
    await made.add(draft("b", { version: 4 }));
    await made.add(draft("c", { version: 4 }));
    reachable = true;
    await made.outbox.flush();
    expect(versions).toEqual([
      ["a", 4],
      ["b", 5],
      ["c", 6],
    ]);
  });

  it("never sends a step before the one it follows was taken", async () => {
    const sent: string[] = [];
    const made = make(async (step) => {
      sent.push(step.id);
      if (step.id === "a") throw new TypeError("network");
      return 2;
    });
    await made.outbox.write(draft("a"));
    await made.outbox.write(draft("b"));
    await made.outbox.flush();
    expect(sent).toEqual(["a"]);
    expect(made.states()).toEqual(["a:waiting", "b:waiting"]);
  });

  it("stops a case at a refused step, shows why, and lets other cases go on", async () => {
    const made = make(async (step) => {
      if (step.id === "a") throw new Refused("case moved on");
      return step.version + 1;
    });
    await made.add(draft("a"));
    await made.add(draft("b"));
    await made.add(draft("c", { caseId: "case-2" }));
    expect(made.states()).toEqual(["a:refused", "b:waiting", "c:sent"]);
    expect(made.store.held.get("a")?.refusal).toBe("case moved on");
  });

  it("lets a refused valve stop neither another valve nor its case, and its own photograph wait for it", async () => {
    const valve = (step: string) => ({ plan: "p", planCode: "V-1", step, element: step });
    const made = make(async (step) => {
      if (step.id === "a") throw new Refused("no longer asked for");
      return step.version + 1;
    });
    await made.outbox.write(draft("a", { action: "valve_confirm", valve: valve("v1") }));
    await made.outbox.write(draft("b", { action: "valve_photo", valve: valve("v1") }));
    await made.outbox.write(draft("c", { action: "valve_confirm", valve: valve("v2"), version: 7 }));
    await made.outbox.write(draft("d", { version: 3 }));
    await made.outbox.flush();
    expect(made.states()).toEqual(["a:refused", "b:waiting", "c:sent", "d:sent"]);
    expect(made.store.held.get("b")?.version).toBe(1);
  });

  it("takes a refused step up again on a fresh version", async () => {
    const made = make(async (step) => {
      if (step.version < 9) throw new Refused("stale");
      return step.version + 1;
    });
    await made.add(draft("a"));
    await made.outbox.retry("a", 9);
    expect(made.states()).toEqual(["a:sent"]);
  });

  it("counts a step that was under way when the page closed as not sent", async () => {
    const made = make(async () => 2);
    made.store.held.set("a", { ...draft("a"), state: "sending", attempts: 1, refusal: "" });
    await made.outbox.open();
    expect(made.states()).toEqual(["a:waiting"]);
    await made.outbox.flush();
    expect(made.states()).toEqual(["a:sent"]);
  });

  it("sends a step added while another is under way", async () => {
    let release: (version: number) => void = () => {};
    const made = make((step) =>
      step.id === "a"
        ? new Promise<number>((resolve) => (release = resolve))
        : Promise.resolve(step.version + 1),
    );
    const first = made.add(draft("a"));
    await Promise.resolve();
    await Promise.resolve();
    const second = made.add(draft("b"));
    await new Promise((resolve) => setTimeout(resolve));
    release(2);
    await Promise.all([first, second]);
    expect(made.states()).toEqual(["a:sent", "b:sent"]);
  });

  it("forgets a discarded step", async () => {
    const made = make(async () => 2);
    await made.add(draft("a"));
    await made.outbox.discard("a");
    expect(made.store.held.size).toBe(0);
    expect(made.states()).toEqual([]);
  });
});
