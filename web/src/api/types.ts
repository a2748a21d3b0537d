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
  bounds: [number, number, number, number] | null;
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
  findings?: number;
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

/** An organisation as other things name it. */
export interface OrganisationRef extends NamedPlace {
  code: string;
}

export interface PersonRef {
  username: string;
  name: string;
}

/** A network element an alarm points at; `score` is 0..1, the likelier the higher. */
export interface AlarmElement {
  code: string;
  kind: string;
  score: number;
  path: [number, number][];
}

/** Readings an alarm cites: a stream, a span (both ends included), how many, and their hash. */
export interface Evidence {
  stream: number;
  code: string;
  start: string;
  end: string;
  rows: number;
  batch: number;
  hash: string;
}

/** Cited readings, opened and checked against their hash. */
export interface OpenedEvidence {
  stream: number;
  code: string;
  quantity: string;
  unit: string;
  start: string;
  end: string;
  hash: string;
  intact: boolean;
  revised: number;
  added: number;
  points: [number, number, number][];
}

export interface AlarmEvidence {
  alarm_id: string;
  alarm_code: string;
  sealed: boolean;
  intact: boolean;
  citations: OpenedEvidence[];
}

export interface HistoryEntry {
  at: string;
  /** Null for what the platform did itself. */
  actor: PersonRef | null;
  action: string;
  from_state: string;
  to_state: string;
  note: string;
  facts: Record<string, unknown>;
}

export interface AlarmSummary {
  id: string;
  code: string;
  state: string;
  severity: Severity;
  rule: string;
  kind: string;
  subject: string;
  network: string | null;
  owner: OrganisationRef;
  began_at: string;
  raised_at: string;
  detected_at: string;
  returned_at: string | null;
  shelved_until: string | null;
  size_m3h: number | null;
  longitude: number | null;
  latitude: number | null;
  reason: string;
  open_warning: string | null;
  version: number;
}

export interface WarningRef {
  id: string;
  code: string;
  state: string;
  level: Severity;
}

export interface AlarmDetail extends AlarmSummary {
  rule_version: number;
  parameters: Record<string, unknown>;
  reasons: Sentence[];
  evidence: Evidence[];
  elements: AlarmElement[];
  lineage_hash: string;
  sealed: boolean;
  history: HistoryEntry[];
  warnings: WarningRef[];
  allowed_actions: string[];
  may_open_warning: boolean;
}

/** A case of a warning, as far as the warning shows it. */
export interface FieldWork {
  case_id: string;
  case_code: string;
  state: string;
  closed: boolean;
  due_at: string;
}

export interface WarningSummary {
  id: string;
  code: string;
  state: string;
  level: Severity;
  text: string;
  dismissal: string;
  alarm_id: string;
  alarm_code: string;
  subject: string;
  network: string | null;
  longitude: number | null;
  latitude: number | null;
  owner: OrganisationRef;
  opened_at: string;
  issued_at: string | null;
  lifted_at: string | null;
  version: number;
  cases: FieldWork[];
}

export interface WarningDetail extends WarningSummary {
  reasons: Sentence[];
  history: HistoryEntry[];
  allowed_actions: string[];
}

/** One step of the whole story; `message` tells it in the person's language. */
export interface TimelineEntry extends HistoryEntry {
  kind: "alarm" | "warning" | "case" | "photo";
  object_id: string;
  object_code: string;
  photos: string[];
  message: string;
}

export interface Timeline {
  warning_id: string;
  warning_code: string;
  alarm_id: string;
  alarm_code: string;
  case_ids: string[];
  entries: TimelineEntry[];
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

type Told = Record<string, unknown>;

export interface LinkFacts {
  network: string;
  code: string;
  kind: string;
  start: string;
  end: string;
  length_m: number;
  diameter_mm: number;
  material: string;
  longitude: number;
  latitude: number;
  line: [number, number][];
  /** What the hydraulic model knows of it. */
  hydraulic: Told;
  /** What the surveyor wrote of it. */
  survey: Told;
}

export interface NodeFacts {
  network: string;
  code: string;
  kind: string;
  longitude: number;
  latitude: number;
  elevation_m: number;
  demand_m3h: number;
  links: string[];
  hydraulic: Told;
  survey: Told;
}

/** One broken rule at one place of an imported file. */
export interface Finding {
  file: string;
  sheet: string | null;
  row: number | null;
  field: string | null;
  value: string | null;
  rule: string;
  severity: "error" | "warning";
  message: string;
}

export interface ImportResult {
  edition: NetworkEdition | null;
  created: boolean;
  counts: { nodes: number; links: number; errors: number; warnings: number };
  findings: Finding[];
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

/** How ingest fares: counts since the start, and what was refused by reason. */
export interface SensingHealth {
  streams: number;
  silent: number;
  stored_rows: number;
  stored_since_start: number;
  failures_since_start: number;
  last_error: string | null;
  listeners: number;
  quarantined: Record<string, number>;
}

/** A refused message or reading; `size_bytes` is that of the whole. */
export interface Quarantined {
  received: string;
  gateway: string;
  door: string;
  reason: string;
  detail: string;
  payload: string;
  size_bytes: number;
}
