"""Bounces as servers really wrote them; most are not RFC 3464."""

from pathlib import Path

from offhook.eval.bounces import judged, labelled_bounces


def test_every_address_in_real_reports_is_found_and_none_besides(test_data: Path) -> None:
    found = judged(labelled_bounces(test_data / "mail-bounces"))
    assert found.reports > 40
    assert found.recall >= 0.98, found.wrong
    assert found.precision >= 0.98, found.wrong
