"""Digest authentication, against the examples of the RFCs and against itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.voice.sip.digest import (
    HASHES,
    Challenge,
    Login,
    authorise,
    challenge_value,
    choose_challenge,
    is_authorised,
    parse_fields,
)
from offhook.voice.sip.errors import Malformed

RFC_7616 = {
    "MD5": "8ca523f5e9506fed4657c9700eebdbec",
    "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
}
"""RFC 7616 section 3.9.1."""


@pytest.mark.parametrize(("algorithm", "response"), RFC_7616.items())
def test_the_example_of_rfc_7616(algorithm: str, response: str) -> None:
    challenge = Challenge(
        "http-auth@example.org",
        "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        algorithm,
        opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
    )
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"

    value = authorise(
        challenge, Login("Mufasa", "Circle of Life"), "GET", "/dir/index.html", count=1, cnonce=cnonce
    )

    assert parse_fields(value)["response"] == response


def test_the_example_of_rfc_2617_without_qop_is_answered_in_the_old_way() -> None:
    challenge = Challenge("testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", qop=False)

    value = authorise(challenge, Login("Mufasa", "Circle Of Life"), "GET", "/dir/index.html", count=1, cnonce="x")

    fields = parse_fields(value)
    assert fields["response"] == "670fd8c2df070c60b045671b8b24ff02"
    assert "qop" not in fields
    assert "nc" not in fields


def test_the_topmost_challenge_that_we_know_is_answered() -> None:
    values = [
        'Basic realm="r"',
        'Digest realm="r", nonce="1", algorithm=NEW-512, qop="auth"',
        'Digest realm="r", nonce="2", algorithm=SHA-256, qop="auth-int"',
        'Digest realm="r", nonce="3", algorithm=SHA-256, qop="auth,auth-int"',
        'Digest realm="r", nonce="4", algorithm=MD5',
    ]

    chosen = choose_challenge(values)

    assert chosen is not None
    assert (chosen.nonce, chosen.algorithm) == ("3", "SHA-256")
    assert choose_challenge(values[:2]) is None


@given(
    st.text(max_size=12),
    st.text(max_size=12),
    st.sampled_from(["", *(name.upper() for name in HASHES), *(f"{name}-sess" for name in HASHES)]),
    st.booleans(),
    st.integers(1, 2**31),
)
def test_what_we_send_we_would_accept_and_nothing_else(
    username: str, password: str, algorithm: str, qop: bool, count: int
) -> None:
    challenge = Challenge("realm", "nonce", algorithm, qop)
    login = Login(username, password)
    value = authorise(challenge, login, "INVITE", "sip:a@b", count=count, cnonce="c")

    assert is_authorised(value, challenge, login, "INVITE")
    assert not is_authorised(value, challenge, Login(username, password + "x"), "INVITE")
    assert not is_authorised(value, challenge, login, "BYE")
    assert not is_authorised(value, Challenge("realm", "other", algorithm, qop), login, "INVITE")
    if qop:
        assert not is_authorised(value, challenge, login, "INVITE", count_seen=count)


WORDS = st.text(min_size=1, max_size=9)
ALGORITHMS = st.sampled_from(["MD5", "SHA-256"])


@given(st.builds(Challenge, WORDS, WORDS, ALGORITHMS, st.booleans(), st.text(max_size=9), st.booleans()))
def test_a_challenge_is_written_and_read_again(challenge: Challenge) -> None:
    assert choose_challenge([challenge_value(challenge)]) == challenge


@pytest.mark.parametrize("value", ["Basic x", 'Digest realm="open', ""])
def test_other_schemes_are_our_own_error(value: str) -> None:
    with pytest.raises(Malformed):
        parse_fields(value)
