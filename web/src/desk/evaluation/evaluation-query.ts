/** What table is looked at, as the address keeps it. */
import type { LocationQuery } from "vue-router";
import type { GroupedBy, Post, RegionLevel } from "@/api/types";
import { SPAN_UNITS, type Span, type SpanUnit, spanAround } from "@/desk/evaluation/spans";

export const GROUPS: readonly GroupedBy[] = ["region", "department", "post", "person"];
export const LEVELS: readonly RegionLevel[] = ["district", "street", "community", "cell"];
export const POSTS: readonly Post[] = [
  "collector",
  "intake_clerk",
  "shift_leader",
  "dispatcher",
  "department",
];

export interface Looked {
  unit: SpanUnit;
  span: Span;
  by: GroupedBy;
  level: RegionLevel;
  post: Post;
  within: string;
}

const text = (query: LocationQuery, name: string): string => {
  const value = query[name];
  return typeof value === "string" ? value : "";
};

function oneOf<T extends string>(known: readonly T[], value: string, otherwise: T): T {
  return known.find((one) => one === value) ?? otherwise;
}

/** What an address asks for; without a word it is the month of `today` by street. */
export function lookedAt(query: LocationQuery, today: string): Looked {
  const unit = oneOf(SPAN_UNITS, text(query, "span"), "month");
  const first = text(query, "first");
  const last = text(query, "last");
  return {
    unit,
    span: first && last ? [first, last] : spanAround(unit, today),
    by: oneOf(GROUPS, text(query, "by"), "region"),
    level: oneOf(LEVELS, text(query, "level"), "street"),
    post: oneOf(POSTS, text(query, "post"), "collector"),
    within: text(query, "within"),
  };
}

/** The same as the address and the interface write it. */
export function written(looked: Looked): Record<string, string> {
  const told: Record<string, string> = {
    span: looked.unit,
    first: looked.span[0],
    last: looked.span[1],
    by: looked.by,
  };
  if (looked.by === "region") told.level = looked.level;
  if (looked.by === "person") told.post = looked.post;
  if (looked.within) told.within = looked.within;
  return told;
}
