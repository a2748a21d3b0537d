"""What the doors of the grid and of components take and give; coordinates are degrees."""

from datetime import date

from ninja import Field, Schema

from chengmai.assets.models import CodeForm, ComponentState


class ComponentFilter(Schema):
    """Which components: with a text in code, name or departments, in a state, in a grid cell."""

    q: str = Field("", max_length=64)
    state: ComponentState | None = None
    cell: str = Field("", max_length=15)
    skip: int = Field(0, ge=0)
    limit: int = Field(100, ge=1, le=500)


class ComponentOut(Schema):
    """A component with who is in charge of, owns and maintains it, code and name each."""

    code: str
    form: CodeForm
    class_code: str
    class_zh: str
    class_en: str
    name: str
    charge: str
    owner: str
    maintainer: str
    cell: str | None
    state: ComponentState
    recorded_on: date | None
    changed_on: date | None
    source: str
    accuracy: str
    longitude: float
    latitude: float


class ComponentPage(Schema):
    """A page of components by code, and how many there are."""

    items: list[ComponentOut]
    total: int
