"""What was said, kept: pieces as the engine writes them, one file a call made of them, who may listen."""
