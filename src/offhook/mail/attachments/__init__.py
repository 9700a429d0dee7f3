"""Files that go with mails: sent in first, kept in the object store, named by the mails that they go with."""
