"""What all tests share: one PostgreSQL, and a cast whose outsider tries every endpoint."""
