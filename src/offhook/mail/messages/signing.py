"""The signature below a mail, in both of its parts. Pure.

In the plain text it stands below a line `-- ` (RFC 3676, section 4.3), by which mail programs know it.
"""

from dataclasses import replace

from offhook.mail.messages.rules import Written
from offhook.mail.templates.rendering import parts_of

DELIMITER = "-- "


def signed(written: Written, signature: str) -> Written:
    """What was written, with the signature of its mailbox below; an empty one changes nothing."""
    if not signature:
        return written
    below = parts_of(signature)
    text = f"{written.text.rstrip()}\n\n{DELIMITER}\n{below.text}"
    html = None if written.html is None else f"{written.html.rstrip()}\n<p>{DELIMITER}</p>\n{below.html}"
    return replace(written, text=text, html=html)
