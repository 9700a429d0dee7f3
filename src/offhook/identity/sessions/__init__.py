"""Signing in on screen: sessions in a cookie, second factors, invitations and resets.

A session is a cookie with a random secret, ended by time, by its user or by an admin. The first factor is a
password, the second a one-time password, a passkey or a recovery code; whoever tries too often has to wait.
"""
