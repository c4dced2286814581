"""What the public boards show, for other programs: feeds, calendars, open data, oEmbed and a widget for web pages.

    content.public_feeds (store -> FeedItem, feeds) -> calendar_file, open_data, embed_views (bytes) -> answers

Only `content.public_feeds.live_items` decides which items are public, so all these files contain the same ones.
"""
