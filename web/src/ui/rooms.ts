/** The pages of the desk by the work they belong to: the bar shows the rooms, a second row the pages of the open one. */

export interface Page {
  path: string;
  /** The page's name in the catalogue, below `nav`. */
  name: string;
  /** Pages that are opened from this one and belong to it. */
  opens?: readonly string[];
}

export interface Room {
  name: string;
  pages: readonly Page[];
}

export const ROOMS: readonly Room[] = [
  {
    name: "watch",
    pages: [
      { path: "/", name: "duty", opens: ["/alarms"] },
      { path: "/warnings", name: "warnings" },
      { path: "/plans", name: "plans" },
      { path: "/works", name: "works" },
      { path: "/duty-log", name: "duty_log" },
      { path: "/hand-over", name: "hand_over" },
      { path: "/wall", name: "wall" },
    ],
  },
  {
    name: "work",
    pages: [
      { path: "/hotline", name: "hotline" },
      { path: "/cases", name: "cases" },
      { path: "/cases/evaluation", name: "case_evaluation" },
      { path: "/cases/patrol", name: "case_patrol" },
      { path: "/cases/classes", name: "case_classes" },
      { path: "/cases/grid", name: "case_grid" },
      { path: "/cases/calendar", name: "case_calendar" },
      { path: "/field", name: "field" },
      { path: "/company/valves", name: "valves" },
    ],
  },
  {
    name: "networks",
    pages: [
      { path: "/networks", name: "networks" },
      { path: "/underground", name: "underground" },
      { path: "/risk", name: "risk" },
    ],
  },
  {
    name: "sensing",
    pages: [
      { path: "/quality", name: "quality" },
      { path: "/devices", name: "devices" },
      { path: "/rules", name: "rules" },
      { path: "/load", name: "load" },
    ],
  },
  {
    name: "custody",
    pages: [
      { path: "/custody", name: "custody" },
      { path: "/custody/trips", name: "custody_trips" },
      { path: "/custody/tickets", name: "custody_tickets" },
      { path: "/custody/registers", name: "custody_registers" },
    ],
  },
  {
    name: "upkeep",
    pages: [
      { path: "/registers", name: "registers" },
      { path: "/checklists", name: "checklists" },
    ],
  },
  {
    name: "performance",
    pages: [
      { path: "/indicators", name: "indicators", opens: ["/evidence"] },
      { path: "/performance", name: "performance", opens: ["/performance-evidence"] },
      { path: "/projects", name: "projects" },
      { path: "/budget", name: "budget" },
      { path: "/budget/prepare", name: "budget_prepare" },
      { path: "/budget/execution", name: "budget_execution" },
      { path: "/settlement", name: "settlement" },
      { path: "/budget/check", name: "budget_check" },
      { path: "/budget/units", name: "budget_units" },
      { path: "/budget/release", name: "budget_release" },
    ],
  },
  {
    name: "administration",
    pages: [
      { path: "/users", name: "users" },
      { path: "/audit", name: "audit" },
      { path: "/events", name: "events" },
    ],
  },
];

function below(path: string, page: string): boolean {
  return path === page || (page !== "/" && path.startsWith(`${page}/`));
}

/** Whether a path belongs to a page: the page itself, what lies below it and is no page of a room, or what it opens. */
export function belongs(path: string, page: Page): boolean {
  const nearer = ROOMS.flatMap((room) => room.pages).filter(
    (one) => one.path !== page.path && below(one.path, page.path),
  );
  if (nearer.some((one) => below(path, one.path))) return false;
  return [page.path, ...(page.opens ?? [])].some((one) => below(path, one));
}

/** The rooms with the pages a person may open; a room without any is not shown. */
export function roomsFor(mayOpen: (path: string) => boolean): Room[] {
  return ROOMS.map((room) => ({ ...room, pages: room.pages.filter((page) => mayOpen(page.path)) })).filter(
    (room) => room.pages.length > 0,
  );
}
