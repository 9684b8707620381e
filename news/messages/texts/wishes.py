"""What is said about what a chat follows and mutes."""

from __future__ import annotations

# The topics of seeds/topics.toml; one that an operator adds is called as its file calls it.
TOPIC_NAMES = {
    "world": "World",
    "politics": "Politics",
    "business": "Business",
    "science": "Science",
    "technology": "Technology",
    "health": "Health",
    "sport": "Sport",
    "culture": "Culture",
    "environment": "Environment",
}

TOPICS_TITLE = "Your topics"
TOPICS_HINT = "Tap to follow or unfollow."
SUBSCRIPTIONS_TITLE = "What you follow"
FOLLOW_NOTHING = "You follow nothing yet. Tap Topics, or send /subscribe and a topic, a feed's address or words."
IN_A_WEEK = ("Last 7 days: {n} article, {says}", "Last 7 days: {n} articles, {says}")
OF_A_WEEK = ("Of {n} article in the last 7 days:", "Of {n} articles in the last 7 days:")
MATCH = ("{n} matches, {rate}", "{n} match, {rate}")
NONE_MATCH = "none match"
A_DAY = ("about {n} a day", "about {n} a day")
LESS_THAN_ONE_A_DAY = "less than one a day"
SUBSCRIBED = "You now follow {what}. {brings}."
SUBSCRIBED_FEED = "You now follow {what}. Its first articles come with its next refresh, within minutes."
ALREADY_FOLLOWED = "You already follow {what}."
UNSUBSCRIBED = "You no longer follow {what}."
NOT_FOLLOWED = "You do not follow “{what}”. Send /subscriptions to see what you follow."
SUBSCRIBE_USAGE = (
    "What would you like to follow? Send /subscribe and a topic, the address of a feed or site, or words, such as "
    '/subscribe science or /subscribe "solar power". Filters such as "solar power" -nuclear lang:en work too.'
)
NO_FEED_AT = "{site} has no feed that I can find. I can watch the page itself: /watch {site}"
SEVERAL_FEEDS = "{site} lists several feeds. Which would you like?"
NO_LONGER_LISTED = "{site} does not list its feeds any more. Send its address again."
WATCH_USAGE = (
    "Which page would you like to watch? Send /watch and the address of a page that has no feed, such as "
    "/watch example.org/news. If you know CSS, say what on it: /watch example.org/news main .headline a"
)
WATCH_HAS_FEED = "{site} has a feed, so there is no need to watch the page. Send /subscribe {site} to follow it."
WATCH_NO_LIST = (
    "I see no list of news at {site}. Say what to watch by a CSS selector, such as /watch {site} main .headline a"
)
WATCH_TITLE = "This is what I would watch at {site}:"
WATCH_SELECTOR = "Found by {selector}"
AND_MORE = "… and {n} more"
WATCH_THIS = "Watch this"
WATCH_OTHER = "Another list"
UNKNOWN_DIGEST = (
    "I don't know the topic “{word}”. Send /digest alone, or with a topic or a time, "
    "such as /digest world or /digest 3min."
)
TOO_LONG_WISH = "That is too long to follow. Use at most {most} characters."
TOO_MANY = "You follow {most} things, which is the most. Stop one with /unsubscribe first."
FEED_NAME = "feed {name}"
WORDS_NAME = "“{words}”"
MUTE_NAME = "muted {what}"
MUTED = "{what} is muted, and your digests leave it out. {keeps}."
ARE_KEPT_OUT = ("{n} kept out", "{n} kept out")
NONE_KEPT_OUT = "none kept out"
ALREADY_MUTED = "{what} is muted already."
UNMUTED = "{what} is no longer muted."
MUTE_USAGE = (
    "What should your digests leave out? Send /mute and words, such as /mute football or "
    '/mute "transfer window" -women.'
)
UNCLEAR = "{why} {place}"
IT_BRINGS = "It brings {them}."
IT_KEEPS_OUT = "It keeps out {them}."
SUCH_AS = "Such as:"
BUT_NOT_SUCH_AS = "But not:"
UNDO = "Undo"
FOLLOW_THIS = "Follow {what}?"
MUTE_THIS = "Keep {what} out of your digests?"
ALERT_THIS = "Be told of {what} at once?"
FOLLOW_IT = "Follow"
MUTE_IT = "Keep out"
ALERT_IT = "Tell me"
LEAVE_IT = "Leave it"
NOTHING_CHANGED = "Nothing was changed."
WISH_GONE = "I no longer see what you sent for this. Send it again."
NO_SUCH_TOPIC = "There is no topic “{word}” (/topics shows them all), so this looks for it in every article."
NO_SUCH_TOPIC_NEAR = (
    "There is no topic “{word}”, so this looks for it in every article. For the topic {near}, send /subscribe {near}."
)
NOTHING_TO_TRY_ON = "No article has come in these days, so there was nothing to try it on."
WANTS_NOTHING = "As nothing matches, look at the spelling; it may also just be rare."
BRINGS_NEARLY_ALL = "That is nearly everything there is."
MUTES_NEARLY_ALL = "Your digests would be left with next to nothing."
ALERTS_OF_NEARLY_ALL = "That is nearly everything there is: you would be told all day long."
ALERT_COMES = "Each would come at once."
ALERT_WAITS = "Each would come at once, and between {since} and {until} wait."
READ_AS_TEXT = "Read {small} as plain text"
READ_AS_SIGNS = "Read {small} as {large}"
OPML_USAGE = "I can read lists of feeds: send me the OPML file that another news reader exports. /opml gives you yours."
OPML_TOO_LARGE = "This file is too large for a list of feeds. Send a smaller one."
OPML_NOTHING = "You follow no feeds by themselves yet. Send /subscribe and the address of one, or an OPML file."
OPML_TITLE = "Feeds"
OPML_CAPTION = (
    "{n} feed you follow. Other news readers can import this file, and so can I.",
    "{n} feeds you follow. Other news readers can import this file, and so can I.",
)
EXPORT_CAPTION = (
    "What I keep for this chat: its settings, times, what it follows and mutes, alerts and stories, the digests it was "
    "sent, saved articles, where you stopped reading, and weights."
)
OPML_FOLLOWED = (
    "You now follow {n} feed of this list. /subscriptions shows what it brings.",
    "You now follow {n} feeds of this list. /subscriptions shows what they bring.",
)
OPML_KNOWN = ("{n} you followed already.", "{n} you followed already.")
OPML_ALL_KNOWN = (
    "You follow the {n} feed of this list already.",
    "You follow all {n} feeds of this list already.",
)
OPML_LEFT = (
    "{n} is left out, since {most} things are the most that can be followed.",
    "{n} are left out, since {most} things are the most that can be followed.",
)
NOT_READABLE = "not readable since {when}. {why} The next try is {next}."
GONE_SINCE = "gone since {when}"
OF_TOPIC = "In {topic}, {feed}: {why}"
NOTHING_SINCE = "nothing new since {when}"
NOT_READ_YET = "not read yet"
MOVED_TO = "it seems to have moved to {site}"
USE_INSTEAD = "⇢ {site}"
FOLLOWED_INSTEAD = "You now follow {what} instead of {gone}."
TOPICS = "Topics"
