"""The database: column types, engine, unit of work, and the wall between tenants."""
