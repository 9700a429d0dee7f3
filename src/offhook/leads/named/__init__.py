"""Named accounts: target lists that a rep or a team is told to open, how far they are covered and penetrated."""
