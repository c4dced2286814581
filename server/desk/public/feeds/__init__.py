"""What the public boards show, for other programs: feeds, calendars, open data, oEmbed and a widget for web pages.

content.public_feeds (store -> FeedItem, feeds) -> calendar_file, open_data, embed_views (bytes) -> answers
"""
