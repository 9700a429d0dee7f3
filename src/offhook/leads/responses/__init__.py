"""Responses: one person responding to one campaign once, and the lead that it opens or feeds."""
