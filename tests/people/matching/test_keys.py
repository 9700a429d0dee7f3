"""Keys outlive the process that made them: they must not change while stored ones are in use."""

import subprocess
import sys

from offhook.people import Understood
from offhook.people.matching import Record, account_keys, account_record, person_keys, person_record
from offhook.people.matching.similarity import are_nicknames, formal_name, slips, sound, street_parts

JANE = Understood(
    first_name="Jane",
    last_name="Doe",
    company_name="Acme Inc.",
    emails=("jane.doe@acme.com",),
    domain="acme.com",
    postal_code="60601",
)
PROGRAM = (
    "from offhook.people import Understood; from offhook.people.matching import *;"
    "j = Understood(first_name='Jane', last_name='Doe', company_name='Acme Inc.', emails=('jane.doe@acme.com',),"
    " domain='acme.com', postal_code='60601');"
    "print(person_keys(person_record(j)), account_keys(account_record(j)))"
)


def test_another_process_makes_the_same_keys() -> None:
    found = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == f"{person_keys(person_record(JANE))} {account_keys(account_record(JANE))}"


def test_keys_are_those_that_were_stored_before() -> None:
    assert person_keys(Record(first="ann", last="lee")) == STORED_PERSON
    assert account_keys(Record(company="acme")) == STORED_ACCOUNT


def test_names_as_people_err_in_them_share_a_key() -> None:
    def keys(first: str, last: str) -> set[int]:
        return set(person_keys(person_record(Understood(first_name=first, last_name=last))))

    assert keys("Catherine", "Smith") & keys("Kathryn", "Smyth")
    assert keys("Bob", "Miller") & keys("Robert", "Miller")
    assert keys("John", "Smith") & keys("Smith", "John")
    assert not keys("John", "Smith") & keys("Mary", "Jones")


def test_short_forms_stand_for_a_name() -> None:
    assert are_nicknames("bob", "robert")
    assert are_nicknames("bob", "rob")
    assert not are_nicknames("bob", "william")
    assert formal_name("bob") == formal_name("robert") == "robert"


def test_sounds_forgive_spelling_but_not_another_name() -> None:
    assert sound("smith") == sound("smyth")
    assert sound("philip") == sound("filip")
    assert sound("miller") != sound("baker")
    assert sound("") == ""


def test_one_swap_of_neighbours_is_one_slip() -> None:
    assert slips("2763", "2673") == 1
    assert slips("1234", "9876") == 3


def test_a_street_is_its_number_and_its_name() -> None:
    assert street_parts("1305 n hamlin ave") == ("1305", ("hamlin",))
    assert street_parts("71st street 5") == ("", ("71st", "5"))
    assert street_parts("4753 59 w washington blvd") == ("4753", ("washington",))
    assert street_parts("") == ("", ())


STORED_PERSON = (4957800415991395227, -1951652868212433813)
STORED_ACCOUNT = (-1642676079854581492, 6017743049298521827)
