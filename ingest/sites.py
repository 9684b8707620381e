"""Where sites keep their feeds: some are known by name, the others keep them where most do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
MOST_GUESSES = 12
USUAL = ("feed", "rss", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json")
"""Names under which most programs that make sites keep their feed."""
USUAL_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/googlenews.xml")
CHANNEL = re.compile(r"UC[\w-]{22}")
NAMED_CHANNEL = re.compile(rb'"(?:channelId|externalId|browseId)":"(UC[\w-]{22})"|/channel/(UC[\w-]{22})')
SITEMAP = re.compile(r"^\s*sitemap:\s*(\S+)", re.IGNORECASE | re.MULTILINE)

MADE = (".rss", ".atom")

Keeps = Callable[[SplitResult, Sequence[str]], Iterator[str]]


def kept_by_site(url: str) -> tuple[str, ...]:
    """The feeds that a site known by name keeps for the page at `url`, best first; none for other sites."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ()
    steps = [step for step in parts.path.split("/") if step]
    keeps = next((rule for name, rule in SITES.items() if host == name or host.endswith("." + name)), _of_people)
    return tuple(dict.fromkeys(found for found in keeps(parts, steps) if found != url))


def usual_places(url: str) -> tuple[str, ...]:
    """Where most sites keep their feed: below the page itself, and below the site's front page."""
    parts = urlsplit(url)
    root, folder = f"{parts.scheme}://{parts.netloc}/", parts.path.strip("/")
    below = f"{root}{folder}/" if folder and "." not in folder.rsplit("/", 1)[-1] else root
    places = dict.fromkeys(base + name for base in (below, root) for name in USUAL)
    return tuple(place for place in places if place != url)[:MOST_GUESSES]


def channel_named(page: bytes) -> str | None:
    """The feed of the YouTube channel that a page of YouTube's belongs to."""
    found = NAMED_CHANNEL.search(page)
    return _channel((found[1] or found[2]).decode()) if found else None


def sitemaps_named(robots: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names, those of news first."""
    named = dict.fromkeys(SITEMAP.findall(robots[:500_000]))
    return tuple(sorted(named, key=lambda address: "news" not in address.lower()))


def is_youtube(url: str) -> bool:
    return (urlsplit(url).hostname or "").removeprefix("www.") in ("youtube.com", "m.youtube.com", "youtu.be")


def _channel(channel: str) -> str:
    return f"https://www.youtube.com/feeds/videos.xml?channel_id={channel}"


def _youtube(parts: SplitResult, steps: Sequence[str]) -> Iterator[str]:
    """A handle's page must be read first: it alone knows the channel."""
    playlist = parse_qs(parts.query).get("list", [""])[0]
    if playlist.startswith(("PL", "UU", "OL", "FL")):
        yield f"https://www.youtube.com/feeds/videos.xml?playlist_id={quote(playlist)}"
    if len(steps) > 1 and steps[0] == "channel" and CHANNEL.fullmatch(steps[1]):
        yield _channel(steps[1])
    if len(steps) > 1 and steps[0] == "user":
        yield f"https://www.youtube.com/feeds/videos.xml?user={quote(steps[1])}"


def _reddit(parts: SplitResult, steps: Sequence[str]) -> Iterator[str]:
    """A subreddit, a person or a thread, in the order that the address asks for."""
    if steps and not steps[-1].endswith(".rss") and steps[0] in ("r", "u", "user") and len(steps) > 1:
        yield f"https://www.reddit.com/{'/'.join(steps)}/.rss" + (f"?{parts.query}" if parts.query[:2] == "t=" else "")


def _github(_: SplitResult, steps: Sequence[str]) -> Iterator[str]:
    """A project's releases, else its tags, else its commits; a person's doings."""
    match steps:
        case [owner] if not owner.endswith(".atom"):
            yield f"https://github.com/{owner}.atom"
        case [owner, project, "commits" | "tree", *branch] if branch and not branch[-1].endswith(".atom"):
            yield f"https://github.com/{owner}/{project}/commits/{'/'.join(branch)}.atom"
        case [owner, project, *rest] if not steps[-1].endswith(".atom"):
            kinds = ("releases", "tags", "commits")
            wanted = rest[0] if rest and rest[0] in kinds else None
            for kind in sorted(kinds, key=lambda kind: kind != wanted) if wanted else kinds:
                yield f"https://github.com/{owner}/{project.removesuffix('.git')}/{kind}.atom"


def _gitlab(_: SplitResult, steps: Sequence[str]) -> Iterator[str]:
    if len(steps) > 1 and "-" not in steps:
        for kind in ("releases.atom", "tags?format=atom"):
            yield f"https://gitlab.com/{'/'.join(steps)}/-/{kind}"


def _telegram(parts: SplitResult, steps: Sequence[str]) -> Iterator[str]:
    """A channel by its name, or by one of its posts; the name may stand before the host."""
    before = (parts.hostname or "").removeprefix("www.").split(".")[:-2]
    name = before[0] if before else steps[1] if len(steps) > 1 and steps[0] == "s" else steps[0] if steps else ""
    if re.fullmatch(r"[A-Za-z]\w{3,31}", name) and name not in ("joinchat", "addstickers", "share", "proxy"):
        yield f"https://t.me/s/{name}"


def _medium(parts: SplitResult, steps: Sequence[str]) -> Iterator[str]:
    host = parts.hostname or ""
    if host.removeprefix("www.") != "medium.com":
        yield f"https://{host}/feed"
    elif steps and steps[0] != "feed":
        yield f"https://medium.com/feed/{steps[0]}"


def _bluesky(_: SplitResult, steps: Sequence[str]) -> Iterator[str]:
    if len(steps) > 1 and steps[0] == "profile":
        yield f"https://bsky.app/profile/{steps[1]}/rss"


def _substack(parts: SplitResult, steps: Sequence[str]) -> Iterator[str]:
    """A newsletter by its own host, or by the name of who writes it."""
    if (parts.hostname or "").removeprefix("www.").count(".") > 1:
        yield f"https://{parts.hostname}/feed"
    elif steps and re.fullmatch(r"@[A-Za-z0-9-]+", steps[0]):
        yield f"https://{steps[0][1:]}.substack.com/feed"


def _at(path: str) -> Keeps:
    """A site that keeps one feed for all of it, always at the same path."""

    def keeps(parts: SplitResult, _: Sequence[str]) -> Iterator[str]:
        # The name before the dot is whose site it is; the bare host is the company's own.
        if (parts.hostname or "").removeprefix("www.").count(".") > 1:
            yield f"https://{parts.hostname}{path}"

    return keeps


def _of_people(parts: SplitResult, steps: Sequence[str]) -> Iterator[str]:
    """Mastodon and its kin, on any host: people at `/@name`, also those of other hosts, and tags."""
    root = f"{parts.scheme}://{parts.netloc}"
    match steps:
        case [person, *_] if re.fullmatch(r"@[\w.-]+@[\w.-]+\.\w+", person):
            name, host = person[1:].split("@")
            yield f"https://{host}/@{name}.rss"
        case [person] | ["web", person] if re.fullmatch(r"@[\w.-]*\w", person) and not person.endswith(MADE):
            yield f"{root}/{person}.rss"
        case [person, post] if re.fullmatch(r"@[\w.-]*\w", person) and post.isdecimal():
            yield f"{root}/{person}.rss"
        case ["tags", tag] if not tag.endswith(".rss"):
            yield f"{root}/tags/{tag}.rss"


SITES: dict[str, Keeps] = {
    "youtube.com": _youtube,
    "youtu.be": _youtube,
    "reddit.com": _reddit,
    "github.com": _github,
    "gitlab.com": _gitlab,
    "t.me": _telegram,
    "telegram.me": _telegram,
    "telegram.dog": _telegram,
    "medium.com": _medium,
    "bsky.app": _bluesky,
    "substack.com": _substack,
    "wordpress.com": _at("/feed/"),
    "blogspot.com": _at("/feeds/posts/default"),
    "tumblr.com": _at("/rss"),
}
