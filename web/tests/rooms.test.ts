import { describe, expect, it } from "vitest";
import { router } from "@/router";
import { belongs, ROOMS, roomsFor } from "@/ui/rooms";

const pages = ROOMS.flatMap((room) => room.pages);

describe("the rooms of the desk", () => {
  it("lead to pages that exist, each from one place", () => {
    const paths = pages.map((page) => page.path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) expect(router.resolve(path).path, path).toBe(path);
    for (const path of paths) expect(router.resolve(path).redirectedFrom, path).toBeUndefined();
  });

  it("hold every page: whatever can be opened belongs to one of them", () => {
    const apart = new Set(["/nothing", "/:rest(.*)*", "/day"]);
    const homeless = router
      .getRoutes()
      // Pages for everybody stand outside the desk; a demonstration's day hangs on the bar's badge.
      .filter((route) => !route.meta.open)
      .map((route) => route.path)
      .filter((path) => !apart.has(path) && !pages.some((page) => belongs(path, page)));
    expect(homeless).toEqual([]);
  });

  it("show a person only rooms with a page that person may open", () => {
    const rooms = roomsFor((path) => path === "/cases" || path === "/audit");
    expect(rooms.map((room) => [room.name, room.pages.length])).toEqual([
      ["work", 1],
      ["administration", 1],
    ]);
  });

  it("know an alarm as the duty desk's, and the desk's own path as nobody else's", () => {
    const desk = pages.find((page) => page.path === "/");
    expect(desk && belongs("/alarms/1", desk)).toBe(true);
    expect(desk && belongs("/warnings", desk)).toBe(false);
  });
});
