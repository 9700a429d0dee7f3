"""The page of all that was sent, as a browser asks for it."""

import re
from html import unescape
from itertools import count
from urllib.parse import urljoin

import httpx
import pytest

from offhook.postoffice import Manner, PostOffice
from postoffice.customer import Customer, a_mail, somebody

SCRIPT = "<script>alert(1)</script>"
_numbers = count()


@pytest.fixture
def browser(office: PostOffice) -> httpx.Client:
    """A browser at the page."""
    return httpx.Client(base_url=office.address, follow_redirects=True)


def something_new() -> str:
    """A subject that no other test has."""
    return f"Pistons {next(_numbers)}!"


def opened(browser: httpx.Client, subject: str) -> httpx.Response:
    """The page of the mail of this subject, come to by its link."""
    line = re.search(rf'<a href="([^"]+)">{re.escape(subject)}', browser.get("/").text)
    assert line, f"no line of {subject}"
    return browser.get(urljoin(str(browser.base_url), unescape(line[1])))


def test_the_page_shows_what_was_sent_to_whom_and_what_they_do(ann: Customer, browser: httpx.Client) -> None:
    sent = ann.write(somebody(Manner.NOT_NOW), something_new(), "Do you build pistons?")
    everything = browser.get("/").text
    assert somebody(Manner.NOT_NOW) in everything
    assert "answer: not now" in everything
    page = opened(browser, sent["Subject"])
    assert "Do you build pistons?" in page.text
    assert unescape(page.text).count(sent["Message-ID"]) == 1


def test_what_came_back_is_shown_as_such_and_nobody_answers_it(ann: Customer, browser: httpx.Client) -> None:
    sent = ann.write(somebody(Manner.GONE), something_new())
    page = opened(browser, sent["Subject"])
    assert "it came back" in browser.get("/").text
    assert "<form" not in page.text


def test_mail_among_colleagues_is_not_shown(ann: Customer, bo: Customer, browser: httpx.Client) -> None:
    sent = ann.write(bo.account, something_new())
    bo.await_mail(sent["Subject"])
    assert sent["Subject"] not in browser.get("/").text


def test_hostile_text_is_shown_and_does_nothing(ann: Customer, browser: httpx.Client) -> None:
    subject = something_new()
    mail = a_mail(ann.account, somebody(Manner.SILENT), f"{subject} {SCRIPT}", f"{SCRIPT} </pre>")
    mail.replace_header("From", f'"{SCRIPT}" <{ann.account}>')
    mail.add_alternative(f'<p>Hello</p>{SCRIPT}<img src="http://tracker.example/1.gif">"><b>', subtype="html")
    mail["X-Odd"] = SCRIPT
    ann.hand_in(mail, somebody(Manner.SILENT))
    for page in (browser.get("/"), opened(browser, subject)):
        assert "<script" not in page.text
        assert SCRIPT in unescape(page.text)
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "script-src" not in policy
    assert "<iframe sandbox title" in page.text
    assert "<img" not in page.text


def test_an_address_of_odd_letters_has_its_page(ann: Customer, browser: httpx.Client) -> None:
    sent = ann.write("a/b?c=d#e%2f&x@odd.example", something_new(), "For the odd one.")
    assert "For the odd one." in opened(browser, sent["Subject"]).text


def test_an_answer_written_there_comes_into_the_thread(ann: Customer, browser: httpx.Client) -> None:
    sent = ann.write(somebody(Manner.SILENT), something_new())
    address = opened(browser, sent["Subject"]).url
    assert browser.post(address, data={"words": "Yes, gladly. Ünïcode!"}).status_code == 200
    answer = ann.await_mail(f"Re: {sent['Subject']}")
    assert answer["In-Reply-To"] == sent["Message-ID"]
    assert "Yes, gladly. Ünïcode!" in answer.get_content()


def test_no_other_site_writes_answers_or_reads_on(ann: Customer, browser: httpx.Client) -> None:
    sent = ann.write(somebody(Manner.SILENT), something_new())
    address = opened(browser, sent["Subject"]).url
    refused = browser.post(address, data={"words": "Forged"}, headers={"sec-fetch-site": "cross-site"})
    assert refused.status_code == 403
    assert browser.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("key", "of"),
    [("none", "nobody@prospects.example"), ("../../users", "ann@offhook.example"), ("x", "../../etc")],
)
def test_what_is_not_there_is_not_found(browser: httpx.Client, key: str, of: str) -> None:
    assert browser.get("/mail", params={"address": of, "key": key}).status_code == 404
    assert browser.post("/mail", params={"address": of, "key": key}, data={"words": "x"}).status_code == 404
