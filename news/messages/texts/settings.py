"""Setting up, looks and languages, help."""

from __future__ import annotations

# Onboarding
WELCOME = "News, condensed, at your time."
WHAT_INTERESTS = "What interests you? Tap as many as you like."
NEXT = "Next ▸"
BACK = "◂ Back"
CHOOSE_ONE_FIRST = "Tap at least one topic first."
WHEN = "When would you like your digest?"
OTHER_TIME = "Other"
TYPE_TIME = "Type the time as 07:30, or several as 07:30 18:00."
WHERE = "Where are you? So that {time} is your {time}."
SHARE_LOCATION = "Share location"
OTHER_CITY = "Other city"
TYPE_TIME_AGAIN = "I don't know “{text}”. Type the time as 07:30, or several as 07:30 18:00."
TYPE_CITY = "Type the name of your city, such as Lisbon."
REPLY_TIME = "Reply to this message with the time as 07:30, or with several as 07:30 18:00."
REPLY_CITY = "Reply to this message with the name of your city, such as Lisbon."
TAP_TO_SHARE = "Tap the button below to share where you are, or type your city."
SEE_CARD = "Do you see a line above that unfolds?"
CARD_TITLE = "A richer look"
CARD_SUMMARY = "Tap here to unfold"
CARD_BODY = "So do the stories of a digest: headlines first, and the rest of those you tap."
YES_SEE = "Yes, use it"
NO_SEE = "No, keep it plain"
EVERY_DAY_AT = "Every day at {times} in {city}: {topics}."
ON_DAYS_AT = "{days} at {times} in {city}: {topics}."
HERE_IS_FIRST = "Here is your first."
ALREADY_SET = "Your news is set up."

# Look
LOOK_TITLE = "How digests look"
LOOK_CLASSIC = "Plain: for every Telegram app."
LOOK_RICH = "Rich: stories unfold in place; for Telegram apps since summer 2026."
LOOK_SET_RICH = "Digests and articles now come in the rich look. /look changes it back."
LOOK_SET_CLASSIC = "Digests and articles now come in the plain look. /look changes it."
LOOK_NAME_CLASSIC = "Plain"
LOOK_NAME_RICH = "Rich"
LOOK_NOT_HERE = "Groups and channels always get the plain look, which every app shows."

# Language
SPEAKS_TITLE = "The language I speak here"
SPEAKS_SET = "From now on I speak {language} here."
SPEAKS_UNKNOWN = "I do not speak “{text}”. Choose one of these: {languages}."
READS = "The language of stories"
READS_TOO = "Stories in {language} too"
READS_TITLE = "The language of your digests"
READS_HINT = (
    "Headlines and lines in other languages are translated by a language model into the one you choose, and say so. "
    "A translation may be wrong; articles stay as they were written."
)
READS_ANY = "As written"
READS_SET = "Stories in other languages are now shown in {language}, as soon as they are translated."
READS_OFF = "Stories are now shown in the language they were written in."
READS_NO_MODEL = (
    "Stories are shown in the language they were written in. To have them translated, whoever runs this bot can set "
    "LLM_URL to a language model."
)

# Settings and help
SETTINGS_TITLE = "Settings"
SETTING_SUBSCRIPTIONS = "What you follow"
SETTING_SCHEDULE = "Times"
SETTING_LOOK = "Look"
SETTING_LANGUAGE = "Language"
HELP = "News, condensed, at your time. This is what you can send:"
HELP_READ = "To read"
HELP_CHOOSE = "What you get"
HELP_WHEN = "When it comes"
HELP_REST = "Settings, and what is yours"
HELP_INLINE = "In any chat, type @{bot} and a few words to find a story and share it."
COMMANDS = {
    "digest": "A digest now; /digest world or /digest 3min",
    "topics": "Choose your topics",
    "search": "Search all articles",
    "article": "The full article, by its number in the latest digest",
    "full": "The full article as a file, by its number in the latest digest",
    "weights": "What your 👍 and 👎 changed, and how to undo it",
    "why": "Why a story is in your digest, or an article is not",
    "saved": "Articles you saved",
    "subscribe": "Follow a topic, a feed or words",
    "watch": "Follow a page that has no feed",
    "opml": "Your feeds as a file for other news readers; send one to follow what is in it",
    "export": "All I keep for this chat, as files",
    "alert": "Be told at once when words are in the news; your alerts and stories",
    "mute": "Keep words out of your digests",
    "unsubscribe": "Stop following something",
    "subscriptions": "What you follow, and what it brings",
    "schedule": "When digests come, and when alerts wait",
    "here": "In a topic of a group: what of your news comes there",
    "timezone": "Where you are",
    "pause": "No digests for a while, such as /pause until monday",
    "resume": "Digests again, and one that catches up",
    "look": "Plain or rich",
    "language": "The language I speak here, such as /language english, and that of stories",
    "channels": "Give a channel its own digest, and manage it from here",
    "start": "Set up, or see what is set",
    "stop": "No more digests",
    "privacy": "What I keep, and who can read it",
    "forget": "Delete all I keep for this chat",
    "help": "What you can send",
}
