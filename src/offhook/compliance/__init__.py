"""Whether somebody may be contacted, now and in this way: one policy engine, asked before every contact.

Rules are data with their source and date (`rules/`); the verdict is a pure function of what is asked, what is
known and the time. A refusal says why and until when.
"""

from offhook.compliance.model import Permit, RecordingConsent

__all__ = ["Permit", "RecordingConsent"]
