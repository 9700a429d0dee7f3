"""The virtual post office: mail servers on this machine for demonstrations, whose people write back as people do.

It takes mail from the accounts it was opened with (`submission.py`) and lets them read what comes back by IMAP
(`reading.py`: Dovecot). All other addresses are people: what each does with a mail follows from their address
(`answering.py`). Whatever was sent can be seen on a page (`page.py`). Nothing leaves the machine. It knows the
kernel and no slice.
"""

from offhook.postoffice.answering import Manner, Reaction, manner_of, reaction_to
from offhook.postoffice.certificate import trusting
from offhook.postoffice.office import PostOffice, missing

__all__ = ["Manner", "PostOffice", "Reaction", "manner_of", "missing", "reaction_to", "trusting"]
