"""Passwords: what is taken as it was typed, and what is refused because others would try it first."""

import pytest
from flask import Flask

from afofit.store.database import Store
from afofit.web.passwords import LEAKED, MARK_BYTES, OUR_WORDS, leaked, mark, obvious
from docs.make_leaked_passwords import marks
from tests.web import test_sign_in
from tests.web.test_clinic import BEN, invited
from tests.web.test_sign_in import EMAIL, PASSWORD, SETUP, Browser, forget_tries

service, store, browser, elsewhere = (
    test_sign_in.service,
    test_sign_in.store,
    test_sign_in.browser,
    test_sign_in.elsewhere,
)
LONG = "ünder the bridge four herons wait. Ünder the bridge four herons, 7!"
FROM_LEAKS = "1qaz2wsx3edc"
OF_THE_CLINIC = "Ada-Moreno-Foot-and-Ankle-2026"


def change(browser: Browser, new: str, old: str = PASSWORD) -> str:
    browser.get("/account/password")
    return browser.post("/account/password", password=old, new_password=new, new_password_confirm=new).text


def test_the_list_holds_what_leaked_most_often_and_nothing_twice() -> None:
    kept = LEAKED.read_bytes()
    each = [kept[at : at + MARK_BYTES] for at in range(0, len(kept), MARK_BYTES)]
    assert len(each) > 40_000
    assert each == sorted(set(each))
    for known in ("123qweasdzxc", "1qaz2wsx3edc", "qwerty123456", "leavemealone", "123456789123456789"):
        assert leaked(known)
        assert leaked(known.upper())
    for rare in (PASSWORD, LONG, "", "1qaz2wsx3edc "):
        assert not leaked(rare)


def test_the_list_is_made_of_those_that_are_long_enough() -> None:
    assert marks(["short", FROM_LEAKS, "Leave me alone", FROM_LEAKS.upper()]) == b"".join(
        sorted([mark(FROM_LEAKS), mark("leave me alone")])
    )


@pytest.mark.parametrize(
    ("password", "known", "wanted"),
    [
        ("Ada-Moreno-2026!", ("Ada Moreno, CPO", EMAIL), True),
        ("footandankle.2026", ("Foot and Ankle",), True),
        ("example.org-1234", (EMAIL,), True),
        ("AFOFIT-afofit-2026", (), True),
        ("Contrasen\u0303a-2026-x", (), True),
        ("Jose\u0301-ibañez-1234", ("José Ibañez",), True),
        ("Ada moves four herons", ("Ada Moreno, CPO",), False),
        (PASSWORD, ("Ada Moreno, CPO", EMAIL, "Foot and Ankle"), False),
        ("of it, 12 and more", ("of it",), False),
    ],
)
def test_what_everybody_in_the_clinic_knows_makes_no_password(
    password: str, known: tuple[str, ...], wanted: bool
) -> None:
    assert obvious(password, known) is wanted


@pytest.mark.parametrize("word", OUR_WORDS)
def test_no_word_of_the_trade_makes_a_password(word: str) -> None:
    assert obvious(f"{word}-{word}-1234567", ())
    assert not obvious(f"{word} four herons wait", ())


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("eleven char", "at least 12 characters"),
        (FROM_LEAKS, "leaked elsewhere"),
        (OF_THE_CLINIC, "too little is left"),
    ],
)
def test_every_page_on_which_a_password_is_chosen_has_the_same_rules(
    service: Flask, browser: Browser, bad: str, said: str
) -> None:
    assert said in change(browser, bad)
    newcomer = Browser(service.test_client())
    path = invited(browser, email=BEN)
    newcomer.get(path)
    for typed in (bad.replace("Ada-Moreno", "Ben-Okafor"),):
        answer = newcomer.post(path, password=typed)
        assert answer.status_code == 422
        assert said in answer.text
        assert f'value="{typed}"' not in answer.text


@pytest.mark.parametrize("bad", ["eleven char", FROM_LEAKS, OF_THE_CLINIC])
def test_so_has_the_first_visit(service: Flask, bad: str) -> None:
    new = Browser(service.test_client())
    new.get("/setup")
    page = new.post("/setup", **(SETUP | {"password": bad}))
    assert page.status_code == 422
    assert 'href="#password"' in page.text


@pytest.mark.parametrize("any_letters", [LONG, "            x", "aaaaaaaaaaab", "ㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐ", "x" * 128])
def test_any_letters_make_a_password_and_up_to_128(browser: Browser, any_letters: str) -> None:
    refused = "too little is left" in change(browser, any_letters)
    assert refused == (any_letters == "            x")


def test_a_password_opens_only_as_it_was_typed(browser: Browser, elsewhere: Browser, store: Store) -> None:
    change(browser, LONG)
    for other in (LONG.lower(), LONG.strip(".!"), LONG[:64], LONG + " ", " " + LONG):
        forget_tries(store)
        elsewhere.sign_in(password=other)
        assert not elsewhere.signed_in, other
    forget_tries(store)
    elsewhere.sign_in(password=LONG)
    assert elsewhere.signed_in


def test_a_new_password_needs_the_present_one(browser: Browser, elsewhere: Browser, store: Store) -> None:
    change(browser, LONG, old="wrong horse battery")
    elsewhere.sign_in(password=LONG)
    assert not elsewhere.signed_in
    forget_tries(store)
    elsewhere.sign_in()
    assert elsewhere.signed_in


@pytest.mark.parametrize("path", ["/sign-in", "/account/password", "/account/again"])
def test_a_password_is_typed_unseen_and_may_be_pasted_and_kept_by_a_manager(
    browser: Browser, elsewhere: Browser, path: str
) -> None:
    page = (elsewhere if path == "/sign-in" else browser).get(path).text
    fields = [tag for tag in page.split("<input")[1:] if "password" in tag.split(">")[0].partition("name=")[2][:14]]
    assert fields
    for field in fields:
        tag = field.split(">")[0]
        assert 'type="password"' in tag
        assert 'autocomplete="current-password"' in tag or 'autocomplete="new-password"' in tag
        assert "maxlength" not in tag
        assert "onpaste" not in tag
