"""The unit grid and components by GeoJSON: code rules, geometry, overlaps; a case finds its cell and department."""

import json
from typing import Any

import pytest

from chengmai.assets.city_grid import import_cells
from chengmai.assets.components import class_code, import_components, nearest
from chengmai.assets.models import City as CityRow
from chengmai.assets.models import CodeForm, Component, GridCell
from chengmai.casework.cases import filing, queries
from chengmai.casework.models import Case, ClassKind
from chengmai.core.errors import InvalidInput
from chengmai.core.identity import new_id
from tests.disposal import City, build_city

pytestmark = pytest.mark.django_db

COVER = "1405020101000001"


@pytest.fixture
def city() -> City:
    CityRow.objects.create(name_zh="城", name_en="Town", longitude=112.85, latitude=35.5, district="140502")
    return build_city()


def square(code: str, west: float, side: float = 0.01, **more: Any) -> dict[str, Any]:
    east, south, north = west + side, 35.5, 35.5 + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return feature({"code": code, "name": code[-3:], **more}, "Polygon", [ring])


def feature(properties: dict[str, Any], kind: str, coordinates: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def cover(code: str = COVER, longitude: float = 112.855, **more: Any) -> dict[str, Any]:
    told = {"ObjID": code, "ObjName": "上水井盖", "DeptCode2": "JC-WATER-CO", "DeptName2": "供水公司", **more}
    return feature(told, "Point", [longitude, 35.505])


def packed(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def take_cells(city: City, *features: dict[str, Any], dry_run: bool = False) -> Any:
    return import_cells(city.people["shift_leader"], "grid.geojson", packed(*features), dry_run=dry_run)


def take_components(city: City, *features: dict[str, Any], form: CodeForm = CodeForm.TWO_TWO_SIX) -> Any:
    leader = city.people["shift_leader"]
    return import_components(leader, "bj.geojson", packed(*features), form, {"0101"}, dry_run=False)


A, B = "140502001001001", "140502001001002"


def test_cells_are_taken_over_once_changed_and_kept(city: City) -> None:
    told = (square(A, 112.85), square(B, 112.86, organisation="CG-WATER"))
    assert not take_cells(city, *told, dry_run=True).written
    first = take_cells(city, *told)
    assert (first.new, first.written, first.findings) == (2, True, [])
    assert GridCell.objects.get(code=B).organisation == city.water
    again = take_cells(city, *told)
    assert (again.new, again.changed, again.unchanged, again.written) == (0, 0, 2, False)
    moved = take_cells(city, square(B, 112.861, organisation="CG-WATER"))
    assert (moved.changed, moved.written) == (1, True)
    assert GridCell.objects.get(code=A).west == 112.85


def test_everything_that_is_wrong_with_a_grid_is_told_and_nothing_taken(city: City) -> None:
    GridCell.objects.create(
        code="140502001001009", name="x", organisation=city.bureau, west=112.9, south=35.5, east=112.91, north=35.51,
        ring=[[112.9, 35.5], [112.91, 35.5], [112.91, 35.51], [112.9, 35.51], [112.9, 35.5]],
    )  # fmt: skip
    bow = [[112.7, 35.5], [112.71, 35.51], [112.71, 35.5], [112.7, 35.51], [112.7, 35.5]]
    hole = [[[112.6, 35.5], [112.61, 35.5], [112.61, 35.51], [112.6, 35.5]], []]
    outcome = take_cells(
        city,
        square(A, 112.85),
        square("14050200100", 112.4),
        square("110101001001001", 112.41),
        square(A, 112.42),
        square("140502001001003", 112.43, organisation="NOBODY"),
        feature({"code": "140502001001004"}, "Polygon", [bow]),
        feature({"code": "140502001001005"}, "Polygon", hole),
        feature({"code": "140502001001006"}, "Point", [1, 2]),
        feature({"code": "140502001001007"}, "Polygon", [[[112.3, 35.5], ["x", 35.5], [112.31, 35.51]]]),
        square("140502001001008", 112.855),
        square("140502001001010", 112.905),
    )
    assert [(found.row, found.rule) for found in outcome.findings] == [
        (2, "grid.code_form"),
        (3, "grid.other_district"),
        (4, "grid.twice"),
        (5, "word.unknown"),
        (6, "grid.ring_crosses"),
        (7, "grid.holes"),
        (8, "grid.no_polygon"),
        (9, "grid.ring_open"),
        (1, "grid.overlap"),
        (11, "grid.overlap"),
    ]
    assert not outcome.written
    assert GridCell.objects.count() == 1


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"type": "Feature"}', b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_geojson_is_a_finding(city: City, data: bytes) -> None:
    outcome = import_cells(city.people["shift_leader"], "x.json", data, dry_run=False)
    assert len(outcome.findings) == 1
    assert outcome.findings[0].rule in {"file.unreadable", "geojson.no_features"}


def test_both_forms_of_a_component_s_code_are_told_apart_by_the_edition(city: City) -> None:
    assert class_code(COVER, CodeForm.TWO_TWO_SIX) == "0101"
    assert class_code(COVER, CodeForm.TWO_THREE_FIVE) == "01010"
    outcome = take_components(city, cover(), form=CodeForm.TWO_THREE_FIVE)
    assert [found.rule for found in outcome.findings] == ["component.class_unknown"]
    assert outcome.written
    assert Component.objects.get().class_code == "01010"


def test_components_lie_in_their_cell_and_what_is_wrong_is_told(city: City) -> None:
    take_cells(city, square(A, 112.85), square(B, 112.86))
    wrong = take_components(
        city,
        cover(BGID=B),
        cover("1"),
        cover("1101010101000001"),
        cover(),
        cover("1405020101000002", ObjState="坏"),
        cover("1405020101000003", ORDate="昨天"),
        feature({"ObjID": "1405020101000004"}, "Polygon", []),
    )
    assert [(found.row, found.rule) for found in wrong.findings] == [
        (1, "component.other_cell"),
        (2, "component.code_form"),
        (3, "component.other_district"),
        (4, "component.twice"),
        (5, "word.unknown"),
        (6, "device.day_form"),
        (7, "component.no_point"),
    ]
    assert not wrong.written
    sound = take_components(city, cover(ObjState="破损", ORDate="20240305", BGID=A))
    assert (sound.new, sound.written) == (1, True)
    held = Component.objects.select_related("cell").get()
    assert held.cell is not None
    assert (held.cell.code, held.state, str(held.recorded_on)) == (A, "damaged", "2024-03-05")
    assert take_components(city, cover(ObjState="破损", ORDate="20240305", BGID=A)).unchanged == 1


def file_cover(city: City, longitude: float | None = 112.855, component: str = "") -> Case:
    told = filing.Filing(
        new_id(),
        "0101",
        "cover gone",
        ClassKind.COMPONENT,
        component,
        longitude=longitude,
        latitude=None if longitude is None else 35.505,
    )
    return filing.file_case(city.people["intake_clerk"], told)


def test_a_case_finds_its_cell_and_component_and_goes_to_whoever_keeps_it(city: City) -> None:
    take_cells(city, square(A, 112.85, organisation="CG-APPEARANCE"))
    take_components(city, cover())
    case = file_cover(city, 112.85505)
    assert case.component is not None
    assert case.cell is not None
    assert (case.component.code, case.cell.code) == (COVER, A)
    suggestion = queries.suggested_department(case)
    assert suggestion.department == city.company
    assert [code for code, _ in suggestion.reasons] == [
        "suggestion.component",
        "suggestion.class_other",
        "suggestion.cell_other",
    ]
    assert nearest(112.8560, 35.505, "0101", 20.0) is None


def test_a_case_about_a_named_component_lies_where_that_stands(city: City) -> None:
    take_components(city, cover(DeptCode2="STRANGER"))
    case = file_cover(city, None, COVER)
    assert (case.longitude, case.latitude) == (112.855, 35.505)
    suggestion = queries.suggested_department(case)
    assert suggestion.department == city.water
    assert [code for code, _ in suggestion.reasons] == ["suggestion.component_nobody", "suggestion.class"]
    with pytest.raises(InvalidInput, match=r"case\.component_unknown"):
        file_cover(city, None, "1405020101999999")


def test_a_class_nobody_answers_for_goes_to_the_cell_s_department(city: City) -> None:
    take_cells(city, square(A, 112.85, organisation="CG-APPEARANCE"))
    told = filing.Filing(new_id(), "0408", "cable down", longitude=112.855, latitude=35.505)
    suggestion = queries.suggested_department(filing.file_case(city.people["intake_clerk"], told))
    assert suggestion.department == city.appearance
    assert [code for code, _ in suggestion.reasons] == ["suggestion.nobody", "suggestion.cell_agrees"]
