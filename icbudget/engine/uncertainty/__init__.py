"""How sure it is: distributions and drivers, draws of the same engine, and what they come to."""
