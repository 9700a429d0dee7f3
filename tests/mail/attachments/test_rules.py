"""Which files may go with a mail, and under which name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kernel.errors import Invalid
from offhook.mail.attachments.rules import (
    LARGEST_FILE,
    LONGEST_NAME,
    MOST_FILES,
    check_total,
    checked_file,
    clean_name,
)

PDF = b"%PDF-1.7 ..."
HOSTILE = st.text(st.characters() | st.sampled_from('/\\.\r\n\0\u202e\u2066:"*?<>|% '))


@given(HOSTILE)
def test_every_name_becomes_one_that_every_system_takes(name: str) -> None:
    clean = clean_name(name)

    assert 0 < len(clean) <= LONGEST_NAME
    assert clean == clean.strip(". ")
    assert not set(clean) & set('/\\<>:"|?*\r\n\0\u202e\u2066')
    assert not any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in clean)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("One-pager.pdf", "One-pager.pdf"),
        ("C:\\Users\\ada\\Préis 你好.pdf", "Préis 你好.pdf"),
        ("../../etc/passwd", "passwd"),
        ("invoice\u202efdp.exe", "invoice fdp.exe"),
        ("a\r\nBcc: all.txt", "a Bcc_ all.txt"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
    ],
)
def test_names_are_cleaned_and_keep_their_ending(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.PDF", b"\n\n" + PDF, "application/pdf"),
        ("a.png", b"\x89PNG\r\n\x1a\n.", "image/png"),
        ("a.txt", b"hello", "text/plain"),
        ("a.eml", b"From: x", "application/octet-stream"),
        ("a.docx", b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.tar.gz", b"\x1f\x8b", "application/octet-stream"),
        ("a", b"?", "application/octet-stream"),
    ],
)
def test_a_files_type_is_told_by_its_name(name: str, content: bytes, media_type: str) -> None:
    assert checked_file(name, content)[1] == media_type


@pytest.mark.parametrize(
    ("name", "content", "field", "reason"),
    [
        ("a.exe", b"x", "name", "is a program"),
        ("a.pdf.js", PDF, "name", "is a program"),
        ("a.pdf", b"MZ\x90", "name", "is a program"),
        ("a.txt", b"#!/bin/sh", "name", "is a program"),
        ("a.pdf", b"<html>", "name", "is no PDF"),
        ("a.png", b"GIF89a", "name", "is no PNG"),
        ("a.txt", b"", "body", "is empty"),
        ("a.txt", b"x" * (LARGEST_FILE + 1), "body", "more than 15 MB"),
    ],
)
def test_what_may_not_go_with_a_mail_is_refused_with_the_reason(
    name: str, content: bytes, field: str, reason: str
) -> None:
    with pytest.raises(Invalid, match=reason) as refused:
        checked_file(name, content)

    assert refused.value.fields[0].field == field


def test_too_many_files_or_too_large_ones_together_are_refused() -> None:
    check_total([1] * MOST_FILES)
    with pytest.raises(Invalid, match="11 files"):
        check_total([1] * (MOST_FILES + 1))
    with pytest.raises(Invalid, match=r"30\.0 MB together"):
        check_total([LARGEST_FILE, LARGEST_FILE])
