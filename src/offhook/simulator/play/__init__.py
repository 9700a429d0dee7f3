"""Playing history: a generated team works a generated world, day by day, through the use cases of the product."""
