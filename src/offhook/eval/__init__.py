"""Eval: how good what Offhook decides is.

Identity resolution is judged on labelled files beside a known library in the same run, answering-machine detection
on generated calls.
"""
