"""Ratios of width to height by which boards divide the pages of documents; used by media.pdf and slides.kinds.pdf.

A page with a ratio up to STRIPS is divided into strips of its full width. A page with a ratio from WHOLE on is shown
as it is. Pages with ratios between the two are slides and posters: boards show them beside the announcement's title.
An upright page is cropped to what is printed on it in such a way that its ratio does not get between the two.
"""

STRIPS = 1.5
WHOLE = 1.8
