"""Settings, addresses, servers: the only place that knows all apps."""
