"""What is said when something is wrong."""

from __future__ import annotations

OLD_BUTTON = "This button is from an older message. Send /digest for today's news."
ONLY_ADMINISTRATORS = "Only administrators of this group can change its news. You can read everything here."
UNKNOWN_COMMAND = "I don't know that command. /help shows what you can send."
UNKNOWN_COMMAND_NEAR = "I don't know that command. Did you mean /{near}? /help shows what you can send."
THREAD_GONE = "The topic your digests went to is closed or gone. Send /schedule where they should come from now on."
TRY_LATER = "That did not work just now. Please try again in a minute."
NOT_SHOWN = "Telegram could not change this message just now. Please try again in a minute."
IS_STOPPED = "Your digests are stopped. Send /start to go on."
SEND_HELP = "Send /digest for news now, /search and a few words to find a story, or /help."
