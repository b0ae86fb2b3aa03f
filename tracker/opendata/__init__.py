"""Open data: numbered releases of all that is published, their catalogue, their feeds, and the site as files."""
