"""The life of a manifest as one table: which step leads from which state to which."""

from collections.abc import Mapping

from chengmai.access.roles import Permission
from chengmai.custody.terms import CustodyAction, ManifestState

MANIFEST_TRANSITIONS: Mapping[tuple[ManifestState, CustodyAction], ManifestState] = {
    (ManifestState.HANDED_OVER, CustodyAction.DEPART): ManifestState.UNDER_WAY,
    (ManifestState.UNDER_WAY, CustodyAction.ARRIVE): ManifestState.ARRIVED,
    (ManifestState.ARRIVED, CustodyAction.CONFIRM): ManifestState.CONFIRMED,
    # A receiver confirms what came in, also where the carrier told nothing: that leg is missing then, and held.
    (ManifestState.HANDED_OVER, CustodyAction.CONFIRM): ManifestState.CONFIRMED,
    (ManifestState.UNDER_WAY, CustodyAction.CONFIRM): ManifestState.CONFIRMED,
    (ManifestState.HANDED_OVER, CustodyAction.VOID): ManifestState.VOID,
    (ManifestState.UNDER_WAY, CustodyAction.VOID): ManifestState.VOID,
    (ManifestState.ARRIVED, CustodyAction.VOID): ManifestState.VOID,
}
"""State and action -> the state after it; what is not here is refused."""

MANIFEST_PERMISSIONS: Mapping[CustodyAction, Permission] = dict.fromkeys(CustodyAction, Permission.CUSTODY_TELL)
"""What each step asks for; besides it, that the person is of the party whose part it is."""
