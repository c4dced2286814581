"""Ratios of width to height by which boards divide the pages of documents; used by media.pdf and slides.kinds.pdf.

Boards divide a page up to STRIPS into strips of their full width, and show a page from WHOLE on as it is. Between
them are slides and posters, which they show beside their title. An upright page is cropped to what is printed on it,
so that it is outside of that gap.
"""

STRIPS = 1.5
WHOLE = 1.8
