"""The worked examples, for tests of every floor."""

import copy
import json
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parent / "golden"
EXAMPLES: list[dict[str, Any]] = json.loads((GOLDEN / "examples.json").read_text("utf-8"))["examples"]
STORIES: list[dict[str, Any]] = json.loads((GOLDEN / "stories.json").read_text("utf-8"))["stories"]


def request_of(key: str) -> dict[str, Any]:
    """A fresh request document of an example (E1 …) or a story (S01 …)."""
    for example in EXAMPLES:
        if example["name"].startswith(f"{key} "):
            return copy.deepcopy(example["request"])
    return copy.deepcopy(next(story["request"] for story in STORIES if story["id"] == key))
