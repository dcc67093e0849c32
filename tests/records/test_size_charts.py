"""A clinic's size charts, from the page or the file to the fittings held against them and back to a file."""

import io
import re
from typing import Any

import pytest
from sqlalchemy import event

from afofit.fitting.chart_check import checked
from afofit.fitting.chart_file import built_in, read_csv, read_toml, toml_document
from afofit.store import charts
from tests.fitting.test_chart_file import FULL, GOOD, HEAD
from tests.pdf.reading import text_of
from tests.records.conftest import Browser, Clinic

Json = dict[str, Any]
FITS_E1 = GOOD.replace("[9, 10]", "[10, 11]").replace('[10, "open"]', '[11, "open"]').replace("[8, 11]", "[11, 13]")
"""E1: US men 10.5 over the brace, a foot of 270 mm (10.6 in): the first row as far as the shoe goes, changed below."""
TYPED = {
    "maker": "Nobody", "model": "Typed", "version": "2", "design": "posterior_leaf_spring", "worn": "inside",
    "side": "either", "grade": "D", "weight_limit": "110", "units.length": "mm", "units.mass": "kg",
    "source.document": "made up", "source.page": "3", "source.address": "none", "source.licence": "none",
    "source.date": "2026-11-01", "recheck": "true", "invented": "true", "measures": ["foot_length", "shoe_eu"],
    "sizes.0.size": "S", "sizes.0.foot_length": "240-260", "sizes.0.shoe_eu": "38 to 41",
    "sizes.1.size": "M", "sizes.1.foot_length": "260+", "sizes.1.shoe_eu": "41-44,5",
}  # fmt: skip


@pytest.fixture
def kind() -> str:
    """What the database itself does stands in the tests of the store: here one is enough."""
    return "sqlite"


@pytest.fixture
def orthotist(clinic: Clinic) -> Browser:
    return clinic.browser()


def send(browser: Browser, text: str, kind: str = "toml") -> Any:
    browser.get("/charts/upload")
    return browser.post("/charts/upload", text=text, kind=kind)


def kept(browser: Browser, text: str, kind: str = "toml") -> str:
    answer = send(browser, text, kind)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def documents(clinic: Clinic) -> list[Json]:
    with clinic.store.reading(clinic.orthotist) as desk:
        return [one.document for one in charts.listed(desk)]


def test_a_file_is_kept_shown_and_written_as_it_was(clinic: Clinic, orthotist: Browser) -> None:
    address = kept(orthotist, FULL)
    page = orthotist.get(address).text
    for said in ("=Nobody, &#34;quoted&#34;", "Revision 1 of", "Kept by Olga of North", "127 mm to 165 mm", "5-6.5 in"):
        assert said in page, said
    assert read_toml(orthotist.get(f"{address}/chart.toml").text) == read_toml(FULL)
    written = orthotist.get(f"{address}/chart.csv")
    assert read_csv(written.text) == (read_toml(FULL),)
    assert "attachment" in written.headers["Content-Disposition"]
    assert read_csv(orthotist.get("/charts/own.csv").text) == (read_toml(FULL),)
    assert documents(clinic) == [toml_document(FULL)]


def test_a_file_itself_is_read_by_its_name(clinic: Clinic, orthotist: Browser) -> None:
    rows = (
        HEAD
        + "\n"
        + "".join(
            f"Nobody,{model},1,solid,inside,either,D,true,110,mm,kg,x,1,none,none,2026-11-01,S,5-8,,220-240\n"
            for model in ("A", "B")
        )
    )
    orthotist.get("/charts/upload")
    file = (io.BytesIO(b"\xef\xbb\xbf" + rows.encode()), "Charts.CSV")
    assert orthotist.post("/charts/upload", file=file).headers["Location"] == "/charts"
    page = orthotist.get("/charts").text
    assert page.count("Revision 1 of “Nobody") == 2
    orthotist.get("/charts/upload")
    refused = orthotist.post("/charts/upload", file=(io.BytesIO(b"maker = \xff"), "x.toml"))
    assert (refused.status_code, "x.toml is not UTF-8: byte 9 cannot be read" in refused.text) == (422, True)


def test_a_broken_file_is_told_whole_nothing_is_kept_and_nothing_is_lost(clinic: Clinic, orthotist: Browser) -> None:
    broken = GOOD.replace("[5, 8]", "[8, 5]").replace('page = "1"\n', "")
    answer = send(orthotist, broken)
    assert answer.status_code == 422
    assert "There are 2 problems" in answer.text
    for said in ("Line 15, column 1: “page” is missing.", "Line 23, column 15: “shoe_us_men” is [8, 5]"):
        assert said in answer.text, said
    shown = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)
    assert shown is not None
    assert shown[1].replace("&#34;", '"') == broken
    assert documents(clinic) == []
    two = (
        HEAD
        + "\nNobody,A,1,solid,inside,either,D,true,110,mm,kg,x,1,none,none,2026-11-01,S,5-8,,220-240"
        + "\n,B,,,,,,,,,,,,,,,S,x,,\n"
    )
    assert send(orthotist, two, "csv").status_code == 422
    assert documents(clinic) == []


@pytest.mark.parametrize("name", ["charts.xlsx", "charts", "../../charts.toml.zip", "{name.__class__}.exe"])
def test_a_file_whose_name_ends_otherwise_is_not_read(clinic: Clinic, orthotist: Browser, name: str) -> None:
    orthotist.get("/charts/upload")
    refused = orthotist.post("/charts/upload", kind="toml", file=(io.BytesIO(GOOD.encode()), name))
    assert refused.status_code == 422
    assert f"{name} is no file of charts" in refused.text
    assert documents(clinic) == []


def test_a_text_is_of_the_kind_that_was_said_and_must_be_one(clinic: Clinic, orthotist: Browser) -> None:
    orthotist.get("/charts/upload")
    refused = orthotist.post("/charts/upload", kind="csv", file=(io.BytesIO(GOOD.encode()), "chart.txt"))
    assert refused.status_code == 422, "TOML is no CSV, whatever is said"
    assert documents(clinic) == []
    orthotist.get("/charts/upload")
    orthotist.post("/charts/upload", kind="toml", file=(io.BytesIO(GOOD.encode()), "chart.txt"))
    assert len(documents(clinic)) == 1


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("", "toml", "Choose a file, or paste its text."),
        (GOOD, "", "Say whether it is TOML or CSV"),
        (GOOD, "csv", "Line 1, column 1: “maker = &#34;Nobody&#34;” is not known here."),
        ("\x00", "csv", "Line 1, column 1"),
    ],
)
def test_what_is_no_chart_is_refused(orthotist: Browser, text: str, kind: str, said: str) -> None:
    answer = send(orthotist, text, kind)
    assert (answer.status_code, said in answer.text) == (422, True), answer.text


def test_a_chart_is_typed_in(clinic: Clinic, orthotist: Browser) -> None:
    orthotist.get("/charts/new")
    answer = orthotist.post("/charts/new", **TYPED)
    assert answer.status_code == 303, answer.text
    (document,) = documents(clinic)
    assert document["sizes"] == [
        {"size": "S", "shoe_eu": [38, 41], "foot_length": [240, 260]},
        {"size": "M", "shoe_eu": [41, 44.5], "foot_length": [260, "open"]},
    ]
    assert checked(document).product.invented
    form = orthotist.get(f"/charts/new?from={answer.headers['Location'].rpartition('/')[2]}").text
    for name, value in TYPED.items():
        if name not in ("measures", "design", "worn", "side", "grade", "units.length", "units.mass"):
            said = value.replace(" to ", "-").replace(",", ".")
            assert re.search(rf'name="{re.escape(name)}"[^>]*value="{re.escape(said)}"', form), name
    assert re.search(r'value="posterior_leaf_spring" selected', form)


def test_rows_and_columns_are_added_by_buttons_and_nothing_is_lost(clinic: Clinic, orthotist: Browser) -> None:
    orthotist.get("/charts/new")
    page = orthotist.post("/charts/new", press="row", **TYPED).text
    assert 'id="sizes.3.foot_length"' in page
    assert 'id="sizes.4.foot_length"' not in page
    page = orthotist.post("/charts/new", press="columns", **TYPED | {"measures": ["brace_height"]}).text
    assert 'id="sizes.0.brace_height"' in page
    assert 'name="sizes.0.foot_length" type="text" value="240-260"' in page
    assert 'id="parts.0.measure"' in orthotist.post("/charts/new", press="part", **TYPED).text
    assert documents(clinic) == []


def test_what_was_typed_wrong_is_said_at_its_field(clinic: Clinic, orthotist: Browser) -> None:
    orthotist.get("/charts/new")
    wrong = TYPED | {
        "maker": "", "source.date": "yesterday", "sizes.1.size": "", "sizes.1.foot_length": "", "sizes.1.shoe_eu": "",
        "sizes.2.size": "S", "sizes.2.foot_length": "1,200", "weight_limit": "heavy", "grade": "",
    }  # fmt: skip
    answer = orthotist.post("/charts/new", **wrong)
    assert answer.status_code == 422
    for name, said in (
        ("maker", "“Maker” is missing."),
        ("source.date", "“date” is yesterday, not a date."),
        ("sizes.2.foot_length", "Row 3: “foot length” is 1,200, not a range."),
        ("weight_limit", "“Weight limit of the size” is heavy, not a number above 0"),
        ("grade", "“Evidence” is missing."),
    ):
        assert f'<a href="#{name}">' in answer.text, name
        assert answer.text.count(said) == 2, said
    assert 'value="heavy"' in answer.text
    assert documents(clinic) == []


def test_nothing_typed_says_everything_that_is_needed(orthotist: Browser) -> None:
    orthotist.get("/charts/new")
    answer = orthotist.post("/charts/new")
    assert answer.status_code == 422
    ids = set(re.findall(r' id="([^"]+)"', answer.text))
    assert set(re.findall(r'<li><a href="#([^"]+)">', answer.text)) <= ids
    assert answer.text.count('<li><a href="#') == 13  # 7 of the product, 5 of the source, the sizes


def test_a_fitting_is_held_against_the_charts_in_use_and_keeps_what_it_was_held_against(
    clinic: Clinic, orthotist: Browser, asked: Json
) -> None:
    client, key = clinic.app.test_client(), clinic.key()

    def stock(record: Json) -> dict[str, Json]:
        return {f"{one['maker']} {one['model']}": one for one in record["limbs"]["right"]["stock"]}

    address = kept(orthotist, GOOD)
    first = client.post("/api/v1/fittings", json=asked, headers=key).get_json()
    one = stock(first)["Nobody Invented"]
    # E1: 10.5 over the brace lies in 8 to 11, 270 mm are 10.6 in and above 10: the second row.
    assert (one["status"], one["sizes"], one["revision"]) == ("match", ["M"], 1)
    kept(orthotist, GOOD.replace('size = "M"', 'size = "Grande"'))
    orthotist.post("/charts/built-in/turbomed-xtern-summit/switch", on="no")
    second = client.post("/api/v1/fittings", json=asked, headers=key).get_json()
    assert (stock(second)["Nobody Invented"]["sizes"], stock(second)["Nobody Invented"]["revision"]) == (["Grande"], 2)
    assert "Turbomed Orthotics XTERN SUMMIT" not in stock(second)
    assert len(stock(first)) == len(stock(second)) + 1 == len(built_in()) + 1
    orthotist.get(address)
    for record, size in ((first, "M"), (second, "Grande")):
        assert client.get(record["links"]["self"], headers=key).get_json()["limbs"] == record["limbs"]
        assert client.get(record["links"]["recompute"], headers=key).get_json()["same"] is True
        page = orthotist.get(f"/fittings/{record['id']}").text
        assert f'<b translate="no">{size}</b>' in page
        sheet = " ".join(text_of(client.get(record["links"]["sheet"], headers=key).data).split())
        assert f"Nobody Invented: size {size}. Fits." in sheet
    assert "Nobody" not in client.post("/api/v1/fittings/preview", json=asked).text


def test_a_fitting_asks_the_database_no_more_often_for_charts_of_the_clinic(
    clinic: Clinic, orthotist: Browser, asked: Json
) -> None:
    client, key = clinic.app.test_client(), clinic.key()

    def statements() -> int:
        seen: list[str] = []
        engines = (clinic.store.engine, clinic.store._writing)
        for engine in engines:
            event.listen(engine, "before_cursor_execute", lambda *said: seen.append(said[2]))
        assert client.post("/api/v1/fittings", json=asked, headers=key).status_code == 201
        for engine in engines:
            engine.dispatch.before_cursor_execute.clear()
        return len(seen)

    before = [statements() for _ in range(4)][-1]
    kept(orthotist, GOOD)
    once = statements()
    assert (once - before, statements() - before) == (2, 0)


def test_a_change_says_which_charts_are_others(clinic: Clinic, orthotist: Browser, asked: Json) -> None:
    client, key = clinic.app.test_client(), clinic.key()
    kept(orthotist, GOOD)
    first = client.post("/api/v1/fittings", json=asked, headers=key).get_json()
    kept(orthotist, GOOD.replace('version = "1"', 'version = "2"'))
    second = client.post(first["links"]["revise"], json=asked, headers=key).get_json()
    assert [(one["label"], one["before"], one["after"]) for one in second["changes"]] == [
        (
            "Size charts",
            "Nobody Invented, Version of the chart: 1; revision 1 of this clinic",
            "Nobody Invented, Version of the chart: 2; revision 2 of this clinic",
        )
    ]


def test_the_live_check_names_what_may_fit(orthotist: Browser, asked: Json) -> None:
    from afofit.web.fill import flatten

    kept(orthotist, GOOD)
    fields = flatten(asked) | {"clinic": ["x"]}
    page = orthotist.post("/fittings/preview", **fields).text
    assert "Nobody Invented" in page
    assert "size M" in page
    del fields["clinic"]
    assert "Nobody" not in orthotist.post("/fittings/preview", **fields).text


def test_charts_are_withdrawn_and_those_of_the_program_left_out(clinic: Clinic, orthotist: Browser) -> None:
    address = kept(orthotist, GOOD)
    orthotist.get(address)
    assert orthotist.post(f"{address}/withdraw").status_code == 303
    assert "Not in use<" in orthotist.get(address).text
    assert orthotist.post(f"{address}/withdraw").status_code == 409
    administrator = clinic.browser(clinic.administrator)
    summit = "/charts/built-in/turbomed-xtern-summit"
    assert "Leave this chart out" in administrator.get(summit).text
    assert administrator.post(f"{summit}/switch", on="no").status_code == 303
    assert "Use this chart again" in administrator.get(summit).text
    administrator.post(f"{summit}/switch", on="yes")
    assert "Leave this chart out" in administrator.get(summit).text
    assert administrator.get("/charts/built-in/none").status_code == 404
    entries = administrator.get("/clinic/audit?kind=size+chart").text
    for said in ("Size chart kept", "Size chart withdrawn", "Size chart of the program left out"):
        assert said in entries, said
    assert f'href="{address}"' in entries


def test_a_chart_of_the_program_is_written_as_a_file_and_started_from(orthotist: Browser) -> None:
    summit = next(one for one in built_in() if one.product.model == "XTERN SUMMIT")
    path = "/charts/built-in/turbomed-xtern-summit/chart"
    assert read_toml(orthotist.get(f"{path}.toml").text) == summit
    assert read_csv(orthotist.get(f"{path}.csv").text) == (summit,)
    assert 'value="XTERN SUMMIT"' in orthotist.get("/charts/new?from=turbomed-xtern-summit").text
    assert orthotist.get("/charts/new?from=nothing").status_code == 404


def test_another_clinic_meets_nothing(clinic: Clinic, other_clinic: Clinic, orthotist: Browser) -> None:
    address = kept(orthotist, GOOD)
    stranger = other_clinic.browser()
    assert "Nobody" not in stranger.get("/charts").text
    for path in (address, f"{address}/chart.toml", f"/charts/new?from={address.rpartition('/')[2]}"):
        assert stranger.get(path).status_code == 404, path
    assert stranger.post(f"{address}/withdraw").status_code == 404
    assert "Nobody" not in stranger.get("/charts/own.csv").text


def test_what_a_chart_says_is_only_text(clinic: Clinic, orthotist: Browser, asked: Json) -> None:
    hostile = '\\"><script>alert(1)</script>{{ 7 * 7 }}'
    address = kept(
        orthotist,
        GOOD.replace('"Nobody"', f'"{hostile}"')
        .replace('size = "M"', f'size = "{hostile}"')
        .replace('address = "none"', 'address = "javascript:alert(1)"'),
    )
    record = clinic.app.test_client().post("/api/v1/fittings", json=asked, headers=clinic.key()).get_json()
    for path in (address, "/charts", f"/charts/new?from={address.rpartition('/')[2]}", f"/fittings/{record['id']}"):
        page = orthotist.get(path).text
        assert "<script>alert" not in page
        assert "49" not in page.replace("&#34;&gt;&lt;script", "") or "{{ 7 * 7 }}" in page
        assert 'href="javascript' not in page


def test_two_who_keep_the_same_chart_at_once_lose_nothing(
    clinic: Clinic, orthotist: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "MOST_IN_USE", 0)
    answer = send(orthotist, GOOD)
    assert answer.status_code == 409
    assert "At most 0 charts can be in use" in answer.text
    assert "maker = &#34;Nobody&#34;" in answer.text
    orthotist.get("/charts/new")
    typed = orthotist.post("/charts/new", **TYPED)
    assert (typed.status_code, 'value="240-260"' in typed.text) == (409, True)
