"""What is seen of a mail at its reader's: that it was opened, which links were followed, where that may be noted.

Off unless the organisation wants it and the rules of the reader's country let it (compliance/mailing). Served by
this installation itself; links are signed, so none can be made to lead elsewhere. What programs open by themselves
is counted apart (`judging.py`).
"""
