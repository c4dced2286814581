"""Rules of text on slides: type sizes by viewing distance, widths and line breaks, division into pages, Markdown."""
