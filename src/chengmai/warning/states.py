"""The two state machines of this package, each as one table: (state, action) -> next state."""

from enum import StrEnum

from chengmai.access.roles import Permission


class Severity(StrEnum):
    """Four colours; stored by name, because numbering differs between systems."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


class AlarmState(StrEnum):
    """ISA-18.2 life of an alarm's condition and its acknowledgement."""

    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    NORMAL = "normal"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"


class AlarmAction(StrEnum):
    """What can happen to an alarm; to return, to recur and to worsen come from the evaluation, never from a person."""

    ACKNOWLEDGE = "acknowledge"
    RETURN = "return_to_normal"
    RECUR = "recur"
    WORSEN = "worsen"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    SUPPRESS = "suppress"
    UNSUPPRESS = "unsuppress"
    REMOVE = "remove_from_service"
    RESTORE = "restore_to_service"


# A returned alarm only waits to be acknowledged: shelving it would bring it back as active without its condition.
_A, _AA = AlarmState, AlarmAction
ALARM_TRANSITIONS: dict[tuple[AlarmState, AlarmAction], AlarmState] = {
    (_A.ACTIVE, _AA.ACKNOWLEDGE): _A.ACKNOWLEDGED,
    (_A.ACTIVE, _AA.RETURN): _A.RETURNED,
    (_A.ACKNOWLEDGED, _AA.RETURN): _A.NORMAL,
    (_A.RETURNED, _AA.ACKNOWLEDGE): _A.NORMAL,
    (_A.RETURNED, _AA.RECUR): _A.ACTIVE,
    # What was acknowledged or shelved was known to be less grave: it calls again.
    (_A.ACKNOWLEDGED, _AA.WORSEN): _A.ACTIVE,
    (_A.SHELVED, _AA.WORSEN): _A.ACTIVE,
    (_A.ACTIVE, _AA.SHELVE): _A.SHELVED,
    (_A.ACKNOWLEDGED, _AA.SHELVE): _A.SHELVED,
    (_A.SHELVED, _AA.UNSHELVE): _A.ACTIVE,
    (_A.SHELVED, _AA.RETURN): _A.NORMAL,
    (_A.ACTIVE, _AA.SUPPRESS): _A.SUPPRESSED,
    (_A.ACKNOWLEDGED, _AA.SUPPRESS): _A.SUPPRESSED,
    (_A.SUPPRESSED, _AA.UNSUPPRESS): _A.ACTIVE,
    (_A.SUPPRESSED, _AA.RETURN): _A.NORMAL,
    (_A.ACTIVE, _AA.REMOVE): _A.OUT_OF_SERVICE,
    (_A.ACKNOWLEDGED, _AA.REMOVE): _A.OUT_OF_SERVICE,
    (_A.SHELVED, _AA.REMOVE): _A.OUT_OF_SERVICE,
    (_A.SUPPRESSED, _AA.REMOVE): _A.OUT_OF_SERVICE,
    (_A.OUT_OF_SERVICE, _AA.RESTORE): _A.ACTIVE,
    (_A.OUT_OF_SERVICE, _AA.RETURN): _A.NORMAL,
}
ALARM_PERMISSIONS: dict[AlarmAction, Permission] = {
    _AA.ACKNOWLEDGE: Permission.ALARM_ACKNOWLEDGE,
    _AA.SHELVE: Permission.ALARM_SHELVE,
    _AA.UNSHELVE: Permission.ALARM_SHELVE,
    _AA.SUPPRESS: Permission.ALARM_SHELVE,
    _AA.UNSUPPRESS: Permission.ALARM_SHELVE,
    _AA.REMOVE: Permission.ALARM_SHELVE,
    _AA.RESTORE: Permission.ALARM_SHELVE,
}


class WarningState(StrEnum):
    """Assessment, notice, lift and archive of a warning; field work belongs to its case."""

    ASSESSING = "assessing"
    DISMISSED = "dismissed"
    ISSUED = "issued"
    LIFTED = "lifted"
    ARCHIVED = "archived"


class WarningAction(StrEnum):
    """What a person does to a warning."""

    DISMISS = "dismiss"
    ISSUE = "issue"
    REVISE = "revise"
    LIFT = "lift"
    ARCHIVE = "archive"


class DismissalReason(StrEnum):
    """Why an alarm did not become a warning."""

    FALSE_ALARM = "false_alarm"
    PLANNED_WORKS = "planned_works"
    DEVICE_FAULT = "device_fault"
    KNOWN_CAUSE = "known_cause"


_W, _WA = WarningState, WarningAction
WARNING_TRANSITIONS: dict[tuple[WarningState, WarningAction], WarningState] = {
    (_W.ASSESSING, _WA.DISMISS): _W.DISMISSED,
    (_W.ASSESSING, _WA.ISSUE): _W.ISSUED,
    (_W.ISSUED, _WA.REVISE): _W.ISSUED,
    (_W.ISSUED, _WA.LIFT): _W.LIFTED,
    (_W.LIFTED, _WA.ARCHIVE): _W.ARCHIVED,
    (_W.DISMISSED, _WA.ARCHIVE): _W.ARCHIVED,
}
WARNING_PERMISSIONS: dict[WarningAction, Permission] = {
    _WA.DISMISS: Permission.WARNING_ASSESS,
    _WA.ISSUE: Permission.WARNING_ISSUE,
    _WA.REVISE: Permission.WARNING_ISSUE,
    _WA.LIFT: Permission.WARNING_LIFT,
    _WA.ARCHIVE: Permission.WARNING_LIFT,
}


class PlannedWorkState(StrEnum):
    """From the plan of works to their end."""

    PLANNED = "planned"
    ACTIVE = "active"
    ENDED = "ended"
    CANCELLED = "cancelled"


class PlannedWorkAction(StrEnum):
    """What happens to planned works; their times start and end them by themselves."""

    REVISE = "revise"
    START = "start"
    END = "end"
    CANCEL = "cancel"


_P, _PA = PlannedWorkState, PlannedWorkAction
PLANNED_WORK_TRANSITIONS: dict[tuple[PlannedWorkState, PlannedWorkAction], PlannedWorkState] = {
    (_P.PLANNED, _PA.REVISE): _P.PLANNED,
    (_P.PLANNED, _PA.START): _P.ACTIVE,
    (_P.PLANNED, _PA.CANCEL): _P.CANCELLED,
    (_P.ACTIVE, _PA.REVISE): _P.ACTIVE,
    (_P.ACTIVE, _PA.END): _P.ENDED,
}
PLANNED_WORK_PERMISSIONS: dict[PlannedWorkAction, Permission] = dict.fromkeys(
    PlannedWorkAction, Permission.PLANNED_WORK_MANAGE
)
