"""How paper looks: sizes of letters, distances and shades, in points and parts of white, for all of it."""

MARGIN = 46.0
"""Of sheets, left, right and above."""
FOOT = 44.0
"""What stays free below, with the number of the page in it."""
LABEL_MARGIN = 14.0
"""Of labels, on all sides."""
GAP = 8.0
"""Between parts that belong together; twice as much between others."""

TITLE = 20.0
HEADING = 12.0
TEXT = 10.0
SMALL = 8.0
TINY = 6.5

BLACK, GRAY, LIGHT, PALE = 0.0, 0.4, 0.75, 0.94
"""Letters; words that only explain; rules; bands behind headings. Printers of labels know black only."""

THICK, THIN = 0.8, 0.4
"""Rules."""

LOGO_HEIGHT, LOGO_WIDTH = 44.0, 180.0
"""The most that a logo takes on a sheet."""
LABEL_LOGO_HEIGHT, LABEL_LOGO_WIDTH = 34.0, 90.0
"""The same on a label."""
