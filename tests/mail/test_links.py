"""Addresses that mails carry: nobody makes one, guesses one, or changes where one leads."""

import base64
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from mail.messages.test_composing import a_mail
from offhook.kernel.ids import new_id
from offhook.mail.links import Links, MailNamed
from offhook.mail.messages.dressing import dress
from offhook.mail.tracking.rewriting import with_followed_links, with_last

LINKS = Links("https://offhook.acme.example/", "a secret")
NAMED = MailNamed(new_id(), new_id())
URL = "https://acme.example/pricing?plan=team&from=mail#top"


def token_of(url: str) -> str:
    """The signed part of an address."""
    return urlsplit(url).path.rpartition("/")[2].removesuffix(".gif")


def test_each_kind_is_read_again_and_none_for_another() -> None:
    way_out, pixel = token_of(LINKS.way_out(NAMED)), token_of(LINKS.pixel(NAMED))
    followed = LINKS.followed(NAMED, URL)

    assert LINKS.read_way_out(way_out) == NAMED
    assert LINKS.read_pixel(pixel) == NAMED
    assert parse_qs(urlsplit(followed).query)["to"] == [URL]
    assert LINKS.read_followed(token_of(followed), URL) == NAMED
    assert LINKS.read_way_out(pixel) is None, "who can see a picture cannot unsubscribe somebody"
    assert LINKS.read_pixel(way_out) is None
    assert LINKS.read_way_out(token_of(followed)) is None
    assert Links("https://offhook.acme.example", "another secret").read_way_out(way_out) is None


@given(changed=st.text())
def test_a_link_leads_nowhere_else(changed: str) -> None:
    token = token_of(LINKS.followed(NAMED, URL))

    assert LINKS.read_followed(token, changed) == (NAMED if changed == URL else None)
    assert LINKS.read_followed(token, URL + changed) == (None if changed else NAMED)


@given(place=st.integers(0, 47), bit=st.integers(0, 7))
def test_no_bit_of_a_token_can_be_changed(place: int, bit: int) -> None:
    told = bytearray(base64.urlsafe_b64decode(token_of(LINKS.way_out(NAMED))))
    told[place] ^= 1 << bit

    assert LINKS.read_way_out(base64.urlsafe_b64encode(bytes(told)).decode()) is None


@given(token=st.text())
def test_what_is_no_token_is_none(token: str) -> None:
    assert LINKS.read_way_out(token) is None
    assert LINKS.read_followed(token, URL) is None


@given(st.text(st.sampled_from("<>a href='\"=/:!-&\n\r\t\0x?.")))
def test_html_without_links_to_the_web_stays_as_it_is_and_nothing_is_lost(html: str) -> None:
    seen: list[str] = []

    def noted(url: str) -> str:
        seen.append(url)
        return url

    changed = with_followed_links(html, noted)

    if not seen:
        assert changed == html


def test_links_to_the_web_lead_by_way_of_us_and_all_else_stays() -> None:
    html = (
        '<p title="<a href=https://no.example>">Hi <b>Ada</b>,</p>\n'
        '<a class=x href="https://a.example/?a=1&amp;b=2">one</a>'
        "<a HREF='http://b.example'>two</a><A href=https://c.example/c>three</A>"
        '<!-- <a href="https://d.example"> -->'
        '<a href="mailto:ada@a.example">m</a><a href="tel:+1">t</a><a href="#x">x</a>'
        '<a href="javascript:alert(1)">j</a><a href="https://a.example/\nb">odd</a>'
    )
    seen: list[str] = []

    def followed(url: str) -> str:
        seen.append(url)
        return f"https://us.example/?n={len(seen)}&x"

    changed = with_followed_links(html, followed)

    assert seen == ["https://a.example/?a=1&b=2", "http://b.example", "https://c.example/c"]
    assert '<a class=x href="https://us.example/?n=1&amp;x">one</a>' in changed
    assert '<a HREF="https://us.example/?n=2&amp;x">two</a>' in changed
    assert '<A href="https://us.example/?n=3&amp;x">three</A>' in changed
    for same in ("mailto:ada@a.example", "tel:+1", 'href="#x"', "javascript:alert(1)", "d.example", "no.example"):
        assert same in changed


def test_a_piece_stands_at_the_end_of_the_body() -> None:
    assert with_last("<html><body><p>Hi</p></BODY ></html>", "<i>") == "<html><body><p>Hi</p><i></BODY ></html>"
    assert with_last("<p>Hi</p>", "<i>") == "<p>Hi</p><i>"


def test_a_plain_mail_by_hand_is_dressed_in_nothing() -> None:
    mail = a_mail(body_html='<a href="https://a.example">a</a>')

    dressed = dress(mail, new_id(), LINKS, for_reader=True)

    assert (dressed.mail, dressed.headers) == (mail, {})


def test_the_senders_own_copy_tells_nothing_of_its_sender() -> None:
    mail = a_mail(
        body_html='<a href="https://a.example">a</a>',
        tracks_opens=True,
        tracks_clicks=True,
        has_way_out=True,
        footer="No <more>?",
        language="es",
    )
    out = dress(mail, new_id(), LINKS, for_reader=True)
    kept = dress(mail, new_id(), LINKS, for_reader=False)

    assert "/m/o/" in (out.mail.body_html or "")
    assert "/m/c/" in (out.mail.body_html or "")
    assert "/m/o/" not in (kept.mail.body_html or "")
    assert "/m/c/" not in (kept.mail.body_html or "")
    for one in (out, kept):
        assert "No &lt;more&gt;?" in (one.mail.body_html or "")
        assert "No <more>?\nDarse de baja: https://offhook.acme.example/m/u/" in one.mail.body_text
        assert one.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "https://a.example" not in out.mail.body_text, "links of the text part stay as they are written"
