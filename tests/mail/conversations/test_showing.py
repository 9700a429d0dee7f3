"""Mails as they look, on a page on which nothing acts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.mail.conversations.showing import policy, shown


def body_of(html: str, *, with_images: bool = False) -> str:
    """What of it is shown."""
    return shown(html, with_images=with_images).page.split("<body>")[1].removesuffix("</body></html>\n")


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<iframe src='https://evil.example'></iframe>",
        "<form action='https://evil.example'><input name=password></form>",
        "<svg><script>alert(1)</script></svg>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<base href='https://evil.example/'>",
        "<link rel=stylesheet href='https://evil.example/x.css'>",
        "<p style=\"background:url('https://evil.example/x')\">x</p>",
        "<p style='position:fixed;top:0'>x</p>",
        "<style>@import 'https://evil.example/x.css'</style>",
        "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></math>",
        "</body><script>alert(1)</script>",
    ],
)
def test_nothing_that_acts_or_fetches_is_left(html: str) -> None:
    left = body_of(html).lower()
    assert not re.search(r"<\s*(script|iframe|form|input|meta|base|link|style|svg|math|object|embed)", left), left
    assert not re.search(r"\son\w+\s*=|javascript:|url\(|@import|position|evil\.example", left), left


def test_images_from_elsewhere_are_counted_and_left_out_until_asked_for() -> None:
    html = (
        '<img src="https://track.example/1.gif" alt="Logo"><img src="//track.example/2.gif">'
        '<img src="data:image/png;base64,AAAA"><img src="cid:part1"><img srcset="https://track.example/3.gif">'
    )
    blocked = shown(html, with_images=False)
    assert blocked.remote_images == 2
    assert "track.example" not in blocked.page
    assert "data:image/png" in blocked.page
    asked = shown(html, with_images=True)
    assert asked.page.count("track.example") == 2
    assert asked.remote_images == 2


def test_the_page_may_ask_nobody_for_anything_unless_images_are_wanted() -> None:
    assert "img-src data:;" in policy(with_images=False)
    assert "https:" not in policy(with_images=False)
    assert "img-src data: https: http:;" in policy(with_images=True)
    for with_images in (False, True):
        assert "default-src 'none'" in policy(with_images=with_images)
        assert "allow-scripts" not in policy(with_images=with_images)


def test_looks_are_kept() -> None:
    html = (
        '<table width="600"><tr><td style="color:#333;padding:4px"><b>Hello</b> <a href="https://a.example">x</a>'
    )
    body = body_of(html)
    assert 'style="color:#333' in body
    assert 'href="https://a.example" rel="noopener noreferrer nofollow"' in body


@given(st.text(alphabet="<>/=\"' abimgsrconerutyle:;()&#-!hp.x\x00", max_size=200))
def test_whatever_is_written_is_shown_without_a_script(html: str) -> None:
    body = body_of(html)
    assert not re.search(r"<script|<[a-z]+[^>]*\son[a-z]+=", body, re.IGNORECASE)
