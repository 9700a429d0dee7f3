"""Booking pages: public pages on which persons book a time of a host, or of one of a pool in turn.

`service.py` keeps them, `offering.py` says what is free and books it; `public.py` is what visitors see.
"""
