"""How each user likes the workbench: saved views of its tables, and preferences.

A view keeps filters, sort and columns of one screen under a name, for oneself or for everybody. Preferences are
one row a user: language, theme, density.
"""

from offhook.views.model import Density, Language, Preferences, Theme, View
from offhook.views.service import (
    change_view,
    preferences,
    remove_view,
    save_view,
    set_preferences,
    view,
    views_page,
)

__all__ = [
    "Density",
    "Language",
    "Preferences",
    "Theme",
    "View",
    "change_view",
    "preferences",
    "remove_view",
    "save_view",
    "set_preferences",
    "view",
    "views_page",
]
