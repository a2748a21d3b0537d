"""The checks of a printed text as plain values: for a process of the pool, which knows no tables of ours."""

from chengmai.disclosure.checking.checks import check_document
from chengmai.disclosure.document import read_document


def findings_of_text(name: str, text: str) -> list[dict[str, object]]:
    """Every finding of a printed text, each as a mapping."""
    return [finding.as_dict() for finding in check_document(read_document(name, text)).findings]
