"""Makes Atom and JSON feeds of what public boards show; used by desk.public.feeds and worker.deliveries.

    scopes -> live_items (store -> FeedItem) -> atom, json_feed -> feed_files (bytes) -> kept_files

Only `live_items` decides what is public, so no file can contain an item that another file must not contain.
"""
