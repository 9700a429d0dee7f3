"""Hand-offs: a qualified lead passed to an AE with a briefing, decided, met and confirmed; and how leads close."""
