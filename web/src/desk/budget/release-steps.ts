/** Steps of a budget's way to the public: their doors, and how weighty their buttons look. */

const DOORS: Record<string, string> = {
  submit: "submission",
  send_back: "return",
  approve: "approval",
  override: "override",
  acknowledge: "acknowledgement",
  release: "publication",
  clear: "clearances",
};

export interface StepButton {
  step: string;
  kind: "primary" | "danger" | "default";
}

const KINDS: Record<string, StepButton["kind"]> = { override: "danger", send_back: "default" };

/** The door of a step; a step without one is a mistake of ours. */
export function stepDoor(step: string): string {
  const door = DOORS[step];
  if (door === undefined) throw new Error(`no door for ${step}`);
  return door;
}

/** The steps a person may take on this page; clearing a piece has its button beside the piece, discarding its page. */
export function stepsOf(may: readonly string[]): StepButton[] {
  return Object.keys(DOORS)
    .filter((step) => step !== "clear" && may.includes(step))
    .map((step) => ({ step, kind: KINDS[step] ?? "primary" }));
}
