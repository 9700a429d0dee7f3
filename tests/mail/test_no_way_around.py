"""No mail reaches a server without the policy's leave: it is given in one place, and asked for in one."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import Mock

import pytest

import offhook
from mail.messages.test_composing import a_mail
from offhook.compliance import MailPermit
from offhook.kernel.errors import Forbidden
from offhook.kernel.ids import new_id
from offhook.mail.mailboxes.model import Security, Server
from offhook.mail.messages.composing import compose
from offhook.mail.messages.handing_over import hand_over

SOURCE = Path(offhook.__file__).parent
SPEAKS = {"sendmail", "send_message", "data", "rcpt", "docmd"}
"""What of `smtplib` hands a mail, or names who gets one."""


def calls_of(*names: str) -> set[str]:
    """The modules in which something of these names is called, as a function, class or method."""
    return {str(path.relative_to(SOURCE)) for path, called in _called() if called in names}


def _called() -> Iterator[tuple[Path, str]]:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = node.func
                yield path, called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def importing(name: str) -> set[str]:
    """The modules that import this one."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if name in names:
                found.add(str(path.relative_to(SOURCE)))
    return found


def test_leave_is_given_by_the_policy_alone() -> None:
    assert calls_of("MailPermit") == {"compliance/mailing/verdicts.py"}


def test_the_policy_is_asked_where_mails_are_sent_and_nowhere_past_it() -> None:
    assert calls_of("permit_sending") == {"mail/messages/permitting.py"}
    assert calls_of("hand_over") == {"mail/messages/sending.py"}


def test_smtp_is_spoken_in_one_place_and_a_check_names_nobody_but_oneself() -> None:
    speaking = {"mail/mailboxes/connecting.py", "mail/mailboxes/checking.py", "mail/messages/handing_over.py"}
    assert importing("smtplib") - {"mail/messages/sending.py"} <= speaking
    assert importing("aiosmtplib") == set()
    assert {one for one in calls_of(*SPEAKS) if one.startswith("mail/")} <= speaking


@pytest.mark.parametrize("wrong", ["mail", "address"])
def test_leave_for_one_mail_sends_no_other(wrong: str) -> None:
    mail = a_mail(dated_at=datetime(2026, 3, 2, 9, tzinfo=UTC))
    permit = MailPermit(new_id(), mail.id, mail.to_address, datetime(2026, 3, 2, 9, tzinfo=UTC))
    other = (
        replace(permit, mail_id=new_id()) if wrong == "mail" else replace(permit, address="bob@engines.example")
    )
    smtp = Mock()
    server = Server("smtp.acme.example", 587, Security.STARTTLS)

    with pytest.raises(Forbidden):
        hand_over(smtp, server, mail, compose(mail), other, Mock())
    assert smtp.mock_calls == []
