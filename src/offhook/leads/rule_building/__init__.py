"""What an editor of rules needs: what conditions may ask, and what they would hold for among recent leads."""
