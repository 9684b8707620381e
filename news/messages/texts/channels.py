"""Channels, managed from the private chats of those who may post there."""

from __future__ import annotations

FOR_CHANNEL = "For {channel}"
READ_WHOLE = "Read it all"
BACK_TO_OWN = "◂ Back to my own digest"
OWN_DIGEST = "My own digest"
CHANNELS_TITLE = "Your channels"
CHANNELS_HINT = (
    "Tap one, and what you send here is about it until you go back to your own digest. Another channel? Add me there "
    "as an administrator who may post messages, or forward me one of its posts."
)
NO_CHANNELS = (
    "To give a channel its own digest, add me there as an administrator who may post messages. "
    "Where I am one already, forward me one of its posts."
)
ADD_TO_CHANNEL = "Add me to a channel"
CHANNEL_READY = (
    "I can post news in {channel} now. Nothing is posted until you say what and when: you set it up here, and its "
    "readers see none of that."
)
SET_CHANNEL_UP = "Set it up"
CHANNEL_CANNOT_POST = (
    "I am in {channel}, but may not post there. Make me an administrator who may post messages; what is set up is kept."
)
CHANNEL_LOST = (
    "I am not in {channel} any more, so nothing is posted there. What was set up is kept: add me again as an "
    "administrator who may post messages, and it goes on."
)
CHANNEL_NOT_MINE = (
    "I am no administrator of {channel}. Make me one who may post there; what is set up is kept. "
    "/channels leads back to your own digest."
)
CHANNEL_NOT_YOURS = (
    "Only administrators of {channel} who may post there can change its news. Nothing was changed; "
    "what you send is about your own digest."
)
CHANNEL_UNKNOWN = "I keep nothing of that channel. /channels shows yours."
THAT_CHANNEL = "that channel"
ABOUT_OWN = "What you send is about your own digest again."
IN_CHANNEL = "The news of this channel is set up by its administrators, in a private chat with me."
POST_PREVIEW = "This is what would be posted now. Its links work once it is posted."
POST_NOTHING = "Nothing is new since the last post, so nothing would be posted now."
POST_NOW = "Post it now"
POSTED = "It is on its way to the channel."
POST_GONE = "This link is from a post that is not kept here any more, or not posted yet."
NOTHING_POSTED = "/digest shows what would be posted now, and posts it if you like."
SEND_TIME = "Send the time as /schedule 07:30, or several as /schedule 07:30 18:00."
SEND_CITY = "Send /timezone and the name of your city, such as /timezone Lisbon."
FORGOTTEN_CHANNEL = (
    "All I kept for {channel} is deleted, and nothing more is posted there. To begin anew, forward me one of its posts."
)
