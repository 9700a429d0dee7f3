"""What a mail carries besides what was written: the way out, in its head and below its text, and what tracks it.

Pure, by what is noted on the mail of how the policy let it be sent, so that it comes out the same each time. The
head is that of RFC 2369, section 3.2, and RFC 8058. The copy in the Sent folder is dressed without what tracks, so
that its own sender is not counted as a reader. In the text part links stay as they were written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from uuid import UUID

from offhook.compliance import WORDS
from offhook.mail.links import Links, MailNamed
from offhook.mail.messages.model import Mail
from offhook.mail.tracking.rewriting import with_followed_links, with_last

ONE_CLICK = "List-Unsubscribe=One-Click"
"""RFC 8058, section 3.1: what the head names, and what the mail program sends back."""
_PIXEL = '<img src="{url}" width="1" height="1" alt="" style="border:0">'


@dataclass(frozen=True, slots=True)
class Dressed:
    """The mail with its bodies as they go out, and what its head says besides."""

    mail: Mail
    headers: Mapping[str, str]


def dress(mail: Mail, organisation_id: UUID, links: Links, *, for_reader: bool) -> Dressed:
    """The mail as its reader gets it, or as its sender keeps it."""
    named = MailNamed(organisation_id, mail.id)
    html = mail.body_html
    if html is not None and for_reader and mail.tracks_clicks:
        html = with_followed_links(html, lambda url: links.followed(named, url))
    headers: dict[str, str] = {}
    text = mail.body_text
    if mail.has_way_out:
        way_out = links.way_out(named)
        headers = {"List-Unsubscribe": f"<{way_out}>", "List-Unsubscribe-Post": ONE_CLICK}
        if mail.footer is not None:
            text = f"{text.rstrip()}\n\n{mail.footer}\n{WORDS[mail.language].link}: {way_out}\n"
            html = with_last(html, _footer(mail.footer, WORDS[mail.language].link, way_out)) if html else html
    if html is not None and for_reader and mail.tracks_opens:
        html = with_last(html, _PIXEL.format(url=escape(links.pixel(named))))
    return Dressed(replace(mail, body_text=text, body_html=html), headers)


def _footer(words: str, link: str, way_out: str) -> str:
    told = "<br>".join(escape(line) for line in words.splitlines())
    return (
        f'<p style="color:#5c6673;font-size:12px">{told}<br><a href="{escape(way_out)}" style="color:#5c6673">'
        f"{escape(link)}</a></p>"
    )
