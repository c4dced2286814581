"""Helpers that keep gevent's event loop responsive: database threads, lag measurement, rate and process limits."""
