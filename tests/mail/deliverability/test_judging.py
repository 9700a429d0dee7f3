"""What is published of a domain, judged: each fault in words, and what to publish instead."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from offhook.mail.deliverability.dkim import judge_dkim
from offhook.mail.deliverability.dmarc import judge_dmarc
from offhook.mail.deliverability.model import Standing
from offhook.mail.deliverability.spf import include_of, judge_spf


def texts(**records: str | tuple[str, ...]):  # a look-up
    """The DNS of these records; `_` in a name stands for a dot, `__` for itself."""
    known = {name.replace("__", "-").replace("_", ".").replace("-", "_"): told for name, told in records.items()}

    def look_up(name: str) -> tuple[str, ...]:
        told = known.get(name, ())
        return (told,) if isinstance(told, str) else told

    return look_up


def key(bits: int) -> str:
    """An RSA key as DKIM publishes it."""
    public = rsa.generate_private_key(65537, bits).public_key()
    return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@pytest.mark.parametrize(
    ("record", "standing", "told"),
    [
        ((), Standing.WARN, "does not say which servers"),
        ("v=spf1 a:smtp.acme.example -all", Standing.OK, "Published"),
        ("V=SPF1 mx ~all", Standing.OK, "Published"),
        ("v=spf10 mx ~all", Standing.WARN, "does not say which servers"),
        (("v=spf1 mx -all", "v=spf1 a -all"), Standing.FAIL, "2 SPF records"),
        ("v=spf1 mx +all", Standing.WARN, "every server in the world"),
        ("v=spf1 all", Standing.WARN, "every server in the world"),
        ("v=spf1 mx", Standing.WARN, "end it with ~all"),
        ("v=spf1 include:nowhere.example -all", Standing.FAIL, "leads to 0 SPF records"),
        ("v=spf1 include: -all", Standing.FAIL, "names no domain"),
        ("v=spf1 include:loop.example -all", Standing.FAIL, "more than 10 look-ups"),
        ("v=spf1 " + "a " * 11 + "-all", Standing.FAIL, "more than 10 look-ups"),
        ("v=spf1 include:%{i}.x.example -all", Standing.OK, "Published"),
        ("v=spf1 redirect=good.example", Standing.OK, "Published"),
    ],
)
def test_spf_is_judged_as_receivers_read_it(record: str | tuple[str, ...], standing: Standing, told: str) -> None:
    found = judge_spf(
        "acme.example",
        "smtp.acme.example",
        texts(acme_example=record, loop_example="v=spf1 include:loop.example -all", good_example="v=spf1 mx -all"),
    )

    assert (found.standing, told in found.told) == (standing, True), found.told


def test_spf_names_what_the_provider_of_the_mailbox_asks_for() -> None:
    missing = judge_spf("acme.example", "smtp.gmail.com", texts())
    other = judge_spf("acme.example", "smtp.office365.com", texts(acme_example="v=spf1 mx -all"))
    nested = judge_spf(
        "acme.example",
        "smtp.gmail.com",
        texts(
            acme_example="v=spf1 include:all.example ~all",
            all_example="v=spf1 include:_spf.google.com ~all",
            __spf_google_com="v=spf1 ip4:1.2.3.4 ~all",
        ),
    )

    assert missing.publish is not None
    assert missing.publish.value == "v=spf1 include:_spf.google.com ~all"
    assert other.publish is not None
    assert other.publish.value == "v=spf1 include:spf.protection.outlook.com mx -all"
    assert nested.standing is Standing.OK
    assert include_of("evil-gmail.com") is None


@pytest.mark.parametrize(
    ("published", "standing", "told"),
    [
        (f"v=DKIM1; k=rsa; p={key(2048)}", Standing.OK, "2048 bits"),
        (f"p={key(1024)}", Standing.WARN, "take one of 2048"),
        ("v=DKIM1; p=", Standing.FAIL, "revoked"),
        (f"v=DKIM1; p={key(2048)[:100]}", Standing.FAIL, "cut or changed"),
        ("v=DKIM1; p=n@t base64", Standing.FAIL, "cut or changed"),
        ("v=DKIM1; k=ed25519; p=" + base64.b64encode(b"k" * 32).decode(), Standing.OK, "Ed25519"),
        ("v=DKIM1; k=ed25519; p=AAAA", Standing.FAIL, "no Ed25519 key"),
        (
            "v=DKIM1; p="
            + base64.b64encode(
                ec.generate_private_key(ec.SECP256R1())
                .public_key()
                .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            ).decode(),
            Standing.FAIL,
            "not of the kind",
        ),
        ("hello", Standing.WARN, "There is no key at s1._domainkey.acme.example"),
    ],
)
def test_dkim_keys_are_judged_by_what_they_are(published: str, standing: Standing, told: str) -> None:
    found = judge_dkim("acme.example", ("s1",), {"s1": (published,)})

    assert (found.standing, told in found.told) == (standing, True), found.told


def test_an_old_key_that_nobody_named_does_no_harm_to_a_good_one() -> None:
    keys = {"old": ("v=DKIM1; p=",), "google": (f"v=DKIM1; p={key(2048)}",)}

    assert judge_dkim("acme.example", (), keys).standing is Standing.OK
    assert judge_dkim("acme.example", ("old", "google"), keys).standing is Standing.FAIL
    assert "common name" in judge_dkim("acme.example", (), {}).told


@pytest.mark.parametrize(
    ("domain", "records", "standing", "told"),
    [
        ("acme.example", {}, Standing.WARN, "not told what to do"),
        ("acme.example", {"__dmarc_acme_example": "v=DMARC1; p=none"}, Standing.OK, "watched only"),
        ("acme.example", {"__dmarc_acme_example": "v=DMARC1;p=reject"}, Standing.OK, "reject"),
        ("acme.example", {"__dmarc_acme_example": "v=DMARC1; p=perhaps"}, Standing.FAIL, "must be none"),
        ("acme.example", {"__dmarc_acme_example": ("v=DMARC1; p=none",) * 2}, Standing.FAIL, "2 DMARC records"),
        ("a.b.acme.example", {"__dmarc_acme_example": "v=DMARC1; p=none; sp=reject"}, Standing.OK, "reject"),
        ("acme.example", {"__dmarc_example": "v=DMARC1; p=reject"}, Standing.WARN, "not told what to do"),
    ],
)
def test_dmarc_is_the_domains_own_or_that_of_one_above(
    domain: str, records: dict[str, str | tuple[str, ...]], standing: Standing, told: str
) -> None:
    found = judge_dmarc(domain, texts(**records))

    assert (found.standing, told in found.told) == (standing, True), found.told
    assert (found.publish is None) == (told != "not told what to do")


@given(record=st.text(), other=st.text())
def test_whatever_is_published_is_judged_without_a_word_of_ours_going_wrong(record: str, other: str) -> None:
    for one in (record, f"v=spf1 {record}", f"v=spf1 include:{record}"):
        assert judge_spf("acme.example", "smtp.gmail.com", lambda name: (one,) if name else (other,)).told  # noqa: B023 # asked at once
    assert judge_dkim("acme.example", ("s1",), {"s1": (record, f"p={record}")}).told
    assert judge_dmarc("acme.example", lambda _: (record, f"v=DMARC1;{other}")).told
