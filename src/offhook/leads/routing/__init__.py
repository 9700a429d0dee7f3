"""Routing: which rep gets a lead, which AE a hand-off, and why; every choice is explained on the lead."""
