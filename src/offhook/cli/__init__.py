"""The `offhook` command. It mounts the commands that every slice offers and holds none of its own.

Slices define their commands in their `cli.py`; `main.py` says under which word each is found.
"""
