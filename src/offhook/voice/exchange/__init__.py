"""Running calls: what the machine decides is carried out by signalling and media, written down and shown."""
