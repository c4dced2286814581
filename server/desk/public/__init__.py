"""Public pages, which everybody can open without signing in: boards, items, feeds, alerts."""
