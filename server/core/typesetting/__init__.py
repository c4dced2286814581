"""Type sizes by viewing distance, text widths and lines, pages, and Markdown."""
