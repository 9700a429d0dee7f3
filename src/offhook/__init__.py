"""Offhook: from campaign responder to documented hand-off, in one open system.

The packages below are feature slices; ARCHITECTURE.md is their map.
"""

__version__ = "0.1.0"
