"""How the documents in docs/ become the site in build/site: see docs/adr (the site of the documents)."""

import tomllib
from pathlib import Path

_PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = _PROJECT["name"]
release = _PROJECT["version"]
extensions = ["myst_parser"]
myst_heading_anchors = 4  # the same as GitHub's, so that links work in both places
root_doc = "index"
html_theme = "furo"
html_title = f"{project} {release}"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
suppress_warnings = ["misc.highlighting_failure"]  # no colors for crontab
nitpicky = True  # with -W no link leads nowhere
