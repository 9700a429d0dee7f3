"""The rules of mail as data: read once from `rules/ramp.toml` and `rules/tracking.toml`."""

from functools import cache

from offhook.compliance.mailing.model import MailRules, RampRule, TrackingRule
from offhook.compliance.rulebook import EVERYWHERE, read_rules


@cache
def mail_rules() -> MailRules:
    """All rules that come with Offhook. Raises `ValidationError`, naming the field, for a rule that is none."""
    ramp = sorted(read_rules("ramp", RampRule), key=lambda rule: rule.from_day)
    return MailRules(ramp=tuple(ramp), tracking=read_rules("tracking", TrackingRule))


def every_mail_rule() -> list[RampRule | TrackingRule]:
    """All rules: the steps of the ramp, then tracking by region, that for everywhere last."""
    book = mail_rules()
    by_region = sorted(book.tracking, key=lambda rule: (rule.region == EVERYWHERE, rule.region))
    return [*book.ramp, *by_region]
