"""Templates and snippets: what reps write again and again, with places for what differs.

A template is written in a small, safe part of Liquid (`language.py`) and rendered for a lead into a subject, a
plain text and HTML (`rendering.py`). It belongs to whoever made it, or is shared with the organisation.
"""

from offhook.mail.templates.model import Template, TemplateKind, Variant
from offhook.mail.templates.rendering import Mail, Rendered
from offhook.mail.templates.service import (
    VariantTold,
    add_template,
    change_template,
    preview,
    template,
    templates_page,
)
from offhook.mail.templates.values import values_of_lead

__all__ = [
    "Mail",
    "Rendered",
    "Template",
    "TemplateKind",
    "Variant",
    "VariantTold",
    "add_template",
    "change_template",
    "preview",
    "template",
    "templates_page",
    "values_of_lead",
]
