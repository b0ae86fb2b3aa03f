"""Loading reference data and the demo world. The only place that acts for several organisations in one go."""
