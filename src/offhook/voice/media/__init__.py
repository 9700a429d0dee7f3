"""Media: the engine's interface, and Janus with rtpengine behind it."""
