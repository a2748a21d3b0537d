"""The real document's catalogue of purchased services: its tree, what is wrong in it, purchases held against it."""

from collections import Counter

import pytest

from chengmai.disclosure.document import read_document
from chengmai.disclosure.reading.catalogue_reading import read_catalogue
from chengmai.disclosure.reading.disclosures import Disclosure, read_disclosure
from chengmai.disclosure.reading.purchases import Purchase, PurchaseOutcome, check_purchase, department_of, purchases_of
from chengmai.disclosure.reading.service_catalogue import ServiceCatalogue
from tests.published import PUBLISHED

HOUSING = "住房和城乡建设"


@pytest.fixture(scope="module")
def disclosure() -> Disclosure:
    """What the bureau's own document discloses."""
    return read_disclosure(read_document(PUBLISHED.name, PUBLISHED.read_bytes()))


@pytest.fixture(scope="module")
def catalogue(disclosure: Disclosure) -> ServiceCatalogue:
    """The catalogue the document prints."""
    assert disclosure.catalogue is not None
    return disclosure.catalogue


def test_the_tree_is_read_with_its_departments_and_its_issue(catalogue: ServiceCatalogue) -> None:
    assert (catalogue.issue, catalogue.year) == ("晋财综〔2021〕63号", 2021)
    assert len(catalogue.departments) == 32
    assert Counter(entry.level for entry in catalogue.entries) == {1: 32, 2: 145, 3: 308, 4: 552}
    entry = catalogue.entry(HOUSING, "A110111")
    assert entry is not None
    assert (entry.name, entry.place.line) == ("城市管理执法和信息化平台运行辅助服务", 2342)
    assert [above.name for above in catalogue.path(entry)] == ["公共服务", "城乡维护服务", "公共设施管理服务"]
    above = catalogue.entry(HOUSING, "A1101")
    assert above is not None
    assert len(catalogue.children(above)) == 12


def test_one_code_means_another_service_in_another_department(catalogue: ServiceCatalogue) -> None:
    assert {entry.department for entry in catalogue.with_code("A110101")} >= {"民政", HOUSING, "交通运输", "体育"}


def test_search_by_word_by_code_and_within_a_department(catalogue: ServiceCatalogue) -> None:
    assert [entry.code for entry in catalogue.search("城市管理 平台")] == ["A110111"]
    assert {entry.code for entry in catalogue.search("a1101", HOUSING)} == {
        "A1101",
        *(f"A1101{n:02}" for n in range(1, 13)),
    }
    assert [entry.code for entry in catalogue.search("公务用车", HOUSING)] == ["B1106"]
    assert catalogue.search("没有这种服务") == catalogue.search("  ") == []


def test_what_is_wrong_in_print_is_found(catalogue: ServiceCatalogue) -> None:
    told = {(finding.rule.rpartition(".")[2], finding.place.line) for finding in catalogue.findings}
    assert told == {
        ("gap", 2297),
        ("no_parent", 2303),
        ("other_name", 2314),
        ("other_name", 2404),
        ("other_name", 2412),
        ("astray", 2656),
        ("no_name", 2717),
        ("other_name", 2854),
        ("no_parent", 2918),
        ("no_parent", 2919),
        ("no_parent", 2926),
    }


def test_the_notice_adds_renames_and_limits_entries_of_b(catalogue: ServiceCatalogue) -> None:
    renamed, limited = catalogue.entry(HOUSING, "B0902"), catalogue.entry(HOUSING, "B1106")
    assert renamed is not None
    assert renamed.name == "其他适合通过市场化方式提供的工作人员培训服务"
    assert limited is not None
    assert limited.limited_to == "各级机关事务管理部门"


def test_the_document_s_own_purchase_has_a_wrong_code(disclosure: Disclosure) -> None:
    [check] = disclosure.purchases
    assert (check.department, check.outcome) == (HOUSING, PurchaseOutcome.OTHER_CODE)
    assert check.purchase.amount == 2790000
    assert [entry.code for entry in check.near] == ["A110111"]
    assert check.finding is not None
    assert (check.finding.place.line, check.finding.other and check.finding.other.line) == (1875, 2342)


@pytest.mark.parametrize(
    ("code", "name", "outcome"),
    [
        ("A110111", "城市管理执法和信息化平台运行辅助服务", PurchaseOutcome.LISTED),
        ("A110111", "城市管理 执法和信息化平台运行辅助服务", PurchaseOutcome.LISTED),
        ("A110111", "保安服务", PurchaseOutcome.OTHER_NAME),
        ("A110103", "公墓管理服务", PurchaseOutcome.OTHER_NAME),
        ("A110150", "公墓管理服务", PurchaseOutcome.OTHER_DEPARTMENT),
        ("A119999", "保安服务", PurchaseOutcome.NOT_LISTED),
        ("B1207", "政府公物仓服务", PurchaseOutcome.LISTED),
        ("B1106", "公务用车租赁服务", PurchaseOutcome.LIMITED),
        ("B0101", "法律顾问服务", PurchaseOutcome.NOT_DECIDED),
    ],
)
def test_a_purchase_is_held_against_the_department_s_own_entries(
    catalogue: ServiceCatalogue, code: str, name: str, outcome: PurchaseOutcome
) -> None:
    check = check_purchase(catalogue, Purchase(code, name), HOUSING)
    assert check.outcome == outcome
    assert (check.finding is None) == (outcome == PurchaseOutcome.LISTED)
    assert check.finding is None or check.finding.decided == (outcome != PurchaseOutcome.NOT_DECIDED)


def test_whose_department_a_unit_is(catalogue: ServiceCatalogue) -> None:
    assert department_of(catalogue, "晋城市城市管理局") == HOUSING
    assert department_of(catalogue, "晋城市教育局") == "教育"
    assert department_of(catalogue, "某某中心") == ""


def test_broken_rows_are_findings() -> None:
    top = "A\t公共服务\t\t\t"
    rows = ["目录", "代码\t一级目录\t二级目录\t三级目录", top, "甲部门\t\t\t\t", "A1x\t\t乱\t\t", top, top]
    text = "\n".join(rows)
    document = read_document("x", text)
    broken = read_catalogue(document, document.blocks)
    assert broken is not None
    rules = Counter(finding.rule.rpartition(".")[2] for finding in broken.findings)
    assert rules == {"no_department": 1, "row_unclear": 1, "twice": 1}
    assert purchases_of(document) == []
