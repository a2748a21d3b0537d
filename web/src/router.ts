/** Every page of the front end, each loaded when it is first opened. */
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { may, whoAmI } from "@/session/session";

const routes: RouteRecordRaw[] = [
  {
    path: "/login",
    component: () => import("@/session/LoginPage.vue"),
    meta: { title: "login", open: true, bare: true },
  },
  {
    path: "/report",
    component: () => import("@/citizen/ReportPage.vue"),
    meta: { title: "report", open: true, bare: true },
  },
  {
    path: "/report/state",
    component: () => import("@/citizen/StatePage.vue"),
    meta: { title: "report_state", open: true, bare: true },
  },
  {
    path: "/",
    component: () => import("@/desk/duty/DutyPage.vue"),
    meta: { title: "duty", permissions: ["map.read", "alarm.read"] },
  },
  {
    path: "/alarms/:id",
    component: () => import("@/desk/alarms/AlarmPage.vue"),
    props: true,
    meta: { title: "alarm", permissions: ["alarm.read"] },
  },
  {
    path: "/works",
    component: () => import("@/desk/works/WorksPage.vue"),
    meta: { title: "works", permissions: ["map.read", "alarm.read"] },
  },
  {
    path: "/rules",
    component: () => import("@/desk/rules/RulesPage.vue"),
    meta: { title: "rules", permissions: ["alarm.read"] },
  },
  {
    path: "/load",
    component: () => import("@/desk/load/LoadPage.vue"),
    meta: { title: "load", permissions: ["alarm.read"] },
  },
  {
    path: "/warnings",
    component: () => import("@/desk/warnings/WarningsPage.vue"),
    meta: { title: "warnings", permissions: ["warning.read"] },
  },
  {
    path: "/warnings/:id",
    component: () => import("@/desk/warnings/WarningPage.vue"),
    props: true,
    meta: { title: "warning", permissions: ["warning.read"] },
  },
  {
    path: "/plans",
    component: () => import("@/desk/disposal/PlansPage.vue"),
    meta: { title: "plans", permissions: ["warning.read"] },
  },
  {
    path: "/duty-log",
    component: () => import("@/desk/disposal/DutyLogPage.vue"),
    meta: { title: "duty_log", permissions: ["duty_log.read"] },
  },
  {
    path: "/hand-over",
    component: () => import("@/desk/disposal/HandOverPage.vue"),
    meta: { title: "hand_over", permissions: ["duty_log.read"] },
  },
  {
    path: "/cases",
    component: () => import("@/desk/cases/CasesPage.vue"),
    meta: { title: "cases", permissions: ["case.read"] },
  },
  {
    path: "/hotline",
    component: () => import("@/desk/hotline/SeatPage.vue"),
    meta: { title: "hotline", permissions: ["call.answer", "map.read"] },
  },
  {
    path: "/cases/classes",
    component: () => import("@/desk/cases/ClassesPage.vue"),
    meta: { title: "case_classes", permissions: ["case.read"] },
  },
  {
    path: "/cases/grid",
    component: () => import("@/desk/cases/GridPage.vue"),
    meta: { title: "case_grid", permissions: ["case.read", "map.read"] },
  },
  {
    path: "/cases/calendar",
    component: () => import("@/desk/cases/CalendarPage.vue"),
    meta: { title: "case_calendar", permissions: ["casework.manage"] },
  },
  {
    path: "/cases/patrol",
    component: () => import("@/desk/patrol/PatrolPage.vue"),
    meta: { title: "case_patrol", permissions: ["patrol.read"] },
  },
  {
    path: "/cases/evaluation",
    component: () => import("@/desk/evaluation/EvaluationPage.vue"),
    meta: { title: "case_evaluation", permissions: ["indicator.read"] },
  },
  {
    path: "/cases/evaluation/cases",
    component: () => import("@/desk/evaluation/CountedCasesPage.vue"),
    meta: { title: "counted_cases", permissions: ["indicator.read", "case.read"] },
  },
  {
    path: "/cases/:id",
    component: () => import("@/desk/cases/CasePage.vue"),
    props: true,
    meta: { title: "case", permissions: ["case.read"] },
  },
  {
    path: "/day",
    component: () => import("@/desk/simulator/DayPage.vue"),
    meta: { title: "day" },
  },
  {
    path: "/field",
    component: () => import("@/field/FieldPage.vue"),
    meta: { title: "field", permissions: ["case.read"], bare: true },
  },
  {
    path: "/field/cases/:id",
    component: () => import("@/field/FieldCasePage.vue"),
    props: true,
    meta: { title: "field", permissions: ["case.read"], bare: true },
  },
  {
    path: "/field/new",
    component: () => import("@/field/FieldFilePage.vue"),
    meta: { title: "new_report", permissions: ["case.file"], bare: true },
  },
  {
    path: "/field/valves",
    component: () => import("@/field/FieldValvesPage.vue"),
    meta: { title: "valves", permissions: ["valve.confirm"], bare: true },
  },
  {
    path: "/company/valves",
    component: () => import("@/desk/valves/CompanyValvesPage.vue"),
    meta: { title: "valves", permissions: ["case.read", "map.read"] },
  },
  {
    path: "/custody",
    component: () => import("@/desk/custody/CustodyPage.vue"),
    meta: { title: "custody", permissions: ["custody.read"] },
  },
  {
    path: "/custody/trips",
    component: () => import("@/desk/custody/TripsPage.vue"),
    meta: { title: "custody_trips", permissions: ["custody.read"] },
  },
  {
    path: "/custody/trips/:id",
    component: () => import("@/desk/custody/TripPage.vue"),
    props: true,
    meta: { title: "custody_trip", permissions: ["custody.read"] },
  },
  {
    path: "/custody/tickets",
    component: () => import("@/desk/custody/TicketsPage.vue"),
    meta: { title: "custody_tickets", permissions: ["custody.read"] },
  },
  {
    path: "/custody/registers",
    component: () => import("@/desk/custody/RegistersPage.vue"),
    meta: { title: "custody_registers", permissions: ["custody.read"] },
  },
  {
    path: "/indicators",
    component: () => import("@/desk/indicators/IndicatorsPage.vue"),
    meta: { title: "indicators", permissions: ["indicator.read"] },
  },
  {
    path: "/indicators/:code",
    component: () => import("@/desk/indicators/IndicatorPage.vue"),
    props: true,
    meta: { title: "indicator", permissions: ["indicator.read"] },
  },
  {
    path: "/evidence/:id",
    component: () => import("@/desk/indicators/EvidencePage.vue"),
    props: true,
    meta: { title: "evidence", permissions: ["indicator.read"] },
  },
  {
    path: "/registers",
    component: () => import("@/desk/registers/RegistersPage.vue"),
    meta: { title: "registers", permissions: ["register.read"] },
  },
  {
    path: "/registers/:code",
    component: () => import("@/desk/registers/RegisterPage.vue"),
    props: true,
    meta: { title: "register", permissions: ["register.read"] },
  },
  {
    path: "/registers/:code/availability",
    component: () => import("@/desk/registers/AvailabilityPage.vue"),
    props: true,
    meta: { title: "availability", permissions: ["register.read"] },
  },
  {
    path: "/registers/:code/definition",
    component: () => import("@/desk/registers/DefinitionPage.vue"),
    props: (route) => ({ code: route.params.code, of: "registers" }),
    meta: { title: "definition", permissions: ["register.manage"] },
  },
  {
    path: "/registers/:code/:id",
    component: () => import("@/desk/registers/EntryPage.vue"),
    props: true,
    meta: { title: "register_entry", permissions: ["register.read"] },
  },
  {
    path: "/checklists",
    component: () => import("@/desk/registers/ChecklistsPage.vue"),
    meta: { title: "checklists", permissions: ["register.read"] },
  },
  {
    path: "/checklists/:code",
    component: () => import("@/desk/registers/ChecklistPage.vue"),
    props: true,
    meta: { title: "checklist", permissions: ["register.read"] },
  },
  {
    path: "/checklists/:code/fill",
    component: () => import("@/desk/registers/FillPage.vue"),
    props: true,
    meta: { title: "checklist_fill", permissions: ["register.write"] },
  },
  {
    path: "/checklists/:code/definition",
    component: () => import("@/desk/registers/DefinitionPage.vue"),
    props: (route) => ({ code: route.params.code, of: "checklists" }),
    meta: { title: "definition", permissions: ["register.manage"] },
  },
  {
    path: "/checklists/:code/:id",
    component: () => import("@/desk/registers/RunPage.vue"),
    props: true,
    meta: { title: "checklist_run", permissions: ["register.read"] },
  },
  {
    path: "/performance",
    component: () => import("@/desk/performance/PerformancePage.vue"),
    meta: { title: "performance", permissions: ["indicator.read"] },
  },
  {
    path: "/performance/:code",
    component: () => import("@/desk/performance/SheetPage.vue"),
    props: true,
    meta: { title: "sheet", permissions: ["indicator.read"] },
  },
  {
    path: "/performance-evidence/:id",
    component: () => import("@/desk/performance/SourceEvidencePage.vue"),
    props: true,
    meta: { title: "performance_evidence", permissions: ["indicator.read"] },
  },
  {
    path: "/budget/check",
    component: () => import("@/desk/budget/BudgetCheckPage.vue"),
    meta: { title: "budget_check", permissions: ["indicator.read"] },
  },
  {
    path: "/budget/units",
    component: () => import("@/desk/budget/UnitsPage.vue"),
    meta: { title: "budget_units", permissions: ["budget.read"] },
  },
  {
    path: "/budget/units/:id",
    component: () => import("@/desk/budget/UnitsRoundPage.vue"),
    props: true,
    meta: { title: "budget_units", permissions: ["budget.read"] },
  },
  {
    path: "/budget/prepare",
    component: () => import("@/desk/budget/PreparePage.vue"),
    meta: { title: "budget_prepare", permissions: ["budget.read"] },
  },
  {
    path: "/budget/prepare/:id",
    component: () => import("@/desk/budget/PrepareDraftPage.vue"),
    props: true,
    meta: { title: "budget_prepare", permissions: ["budget.read"] },
  },
  {
    path: "/budget/prepare/:id/registers",
    component: () => import("@/desk/budget/RegistersPage.vue"),
    props: true,
    meta: { title: "budget_registers", permissions: ["budget.read"] },
  },
  {
    path: "/budget/prepare/:id/explanation",
    component: () => import("@/desk/budget/ExplanationPage.vue"),
    props: true,
    meta: { title: "budget_explanation", permissions: ["budget.read"] },
  },
  {
    path: "/budget/release",
    component: () => import("@/desk/budget/ReleasePage.vue"),
    meta: { title: "budget_release", permissions: ["budget.read"] },
  },
  {
    path: "/settlement",
    component: () => import("@/desk/settlement/ContractsPage.vue"),
    meta: { title: "settlement", permissions: ["settlement.read"] },
  },
  {
    path: "/settlement/contracts/:id",
    component: () => import("@/desk/settlement/ContractPage.vue"),
    props: true,
    meta: { title: "settlement", permissions: ["settlement.read"] },
  },
  {
    path: "/settlement/sheets/:id",
    component: () => import("@/desk/settlement/QuantitySheetPage.vue"),
    props: true,
    meta: { title: "quantity_sheet", permissions: ["settlement.read"] },
  },
  {
    path: "/settlement/statements/:id",
    component: () => import("@/desk/settlement/StatementPage.vue"),
    props: true,
    meta: { title: "statement", permissions: ["settlement.read"] },
  },
  {
    path: "/budget/execution",
    component: () => import("@/desk/budget/ExecutionPage.vue"),
    meta: { title: "budget_execution", permissions: ["budget.read"] },
  },
  {
    path: "/budget/execution/:id",
    component: () => import("@/desk/budget/ExecutionPage.vue"),
    props: true,
    meta: { title: "budget_execution", permissions: ["budget.read"] },
  },
  {
    path: "/budget",
    component: () => import("@/desk/budget/BudgetPage.vue"),
    meta: { title: "budget", permissions: ["budget.read"] },
  },
  {
    path: "/projects",
    component: () => import("@/desk/projects/ProjectsPage.vue"),
    meta: { title: "projects", permissions: ["project.read"] },
  },
  {
    path: "/projects/:code",
    component: () => import("@/desk/projects/ProjectPage.vue"),
    props: true,
    meta: { title: "project", permissions: ["project.read"] },
  },
  {
    path: "/wall",
    component: () => import("@/command/WallPage.vue"),
    meta: { title: "wall", permissions: ["map.read", "alarm.read"], bare: true },
  },
  {
    path: "/risk",
    component: () => import("@/desk/risk/RiskPage.vue"),
    meta: { title: "risk", permissions: ["map.read"] },
  },
  {
    path: "/networks",
    component: () => import("@/desk/networks/NetworksPage.vue"),
    meta: { title: "networks", permissions: ["map.read"] },
  },
  {
    path: "/underground",
    component: () => import("@/underground/UndergroundPage.vue"),
    meta: { title: "underground", permissions: ["map.read"] },
  },
  {
    path: "/underground/profile",
    component: () => import("@/underground/ProfilePage.vue"),
    meta: { title: "profile", permissions: ["map.read"] },
  },
  {
    path: "/underground/excavation",
    component: () => import("@/underground/ExcavationPage.vue"),
    meta: { title: "excavation", permissions: ["map.read"] },
  },
  {
    path: "/quality",
    component: () => import("@/desk/quality/QualityPage.vue"),
    meta: { title: "quality", permissions: ["sensing.read"] },
  },
  {
    path: "/devices",
    component: () => import("@/desk/devices/DevicesPage.vue"),
    meta: { title: "devices", permissions: ["device.read", "map.read"] },
  },
  {
    path: "/devices/types",
    component: () => import("@/desk/devices/TypesPage.vue"),
    meta: { title: "device_types", permissions: ["device.read"] },
  },
  {
    path: "/devices/sheet",
    component: () => import("@/desk/devices/SheetPage.vue"),
    meta: { title: "device_sheet", permissions: ["device.read"] },
  },
  {
    path: "/devices/mappings",
    component: () => import("@/desk/devices/MappingsPage.vue"),
    meta: { title: "device_mappings", permissions: ["device.read"] },
  },
  {
    path: "/devices/orders",
    component: () => import("@/desk/devices/OrdersPage.vue"),
    meta: { title: "device_orders", permissions: ["device.read"] },
  },
  {
    path: "/devices/report",
    component: () => import("@/desk/devices/ReportPage.vue"),
    meta: { title: "device_report", permissions: ["device.read"] },
  },
  {
    path: "/devices/:code",
    component: () => import("@/desk/devices/DevicePage.vue"),
    props: true,
    meta: { title: "device", permissions: ["device.read", "map.read"] },
  },
  {
    path: "/users",
    component: () => import("@/desk/admin/UsersPage.vue"),
    meta: { title: "users", permissions: ["user.read"] },
  },
  {
    path: "/audit",
    component: () => import("@/desk/admin/AuditPage.vue"),
    meta: { title: "audit", permissions: ["audit.read"] },
  },
  {
    path: "/events",
    component: () => import("@/desk/admin/EventsPage.vue"),
    meta: { title: "events", permissions: ["event.read"] },
  },
  {
    path: "/nothing",
    component: () => import("@/ui/NothingPage.vue"),
    meta: { title: "nothing" },
  },
  { path: "/:rest(.*)*", redirect: "/nothing" },
];

export const router = createRouter({ history: createWebHistory(), routes });

/** Pages a person can start from, in the order of the bar. */
const STARTS = [
  "/",
  "/field",
  "/hotline",
  "/cases",
  "/warnings",
  "/indicators",
  "/custody",
  "/networks",
  "/users",
  "/audit",
  "/events",
];

/** Whether the person who is logged in may open a path. */
export function mayOpen(path: string): boolean {
  const { meta, matched } = router.resolve(path);
  return matched.length > 0 && may(...(meta.permissions ?? []));
}

/** Where a person's work starts; field staff start on the phone pages. */
export function startPage(): string {
  const onFoot = may("case.handle") || may("case.confirm");
  const starts = onFoot ? STARTS : STARTS.filter((path) => path !== "/field");
  return starts.find(mayOpen) ?? "/nothing";
}

router.beforeEach(async (to) => {
  if (to.meta.open) return true;
  const me = await whoAmI();
  if (me === null) return { path: "/login", query: to.fullPath === "/" ? {} : { next: to.fullPath } };
  if (!may(...(to.meta.permissions ?? []))) return to.path === "/" ? startPage() : "/nothing";
  return true;
});
