"""Our SIP user agent: a sans-IO endpoint (`endpoint.py`) and its asyncio driver (`driver.py`)."""
