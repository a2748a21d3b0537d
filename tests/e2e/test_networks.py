"""An import with errors: nothing changes on anybody's map until the engineer, having read the findings, publishes."""

from playwright.sync_api import Request, expect

from chengmai.access.roles import Role
from chengmai.demo.city import DATA
from chengmai.network.survey_files import pack_folder
from tests.e2e.people import Enter, Operator, Person
from tests.networks import sample


class NetworkEngineer(Person):
    """Keeps the network's data."""

    role = Role.NETWORK_ENGINEER

    def choose(self, name: str, data: bytes) -> None:
        """Lay a file ready on the page of networks."""
        self.visit("/networks")
        self.part("import-network").click()
        self.page.get_by_role("option", name="城区供水管网").click()
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        self.page.set_input_files("input[type=file]", files=[file])

    def start_import(self) -> None:
        """Import the file that lies ready, and wait for what it came to."""
        self.page.locator("form button[type=submit]").click()
        expect(self.part("import-outcome")).to_be_visible(timeout=60_000)


def test_an_open_desk_takes_over_what_an_engineer_publishes(enter: Enter) -> None:
    operator, engineer = enter(Operator, maps=True), enter(NetworkEngineer)
    shown: list[str] = []

    def note(request: Request) -> None:
        if "/tiles/JC-WATER/" in request.url:
            shown.append(request.url.split("/tiles/")[1].split("/")[1])

    operator.page.on("request", note)
    operator.watch()
    operator.waits_until(lambda: bool(shown))
    before = set(shown)

    engineer.choose("broken.inp", sample("broken.inp"))
    engineer.part("check-only").click()
    expect(engineer.part("import-outcome")).to_be_visible()
    expect(engineer.part("waiting-editions")).to_have_count(0)
    engineer.start_import()
    expect(engineer.part("waiting-editions")).to_be_visible()
    assert set(shown) == before

    engineer.part("publish").click()
    expect(engineer.part("published")).to_be_visible()
    expect(engineer.part("waiting-editions")).to_have_count(0)
    operator.waits_until(lambda: set(shown) > before)

    engineer.choose("demonstration-survey.zip", pack_folder(DATA / "survey"))
    engineer.start_import()
    operator.waits_until(lambda: {shown[-1]} == before)  # the very survey of the city again: its edition is back
