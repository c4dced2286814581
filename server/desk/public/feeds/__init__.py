"""What the public boards show, for other programs: feeds, calendars, open data, oEmbed and a widget for web pages.

    live_items (store -> FeedItem) -> atom, json_feed, calendar_file, open_data, embed_views (bytes) -> answers

Only `live_items` decides which items are public, so all these files contain the same ones.
"""
