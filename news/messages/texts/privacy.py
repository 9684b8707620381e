"""What is kept, and how it is deleted."""

from __future__ import annotations

# Privacy
PRIVACY_TITLE = "What I keep, and who can read it"
PRIVACY_KEPT = "Kept until you delete it"
PRIVACY_SETTINGS = "The name of this chat, its language, time zone, look and quiet hours, and when its digests come."
PRIVACY_WISHES = (
    "What you follow and mute, your alerts, stories you follow, articles you save, where you stopped reading, your "
    "votes, and which channels you manage."
)
PRIVACY_FOR_A_TIME = "Kept for a time"
PRIVACY_DIGESTS = (
    "The digests and messages I sent you: {days} days, and longer only the latest, and those whose stories go on."
)
PRIVACY_ARTICLES = "Articles: {days} days; those that somebody saved, longer."
PRIVACY_HEARD = (
    "What you send or tap: until it is answered; where I could not answer it, up to {days} days. "
    "Words you search for are not kept."
)
PRIVACY_LOGS = (
    "Where something goes wrong, the log of this bot names the chat by its number, as long as its operator keeps logs."
)
PRIVACY_WHO = "Who can read it"
PRIVACY_OPERATOR = "Whoever runs this bot can read all of it, and may have backups of it."
PRIVACY_GROUP = "In this group everyone can read its digests, its saved articles and what it follows."
PRIVACY_CHANNEL = "What is posted in the channel is for all who read it; those who may post there see what is set up."
PRIVACY_OTHERS = "No other chat can."
PRIVACY_LEAVES = "What leaves this machine"
PRIVACY_TELEGRAM = "Everything said here goes through Telegram, which keeps it by its own rules."
PRIVACY_SITES = (
    "The sites whose feeds and pages you follow, and their hubs, see that this machine reads them, not for whom."
)
PRIVACY_MODEL = (
    "Articles that every chat may read are sent to a language model, to be shortened or translated; "
    "nothing of private feeds, and nothing about you."
)
PRIVACY_NO_MODEL = "No language model is used."
PRIVACY_YOURS = "It is yours"
PRIVACY_EXPORT = "/export gives you a copy; /forget deletes all of it."

# Forget
FORGET_TITLE = "Delete all I keep for this chat?"
FORGET_WHAT = (
    "Gone will be its settings and times, what it follows and mutes, alerts and stories, saved articles, where you "
    "stopped reading, votes, and which digests it had. No more digests come."
)
FORGET_FOR_GOOD = "This cannot be undone. /export gives you a copy first."
FORGET_YES = "Delete everything"
FORGET_NO = "Keep it"
FORGET_KEPT = "Nothing was deleted."
FORGOTTEN = "All I kept for this chat is deleted. Send /start to begin anew."
NOTHING_KEPT = "I keep nothing of this chat."
