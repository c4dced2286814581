"""What public boards show, as Atom and JSON feeds; used by desk.public.feeds and worker.deliveries.

    scopes -> live_items (store -> FeedItem) -> atom, json_feed -> feed_files (bytes) -> kept_files

Only `live_items` decides what is public, so nothing else can be in one of the files and not in the others.
"""
