"""What every page shares: the outer layer, rendering, forms, errors, static files."""
