/** Shapes of the platform's HTTP interface, as the pages use them. Times are ISO 8601 in UTC. */

export type Language = "zh-CN" | "en";
export type Severity = "red" | "orange" | "yellow" | "blue";
export type LiveStatus = "ok" | "low" | "high" | "stale";

export type Permission =
  | "map.read"
  | "sensing.read"
  | "sensing.manage"
  | "quarantine.read"
  | "network.import"
  | "alarm.read"
  | "alarm.acknowledge"
  | "alarm.shelve"
  | "rule.manage"
  | "warning.read"
  | "warning.assess"
  | "warning.issue"
  | "warning.lift"
  | "case.read"
  | "case.file"
  | "case.dispatch"
  | "case.handle"
  | "case.verify"
  | "case.close"
  | "indicator.read"
  | "event.read"
  | "event.retry"
  | "user.read"
  | "user.manage"
  | "role.assign"
  | "audit.read"
  | "simulator.control";

export interface Organisation {
  code: string;
  name_zh: string;
  name_en: string;
  kind: string;
}

/** Who is logged in, and what the server's clock says. */
export interface Me {
  username: string;
  name: string;
  organisation: Organisation;
  roles: string[];
  permissions: Permission[];
  language: string;
  must_change_password: boolean;
  demo: boolean;
  server_time: string;
  time_zone: string;
}

/** A list that can grow: `next` is the cursor of the following page. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

/** A sentence the server rendered from its catalogue. */
export interface Sentence {
  code: string;
  params: Record<string, string | number>;
  message: string;
}

export interface NamedPlace {
  name_zh: string;
  name_en: string;
}

export interface City extends NamedPlace {
  demonstration: boolean;
  centre: [number, number];
  bounds: [number, number, number, number];
  streets: GeoJSON.FeatureCollection<GeoJSON.LineString>;
  cells: GeoJSON.FeatureCollection<GeoJSON.Polygon>;
}

export interface NetworkEdition {
  id: number;
  source: string;
  loaded_at: string;
  nodes: number;
  links: number;
  pipe_length_m: number;
}

export interface Network extends NamedPlace {
  code: string;
  utility: string;
  owner: string;
  edition: NetworkEdition | null;
  bounds: [number, number, number, number] | null;
}

export interface Datastream {
  code: string;
  name: string;
  gateway: string;
  owner: string;
  quantity: "pressure_head" | "flow" | "level" | "demand";
  unit: string;
  network: string | null;
  element: string;
  longitude: number | null;
  latitude: number | null;
  low: number | null;
  high: number | null;
  interval_s: number;
  active: boolean;
}

/** Points as [milliseconds since the epoch, value, revision]. */
export interface Series {
  stream: string;
  unit: string;
  points: [number, number, number][];
}

/** A network element an alarm points at; `score` is 0..1, the likelier the higher. */
export interface AlarmElement {
  code: string;
  kind: string;
  score: number;
  longitude?: number | null;
  latitude?: number | null;
  path?: [number, number][];
}

export interface Evidence {
  stream: number;
  code: string;
  from: string;
  to: string;
  rows: number;
  batch: number;
  hash: string;
}

export interface HistoryEntry {
  at: string;
  actor: string | null;
  action: string;
  from_state: string;
  to_state: string;
  note: string;
}

export interface AlarmSummary {
  id: string;
  code: string;
  rule: string;
  rule_version: number;
  kind: string;
  subject: string;
  owner: string;
  network: string | null;
  state: string;
  severity: Severity;
  began_at: string;
  raised_at: string;
  detected_at: string;
  returned_at: string | null;
  size_m3h: number | null;
  longitude: number | null;
  latitude: number | null;
  version: number;
}

export interface WarningSummary {
  id: string;
  code: string;
  alarm: string;
  alarm_code: string;
  owner: string;
  state: string;
  level: Severity;
  text: string;
  dismissal: string;
  opened_at: string;
  issued_at: string | null;
  lifted_at: string | null;
  version: number;
}

export interface AlarmDetail extends AlarmSummary {
  reasons: Sentence[];
  evidence: Evidence[];
  elements: AlarmElement[];
  history: HistoryEntry[];
  warnings: WarningSummary[];
  allowed_actions: string[];
  lineage_hash: string;
  shelved_until: string | null;
}

export interface WarningDetail extends WarningSummary {
  history: HistoryEntry[];
  allowed_actions: string[];
}

/** What a search found. */
export interface Place {
  kind: string;
  code: string;
  label: string;
  detail: string;
  longitude: number;
  latitude: number;
  network: string | null;
}

export interface LinkFacts {
  code: string;
  kind: string;
  start: string;
  end: string;
  length_m: number;
  diameter_mm: number;
  material: string;
  path: [number, number][];
  attributes: Record<string, unknown>;
}

export interface NodeFacts {
  code: string;
  kind: string;
  longitude: number;
  latitude: number;
  elevation_m: number;
  attributes: Record<string, unknown>;
}

export interface Break {
  pipe: string;
  size_m3h: number;
  since?: string | null;
  longitude?: number | null;
  latitude?: number | null;
}

export interface Simulator {
  running: boolean;
  breaks: Break[];
}
