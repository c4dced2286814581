"""SQL and nothing but SQL: frozen values in, frozen values out, one transaction a call."""
