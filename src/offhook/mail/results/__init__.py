"""What became of a template's mails: which variant brings more replies, and whether that can be told at all."""
