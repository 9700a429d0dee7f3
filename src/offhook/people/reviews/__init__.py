"""The review list: pairs that may be one, for somebody to decide; a refusal is remembered for ever."""
