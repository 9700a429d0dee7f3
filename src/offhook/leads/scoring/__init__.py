"""Scoring: how good a lead is (fit) and how keen (engagement, which decays), explained rule by rule."""
