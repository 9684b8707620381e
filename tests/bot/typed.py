"""What an operator types, and what it is tried on."""

from __future__ import annotations

import shutil
from pathlib import Path

from typer.testing import CliRunner, Result

from bot.cli import app

SEEDS = Path(__file__).parents[2] / "seeds"
PARAGRAPHS = "".join(
    f"<p>On day {day} of the works the bridge over the strait grew by {day * 3} metres, the builders say.</p>"
    for day in range(1, 16)
)
PAGE = f"""<!doctype html><html><head><title>A bridge opens</title></head><body><article><h1>A bridge opens</h1>
{PARAGRAPHS}</article></body></html>"""
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>
<item><title>First story</title><guid>1</guid><description>What happened first.</description></item>
<item><title>Second story</title><guid>2</guid><description>What happened then.</description></item>
</channel></rss>"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def an_article_file(folder: Path, name: str = "article.txt") -> Path:
    return Path(shutil.copy(SEEDS / "articles" / "014_ceasefire-prospects.txt", folder / name))
