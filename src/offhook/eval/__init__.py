"""Eval: how good identity resolution is, judged on labelled files beside a known library in the same run."""
