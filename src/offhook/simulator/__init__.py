"""The generated organisation of `make demo`: a believable sales floor with months of history.

`world` makes up companies, people and what they send (pure, seeded, with the mess of real lists). `play` lets a
team work them day by day through the same use cases as everybody, under a clock of its own. Nothing is written
past the use cases, so what the demo shows is what the product does.
"""
