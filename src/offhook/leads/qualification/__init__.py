"""Qualification: criteria agreed with sales, answers with evidence, and the verdict they come to."""
