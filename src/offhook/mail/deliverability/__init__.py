"""Whether receivers can trust mail of our domains: what is published in the DNS for them, and what should be.

`spf.py`, `dkim.py` and `dmarc.py` judge what was found, pure; `asking.py` asks the DNS; `examining.py` puts both
together for a domain. Shown by `offhook doctor`, over the API and on screen.
"""
