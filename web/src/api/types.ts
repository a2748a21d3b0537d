/**
 * The shapes of the platform's HTTP interface by the names the pages use.
 *
 * They are taken from `schema.d.ts`, which is generated from the OpenAPI document (`npm run types`): a door
 * that changes its shape shows in the type check. Times are ISO 8601 in UTC, places in degrees.
 */
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export type Language = "zh-CN" | "en";
export type Severity = Schemas["Severity"];
/** Sent over the live feed, which is no part of the OpenAPI document. */
export type LiveStatus = "ok" | "low" | "high" | "stale";

export type Permission = Schemas["Permission"];

export interface NamedPlace {
  name_zh: string;
  name_en: string;
}

export type Organisation = Schemas["OrganisationOut"];

/** Who is logged in, and what the server's clock says. */
export type Me = Schemas["Me"];

/** A list that can grow: `next` is the cursor of the following page. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

/** A sentence the server rendered from its catalogue. */
export type Sentence = Schemas["SentenceOut"];

/** The city's frame; its streets and cells are GeoJSON, which the document leaves open. */
export type City = Omit<Schemas["CityFacts"], "streets" | "cells"> & {
  streets: GeoJSON.FeatureCollection<GeoJSON.LineString>;
  cells: GeoJSON.FeatureCollection<GeoJSON.Polygon>;
};

export type NetworkEdition = Schemas["Edition"];
export type Network = Schemas["NetworkFacts"];
export type NewNetwork = Schemas["NewNetwork"];
export type Datastream = Schemas["DatastreamOut"];
export type Quantity = Schemas["Quantity"];
/** The register of devices. */
export type Device = Schemas["DeviceOut"];
export type DevicePage = Schemas["DevicePage"];
export type DeviceDetail = Schemas["DeviceDetail"];
export type DeviceState = Schemas["DeviceState"];
export type DeviceAction = Schemas["DeviceAction"];
export type DevicePlace = Schemas["DevicePlace"];
export type DeviceStep = Schemas["DeviceStep"];
export type DeviceType = Schemas["DeviceTypeOut"];
export type FedStream = Schemas["FedStream"];
export type SheetOutcome = Schemas["SheetOutcomeOut"];
/** A device's own user and secret; the secret is told this once. */
export type DeviceCredential = Schemas["CredentialOut"];
export type PayloadMapping = Schemas["MappingOut"];
export type MappingTrial = Schemas["TrialOut"];
export type Calibration = Schemas["CalibrationOut"];
export type MaintenanceOrder = Schemas["MaintenanceOrderOut"];
export type MaintenanceAction = Schemas["MaintenanceAction"];
export type MaintenanceKind = Schemas["MaintenanceKind"];
export type DeviceCare = Schemas["CareOut"];
export type DeviceReport = Schemas["DeviceReportOut"];
export type ReportGroup = Schemas["ReportGroup"];
/** Points as [milliseconds since the epoch, value, revision]. */
export type Series = Schemas["SeriesOut"];
export type OrganisationRef = Schemas["OrganisationRef"];
export type PersonRef = Schemas["PersonRef"];
/** A network element an alarm points at; `score` is 0..1, the likelier the higher. */
export type AlarmElement = Omit<Schemas["ElementOut"], "path"> & { path: [number, number][] };
/** Readings an alarm cites: a stream, a span (both ends included), how many, and their hash. */
export type Evidence = Schemas["EvidenceOut"];
/** Cited readings, opened and checked against their hash. */
export type OpenedEvidence = Schemas["OpenedEvidence"];
export type AlarmEvidence = Schemas["AlarmEvidence"];
export type HistoryEntry = Schemas["HistoryStep"];
export type AlarmSummary = Schemas["AlarmSummary"];
export type AlarmDetail = Omit<Schemas["AlarmDetail"], "elements"> & { elements: AlarmElement[] };
export type AlarmAction = Schemas["AlarmAction"];
export type WarningAction = Schemas["WarningAction"];
export type DismissalReason = Schemas["DismissalReason"];
export type WarningRef = Schemas["WarningRef"];
/** A case of a warning, as far as the warning shows it. */
export type FieldWork = Schemas["FieldWorkOut"];
export type WarningSummary = Schemas["WarningSummary"];
export type WarningDetail = Schemas["WarningDetail"];
/** One step of the whole story; `message` tells it in the person's language. */
export type TimelineEntry = Schemas["TimelineEntry"];
export type Timeline = Schemas["Timeline"];
/** What a search found. */
export type Place = Schemas["Found"];
export type LinkFacts = Schemas["LinkFacts"];
export type NodeFacts = Schemas["NodeFacts"];
/** What lies under a route. */
export type Profile = Schemas["ProfileOut"];
/** What a pit meets. */
export type Excavation = Schemas["ExcavationOut"];
/** One broken rule at one place of an imported file. */
export type Finding = Schemas["FindingFacts"];
export type SimulatedDay = Schemas["DayOut"];
export type ImportResult = Schemas["ImportFacts"];
/** How ingest fares: counts since the start, and what was refused by reason. */
export type SensingHealth = Schemas["Health"];
/** A refused message or reading; `size_bytes` is that of the whole. */
export type Quarantined = Schemas["RefusedOut"];

/** Whom an alarm concerns: the part of the network downstream of its place. */
export type AffectedPart = Schemas["AffectedOut"];

/** Something that fails in the simulated city. */
export type Fault = Schemas["FaultFacts"];
export type FaultKind = Schemas["FaultKind"];
export type Simulator = Schemas["SimulatorFacts"];

export type Light = Schemas["Light"];
export type CaseState = Schemas["CaseState"];
/** Steps a person may ask for; a history also holds those that nobody asks for, such as `file` and `photo`. */
export type CaseAction = Schemas["CaseAction"];
export type CaseClass = Schemas["CaseClassOut"];
export type CityComponent = Schemas["ComponentOut"];
export type ComponentPage = Schemas["ComponentPage"];
export type ClassKind = Schemas["ClassKind"];
export type LimitUnit = Schemas["LimitUnit"];
/** A class as it holds here beside the national one. */
export type ClassComparison = Schemas["ClassComparison"];
export type ClassEdition = Schemas["ClassEditionOut"];
export type ClassWanted = Schemas["ClassIn"];
export type WorkCalendar = Schemas["WorkCalendarOut"];
export type CalendarYear = Schemas["CalendarYearOut"];
export type CaseSummary = Schemas["CaseSummary"];
export type CasePage = Schemas["CasePage"];
export type CaseEscalation = Schemas["EscalationOut"];
export type StageClock = Schemas["StageClockOut"];
export type CaseStep = Schemas["CaseStepOut"];
export type CaseDetail = Schemas["CaseDetail"];
/** A case as it is filed by hand. */
export type NewCase = Schemas["CaseIn"];
/** A step as it is asked for; its `id` is made here, so that a repeated send is one step. */
export type CaseStepWanted = Schemas["CaseActionIn"];

/** What closing valves comes to: valves, pipes and people; lines are [longitude, latitude]. */
export type Isolation = Omit<Schemas["IsolationOut"], "element_path" | "segment" | "dry" | "hull"> & {
  element_path: [number, number][];
  segment: LineAt[];
  dry: LineAt[];
  hull: [number, number][];
};
export type LineAt = Omit<Schemas["LineAt"], "path"> & { path: [number, number][] };
export type ElementKind = "link" | "node";
export type ValveStep = Schemas["ValveStepOut"];
export type ValveStepAction = Schemas["ValveStepAction"];
export type ValvePlanAction = Schemas["ValvePlanAction"];
/** A plan of valves with its steps, as lists show it. */
export type ValvePlan = Schemas["ValvePlanOut"];
export type ValvePlanDetail = Omit<Schemas["ValvePlanDetail"], "isolation"> & { isolation: Isolation };
export type CaseValves = Omit<Schemas["CaseValves"], "plans"> & { plans: ValvePlanDetail[] };
export type ElementSuggestion = Schemas["ElementSuggestion"];
/** A valve found not to work. */
export type BrokenValve = Schemas["BrokenValveOut"];

/** What the wall shows at a glance. */
export type Wall = Schemas["WallOut"];
/** A pipe's risk with its reasons, and a network's: pipes, the riskiest first. */
export type PipeRisk = Schemas["PipeRisk"];
export type NetworkRisk = Schemas["NetworkRiskOut"];
/** One factor: bands are [up to and including, points], the last without an end. */
export interface RiskFactorRow {
  fact: Schemas["PipeFact"];
  side: Schemas["RiskSide"];
  weight: number;
  unknown: number;
  other?: number;
  bands?: [number | null, number][];
  classes?: Record<string, number>;
}
export type RiskTable = Omit<Schemas["RiskTableOut"], "factors" | "levels"> & {
  factors: RiskFactorRow[];
  levels: [number, Severity][];
};

export type Indicator = Schemas["IndicatorOut"];
/** A share of one month; `value_percent` is a decimal with two places, null when nothing was due. */
export type IndicatorValue = Schemas["IndicatorValueOut"];

export type Role = Schemas["Role"];
export type User = Schemas["UserOut"];
export type UserPage = Schemas["UserPage"];
export type NewUser = Schemas["UserIn"];
export type UserChange = Schemas["UserChange"];
export type UserAdded = Schemas["UserAdded"];
export type UserRoles = Schemas["RolesIn"];
export type OneTimePassword = Schemas["OneTimePassword"];

export type AuditEntry = Schemas["AuditOut"];
export type AuditPage = Schemas["AuditPage"];
export type Verification = Schemas["VerificationOut"];
export type OutboxStats = Schemas["EventStats"];
/** An event that failed at one consumer for good; later events of its object wait behind it. */
export type DeadDelivery = Schemas["DeliveryOut"];
export type DeadPage = Schemas["DeliveryPage"];

/** Everything about the joint disposal of a warning, and what this person may do. */
export type Disposal = Schemas["DisposalOut"];
export type Timer = Schemas["TimerOut"];
export type TimeLimit = Schemas["LimitOut"];
export type Party = Schemas["PartyOut"];
export type PartyRow = Schemas["PartyRowOut"];
export type Plan = Schemas["PlanOut"];
export type PlanStep = Schemas["PlanStepOut"];
export type PlanStepAction = Schemas["PlanStepAction"];
export type SensedChamber = Schemas["SensedChamberOut"];
export type PlanTemplate = Schemas["TemplateOut"];
export type PlanTemplateStep = Schemas["TemplateStepIn"];
export type SiteReport = Schemas["SiteReportOut"];
export type Report = Schemas["ReportOut"];
export type DutyEntry = Schemas["DutyEntryOut"];
export type Shift = Schemas["ShiftOut"];
export type Desk = Schemas["DeskOut"];
export type HandOver = Schemas["HandOverOut"];
export type OpenItem = Schemas["OpenItemOut"];
/** A rule in its newest version; its parameters are as its kind has them. */
export type Rule = Schemas["RuleOut"];
export type RuleDetail = Schemas["RuleDetail"];
export type RuleKind = Schemas["RuleKindOut"];
export type RuleParameter = Schemas["ParameterOut"];
/** What a rule would have raised over the last days. */
export type RulePreview = Schemas["PreviewOut"];
/** A rule or stream whose alarms call nobody for a while. */
export type SetAside = Schemas["SetAsideOut"];
export type NewSetAside = Schemas["SetAsideIn"];
export type PlannedWork = Schemas["PlannedWorkOut"];
export type PlannedWorkDetail = Schemas["PlannedWorkDetail"];
export type PlannedWorkState = Schemas["PlannedWorkState"];
export type PlannedWorkAction = Schemas["PlannedWorkAction"];
export type NewPlannedWork = Schemas["PlannedWorkIn"];
/** An alarm as its root or its consequences name it. */
export type Consequence = Schemas["ConsequenceOut"];
export type AlarmLoad = Schemas["AlarmLoadOut"];
export type DayLoad = Schemas["DayLoad"];

export type ProjectSummary = Schemas["ProjectSummary"];
/** A construction project; amounts are yuan in text. */
export type Project = Schemas["ProjectOut"];
export type ProjectLot = Schemas["LotOut"];
export type ProjectHeading = Schemas["HeadingOut"];
export type ProjectEntry = Schemas["EntryOut"];
export type ProjectMilestone = Schemas["MilestoneOut"];
export type Acceptance = Schemas["AcceptanceOut"];
export type AcceptanceAction = Schemas["AcceptanceAction"];

/** The performance of a year; amounts are yuan in text, scores points in text. */
export type Performance = Schemas["PerformanceOut"];
export type PerformanceLight = Schemas["PerformanceLight"];
export type TargetSheet = Schemas["SheetOut"];
export type SheetIndicator = Schemas["SheetIndicatorOut"];
export type Assessment = Schemas["AssessmentOut"];
export type AssessmentKind = Schemas["AssessmentKind"];
export type AssessmentLine = Schemas["AssessmentLineOut"];
export type NewAssessmentLine = Schemas["AssessmentLineIn"];
export type EvidenceSource = Schemas["SourceOut"];
/** What an import of target sheets came to, with what it left out. */
export type SheetImport = Schemas["ImportOut"];
export type SourceEvidence = Schemas["SourceEvidence"];
export type BudgetCheck = Schemas["BudgetCheckOut"];
export type CheckFinding = Schemas["CheckFinding"];
export type CheckPlace = Schemas["CheckPlace"];
/** A published budget as it was printed; the catalogue of purchased services. */
export type UnitsRound = Schemas["RoundOut"];
export type UnitsRoundDetail = Schemas["RoundDetail"];
export type UnitsRow = Schemas["UnitRowOut"];
export type UnitsRule = Schemas["RoundRule"];
export type UnitsDocument = Schemas["RoundDocumentOut"];
export type UnitsProgress = Schemas["RoundProgress"];
export type UnitsHandIn = Schemas["HandInOut"];
export type UnitsList = Schemas["UnitListOut"];
export type UnitsDocumentFindings = Schemas["DocumentFindings"];
export type BudgetSet = Schemas["BudgetSetOut"];
export type BudgetSetDetail = Schemas["BudgetSetDetail"];
export type BudgetTable = Schemas["BudgetTableOut"];
export type PrintedCell = Schemas["PrintedCell"];
export type BudgetLoad = Schemas["BudgetLoadOut"];
/** A budget on its way to the public. */
export type BudgetRelease = Schemas["BudgetReleaseOut"];
export type BudgetCheckRun = Schemas["BudgetCheckRunOut"];
export type BudgetDifferences = Schemas["DifferencesOut"];
export type ServiceSearch = Schemas["ServiceSearchOut"];
export type ServiceEntry = Schemas["ServiceEntryOut"];
export type PurchaseCheck = Schemas["PurchaseCheckOut"];

/** A budget while it is prepared. */
export type Draft = Schemas["DraftOut"];
export type StartedDraft = Schemas["StartedDraftOut"];
export type DraftGrid = Schemas["GridOut"];
export type GridCell = Schemas["GridCell"];
export type GridEdit = Schemas["EditOut"];
export type BudgetRegisters = Schemas["RegistersOut"];
export type RegisterSheet = Schemas["RegisterSheetOut"];
export type Explanation = Schemas["ExplanationOut"];
export type ExplainedPassage = Schemas["ExplainedPassageOut"];
export type ExplainedSection = Schemas["ExplainedSectionOut"];
export type DraftTie = Schemas["TieOut"];
export type ClassCode = Schemas["ClassOut"];
/** One step of typing; what is left out is empty. */
export type DraftStep = { kind: Schemas["StepShape"]["kind"] } & Partial<Schemas["StepShape"]>;
export interface RefusedCell {
  row: string;
  column: string;
  value: string;
  rule: string;
  sentence: string;
}
export type TableImport = Schemas["TableImportOut"];
export type LeftOver = Schemas["LeftOverOut"];
/** A budget in its year. */
export type Execution = Schemas["ExecutionOut"];
export type ExecutionRow = Schemas["ExecutionRow"];
export type Adjustment = Schemas["AdjustmentOut"];
export type BookingSheet = Schemas["BookingSheetOut"];

/** A table of the evaluation of casework: its rows with counts, rates, scores. */
export type Evaluation = Schemas["EvaluationOut"];
export type EvaluationRow = Schemas["EvaluationRowOut"];
export type EvaluationFigure = Schemas["FigureOut"];
export type CountedCases = Schemas["CountedCases"];
export type CaseCount = Schemas["CaseCount"];
export type GroupedBy = Schemas["GroupedBy"];
export type RegionLevel = Schemas["RegionLevel"];
export type ScoreGrade = Schemas["ScoreGrade"];
/** What citizens see and tell without logging in. */
export type PublicClass = Schemas["PublicClass"];
export type PublicPlaceMap = Omit<Schemas["PublicPlaceMap"], "streets"> & { streets: City["streets"] };
export type ReportReceipt = Schemas["ReportReceipt"];
export type ReportState = Schemas["ReportState"];
export type Satisfaction = Schemas["Satisfaction"];
export type Reporter = Schemas["ReporterOut"];
export type CitizenContact = Schemas["CitizenContactOut"];
export type Subject = Schemas["Subject"];
export type Post = Exclude<Subject, "region">;
/** The collectors' patrol: coverage by cell, what each did, what companies are paid by. */
export type Patrol = Schemas["CoverageOut"];
export type CellCoverage = Schemas["CellCoverageOut"];
export type CollectorWork = Schemas["CollectorWorkOut"];
export type CompanyAssessment = Schemas["CompanyAssessmentOut"];
export type PatrolShift = Schemas["PatrolShiftOut"];
export type EvaluationWeights = Schemas["WeightsOut"];
export type EvaluationReport = Schemas["EvaluationReportOut"];
export type SettledContracts = Schemas["ContractsOut"];
export type SettledContract = Schemas["ContractOut"];
export type QuantitySheet = Schemas["QuantitySheetOut"];
export type SheetQuantity = Schemas["SheetQuantityOut"];
export type Statement = Schemas["StatementOut"];
export type StatementLine = Schemas["StatementLineOut"];
export type ContractLoaded = Schemas["ContractLoadedOut"];
/** The hotline. */
export type CallSummary = Schemas["CallSummary"];
export type CallDetail = Schemas["CallDetail"];
export type CallEnd = Schemas["CallEnd"];
export type CallBack = Schemas["CallBackOut"];
export type Seats = Schemas["SeatsOut"];
export type SeatSuggestions = Schemas["SeatSuggestions"];

/** Custody: trips of waste told by three parties, tickets of scales, and what does not reconcile. */
export type CustodyDesk = Schemas["CustodyDeskOut"];
export type Discrepancy = Schemas["DiscrepancyOut"];
export type DiscrepancySide = Schemas["SideOut"];
export type CustodyDecision = Schemas["DecidedOut"];
export type CustodyRule = Schemas["CustodyRule"];
export type CustodyMaterial = Schemas["Material"];
export type CustodyTrip = Schemas["TripOut"];
export type CustodyTripRow = Schemas["TripRow"];
export type CustodyTripPage = Schemas["TripPage"];
export type CustodyTicket = Schemas["TicketOut"];
export type TypedTicket = Schemas["TypedTicketOut"];
export type RefusedTicket = Schemas["RefusedTicketOut"];
export type CustodyRegisters = Schemas["CustodyRegisters"];
/** Registers as data: their kinds, entries and availability. */
export type RegisterKind = Schemas["RegisterKindOut"];
export type RegisterKindDetail = Schemas["RegisterKindDetail"];
export type RegisterField = Schemas["RegisterField"];
export type RegisterState = Schemas["RegisterState"];
export type RegisterMove = Schemas["RegisterMove"];
export type EntryLight = Schemas["EntryLight"];
export type RegisterEntry = Schemas["RegisterEntryOut"];
export type RegisterEntryPage = Schemas["RegisterEntryPage"];
export type RegisterEntryDetail = Schemas["RegisterEntryDetail"];
export type RegisterAvailability = Schemas["RegisterAvailabilityOut"];
export type StoredFile = Schemas["StoredFileOut"];
/** Checklists, what they came to, and their runs. */
export type Checklist = Schemas["ChecklistOut"];
export type ChecklistDetail = Schemas["ChecklistDetail"];
export type ChecklistItem = Schemas["ChecklistItemOut"];
export type ChecklistStanding = Schemas["ChecklistStandingOut"];
export type ChecklistSubject = Schemas["ChecklistSubjectOut"];
export type ChecklistRun = Schemas["ChecklistRunOut"];
export type ChecklistRunDetail = Schemas["ChecklistRunDetail"];
export type ItemAnswer = Schemas["ItemAnswer"];
export type FreeHand = Schemas["FreeHandOut"];
