"""Calls: signalling (SIP), media (rooms and legs), recording, and the softphone's back end.

A call is a pure state machine over legs and the places where they are (`calls/`); the exchange (`exchange/`)
carries out what it decides through two interfaces, `SignallingPort` and `MediaEngine`. No leg reaches the network
without a permit of `offhook.compliance`.
"""
