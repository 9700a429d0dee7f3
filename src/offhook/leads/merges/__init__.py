"""What follows when two persons or accounts turn out to be one: their leads and responses come together."""
