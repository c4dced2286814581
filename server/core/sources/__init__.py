"""Rules of sources: condition, slugs, when to fetch, approval of stories, which stories report the same event."""
