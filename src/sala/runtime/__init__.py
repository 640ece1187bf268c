"""./sala: the processes, the embedded PostgreSQL, first data, backup and restore."""
