"""What a build makes besides packing files: the manual pages, from the commands, into ``share/man/man1``."""

import os
import sys
import time
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManualPages(BuildHookInterface[Any]):
    """Writes the pages into ``build/man``; an editable install has none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the pages; of the day that ``SOURCE_DATE_EPOCH`` says, so that a build can be repeated."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from ordercli.cli.man import pages

        day = time.strftime("%Y-%m-%d", time.gmtime(float(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
        folder = root / "build" / "man"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages(day):
            (folder / name).write_text(text, encoding="utf-8")
            build_data["shared_data"][str(folder / name)] = f"share/man/man1/{name}"
