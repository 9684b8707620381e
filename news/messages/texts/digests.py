"""What digests and alerts say."""

from __future__ import annotations

# How a row of names or facts, and a sentence, are written
ROW = "{first}, {rest}"
SENTENCE = "{said}."

# The digest
STORIES = ("{n} story", "{n} stories")
STORIES_OF = ("{some} of {n} story", "{some} of {n} stories")
MINUTES = ("about {n} minute", "about {n} minutes")
SOURCES = ("{n} source", "{n} sources")
CORRECTIONS = "Corrections"
NOW_READS = "“{was}” now reads “{headline}”."
TAKEN_BACK = "“{was}” was taken back by its publisher."
BY_SOURCE = "{low} to {high} {noun}, by source"
UPDATE = "Update: new since you last read"
TRANSLATED_FROM = "translated from {language}"
NOTHING_NEW_IN = "Nothing new in {topics}."
NOTHING_NEW_SINCE = "Nothing new in {topics} since {when}."
NOTHING_NEW = "Nothing new in {topics} yet. New stories arrive as your topics publish them."
NOTHING_CHOSEN = "You have not chosen any news yet. Send /topics to choose some."
FEED_UNREADABLE = "{feed} has not been readable since {when}; /subscriptions says why."
FEEDS_UNREADABLE = (
    "{n} feed has not been readable: {feeds}; /subscriptions says why.",
    "{n} feeds have not been readable: {feeds}; /subscriptions says why.",
)
FEED_BRINGS_NOTHING = "{feed} has brought nothing new since {when}."
FEEDS_BRING_NOTHING = (
    "{n} feed has brought nothing new for longer than usual: {feeds}.",
    "{n} feeds have brought nothing new for longer than usual: {feeds}.",
)
KEPT_OUT = (
    "{n} article was left out by what you mute; /subscriptions shows what that is.",
    "{n} articles were left out by what you mute; /subscriptions shows what that is.",
)
ALL = "All"
MORE = "More ▾"
BACK_TO_TOP = "▴ Top"
SETTINGS = "Settings"
YOUR_NEWS = "your news"
REPEAT = "↻ possible repeat"

# Times. The patterns are those of Unicode's locale data (CLDR): EEEE is Saturday, d 2, MMMM November, MMM Nov.
LONG_DAY = "EEEE, d MMMM"
LONG_DAY_OF_YEAR = "EEEE, d MMMM y"
SHORT_DAY = "d MMM"
SHORT_DAY_OF_YEAR = "d MMM y"
CLOCK = "HH:mm"
DAY_AT = "{day}, {time}"
JUST_NOW = "just now"
MINUTES_AGO = "{n} min ago"
HOURS_AGO = "{n} h ago"
YESTERDAY = "yesterday, {time}"
TODAY = "today, {time}"
TOMORROW = "tomorrow, {time}"

# Alerts
ALERT_TITLE = "Alert: {what}"
ALERT_REST = "More matched than is listed here; /search finds the rest."
ALERTED = "{what} is an alert now: what matches comes at once. {brings}."
ALERTED_QUIET = (
    "{what} is an alert now: what matches comes at once, and between {since} and {until} it waits. {brings}."
)
ALREADY_ALERTED = "{what} is an alert already."
ALERT_STOPPED = "{what} is no alert any more."
ALERTS_TITLE = "Your alerts"
ALERTS_AND_STORIES_TITLE = "Your alerts, and stories you follow"
ALERT_USAGE = (
    "What should come as soon as it is news? Send /alert and words, such as /alert earthquake or "
    '/alert "central bank" rate*. To hear what is new in one story, open it and tap Follow story.'
)
TOO_MANY_ALERTS = (
    "You have {most} alerts and followed stories, which is the most. Stop one first: send /alert alone to see them."
)

# Followed stories
FOLLOW_STORY = "Follow story"
FOLLOWING = "Following ✓"
STORY_FOLLOWED = (
    "What is new in this story comes at once now. You follow it for {silence} days after its last news, "
    "{most} at most; /alert shows until when."
)
STORY_UNFOLLOWED = "You no longer follow this story."
STORY_NOT_FOLLOWED = "You do not follow this story any more."
STORY_UNTIL = "{what}, until {day}"
STORIES_END = "You follow a story for {silence} days after its last news, {most} at most."
STORY_TITLE = ("New in a story you follow", "New in stories you follow")
STORY_NAME = "a story you follow"
STOP_FOLLOWING = "Stop following"
STOP_FOLLOWING_ONE = "Stop following {number}"
