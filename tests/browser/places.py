"""Every screen of the workbench that one signs in for, each with something on it."""

from collections.abc import Mapping
from datetime import timedelta

from playwright.sync_api import APIRequestContext

from browser.hands import ask
from browser.world import World, handed_off


def every_screen(admin: APIRequestContext, world: World) -> Mapping[str, str]:
    """Furnish the organisation, as its admin, and tell the address of each screen by its name."""
    hand_off = handed_off(world)
    lead = world.leads[1].lead_id
    found = next(one for one in ask(admin, "GET", "/leads/table?limit=200")["items"] if one["id"] == str(lead))
    account = found["account"]["id"]
    person = found["person"]["id"]
    named = ask(admin, "POST", "/named-lists", {"name": "Accounts to open", "team_id": str(world.team.id)})
    ask(admin, "POST", f"/named-lists/{named['id']}/accounts", {"account_ids": [account]})
    policy = {"name": "First attempt at once", "promise": "first_attempt", "minutes": 5, "warn_minutes": 1}
    ask(admin, "POST", "/sla-policies", policy)
    of_us = {"field": "country", "is": "US"}
    ask(admin, "POST", "/routing-rules", {"name": "America", "conditions": of_us, "team_id": str(world.team.id)})
    draft = ask(admin, "POST", "/criteria/from-ready-made", {"framework": "CHAMP"})
    now = world.now()
    ask(
        admin,
        "POST",
        "/absences",
        {
            "user_id": str(world.of("rep2")),
            "starts_at": now.isoformat(),
            "ends_at": (now + timedelta(days=3)).isoformat(),
            "reason": "Holidays",
        },
    )
    ask(admin, "POST", "/tokens", {"name": "A program", "scopes": ["leads:read"]})
    of_campaign = {"campaign_id": str(world.campaign.id)}
    form = ask(admin, "POST", "/forms", {"name": "Book a demo", **of_campaign})
    hook = ask(admin, "POST", "/hooks", {"name": "Chat bot", **of_campaign})
    webhook = ask(admin, "POST", "/webhooks", {"url": "https://crm.example/offhook", "kinds": ["lead.*"]})
    shared = {"name": "First word", "is_shared": True, "variants": [{"subject": "Hello", "body": "Good day."}]}
    template = ask(admin, "POST", "/mail/templates", shared)
    steps = [{"kind": "email", "template_id": template["id"]}, {"kind": "call"}]
    cadence = ask(admin, "POST", "/cadences", {"name": "After the webinar", "draft": {"steps": steps}})
    return {
        "today": "/today",
        "leads": "/leads",
        "lead": f"/leads/{lead}",
        "calls": "/calls",
        "inbox": "/inbox",
        "hand-offs": "/hand-offs",
        "hand-off": f"/hand-offs/{hand_off}",
        "named accounts": f"/accounts?list={named['id']}",
        "all accounts": "/accounts?list=all",
        "account": f"/accounts/{account}",
        "person": f"/people/{person}",
        "campaigns": "/campaigns",
        "campaign": f"/campaigns/{world.campaign.id}",
        "responses": f"/campaigns/{world.campaign.id}/responses",
        "cadences": "/cadences",
        "cadence": f"/cadences/{cadence['id']}",
        "people in a cadence": f"/cadences/{cadence['id']}/people",
        "numbers of a cadence": f"/cadences/{cadence['id']}/numbers",
        "scoreboard": "/scoreboard",
        "SLA board": "/manager",
        "routing": "/manager/routing",
        "scoring": "/manager/scoring",
        "goals": "/manager/goals",
        "criteria": "/manager/criteria",
        "criteria builder": f"/manager/criteria/{draft['id']}",
        "own settings": "/settings/me",
        "absences": "/settings/absences",
        "users": "/settings/users",
        "teams": "/settings/teams",
        "team": f"/settings/teams/{world.team.id}",
        "organisation": "/settings/organisation",
        "telephony": "/settings/telephony",
        "calling rules": "/settings/calling",
        "mailing rules": "/settings/mailing",
        "my mailbox": "/settings/mailbox",
        "my calendar": "/settings/calendar",
        "templates": "/settings/templates",
        "template": f"/settings/templates/{template['id']}",
        "new template": "/settings/templates/new?kind=email",
        "tokens": "/settings/tokens",
        "forms": "/settings/forms",
        "form": f"/settings/forms/{form['id']}",
        "hooks": "/settings/hooks",
        "hook": f"/settings/hooks/{hook['id']}",
        "webhooks": "/settings/webhooks",
        "webhook": f"/settings/webhooks/{webhook['id']}",
        "events": "/settings/events",
    }
