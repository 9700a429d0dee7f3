"""Speed, measured: each module answers one promise with figures, all taken within one run.

A bench works in a scratch installation of its own (embedded PostgreSQL in a temporary folder), so that it
touches nobody's data and always measures the same thing. Figures are ratios wherever that can be, because
machines differ and ratios less so.
"""
