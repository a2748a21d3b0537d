import { describe, expect, it } from "vitest";
import { ApiError } from "@/api/client";
import type { DraftStep, GridEdit } from "@/api/types";
import { headerCells } from "@/desk/budget/prepare-header";
import { Typing, type TypingHooks } from "@/desk/budget/prepare-typing";

function step(text: string): DraftStep {
  return { kind: "set", row: "p1", column: "general", text };
}

function harness(answers: (revision: number, text: string) => GridEdit | ApiError) {
  const log: string[] = [];
  const hooks: TypingHooks = {
    send: (revision, _table, steps) => {
      const answer = answers(revision, steps.map((one) => one.text).join());
      log.push(`send ${revision} ${steps.map((one) => one.text).join()}`);
      return answer instanceof ApiError ? Promise.reject(answer) : Promise.resolve(answer);
    },
    stored: (_table, answer) => log.push(`stored ${answer.revision}`),
    refused: () => log.push("refused"),
    stopped: () => log.push("stopped"),
    changed: () => undefined,
  };
  return { typing: new Typing(1, hooks), log };
}

function answer(revision: number, back: string): GridEdit {
  return { revision, undo: [step(back)] } as unknown as GridEdit;
}

const typed = (text: string) => ({ kind: "do" as const, table: "projects", steps: [step(text)] });

describe("typing in a draft", () => {
  it("stores one turn after the other on the revision that came back, and finds its way back and on", async () => {
    const { typing, log } = harness((revision, text) => answer(revision + 1, text === "1" ? "" : "1"));
    void typing.take(typed("1"));
    void typing.take(typed("2"));
    await typing.take({ kind: "undo" });
    expect(log).toEqual(["send 1 1", "stored 2", "send 2 2", "stored 3", "send 3 1", "stored 4"]);
    expect([typing.canUndo, typing.canRedo, typing.unstored, typing.state]).toEqual([
      true,
      true,
      0,
      "stored",
    ]);
    await typing.take(typed("3"));
    expect(typing.canRedo).toBe(false);
  });

  it("goes on behind a refusal", async () => {
    const { typing, log } = harness((revision, text) =>
      text === "x" ? new ApiError(422, "draft.refused", "no") : answer(revision + 1, ""),
    );
    void typing.take(typed("x"));
    await typing.take(typed("2"));
    expect(log).toEqual(["send 1 x", "refused", "send 1 2", "stored 2"]);
  });

  it("keeps what somebody else's change held up, until it is entered again or let go", async () => {
    const { typing, log } = harness((revision) =>
      revision < 5 ? new ApiError(409, "draft.stale", "wang") : answer(revision + 1, ""),
    );
    await typing.take(typed("1"));
    await typing.take(typed("2"));
    expect([typing.state, typing.unstored]).toEqual(["stale", 2]);
    await typing.resume(5);
    expect(log).toEqual(["send 1 1", "stopped", "send 5 1", "stored 6", "send 6 2", "stored 7"]);
    typing.drop(9);
    expect([typing.canUndo, typing.revision]).toEqual([false, 9]);
  });
});

describe("a header", () => {
  it("spreads words over the columns and rows they stand over", () => {
    const cells = headerCells([
      ["项目", "", "本年收入", "", "上年结转"],
      ["编码", "名称", "合计", "一般", ""],
    ]);
    expect(cells[0]?.map((one) => [one.text, one.columns, one.rows])).toEqual([
      ["项目", 2, 1],
      ["本年收入", 2, 1],
      ["上年结转", 1, 2],
    ]);
    expect(cells[1]).toHaveLength(4);
    const deep = headerCells([
      ["收入", "", "支出", "", ""],
      ["项目", "金额", "项目", "金额", ""],
      ["", "", "", "小计", "一般"],
    ]);
    expect(deep[1]?.map((one) => [one.text, one.columns, one.rows])).toEqual([
      ["项目", 1, 2],
      ["金额", 1, 2],
      ["项目", 1, 2],
      ["金额", 2, 1],
    ]);
  });
});
