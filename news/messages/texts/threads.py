"""Topics of forums, and what of the news comes where."""

from __future__ import annotations

HERE_COMES = "What comes here: {topics}"
HERE_NOTHING = "No topic of your news comes here by itself."
HERE_HINT = "Tap a topic to bring it here, or to let it come with the others again."
HERE_UNPLANNED = "No digests are planned yet; /schedule 08:00 plans one."
HERE_UNKNOWN = "I don't know all of “{text}” as topics. There are {topics}; send them as /here world science."
HERE_NO_FORUM = "This is for groups with topics: /here brings some of the news to the one where it is sent."
PLACES_ARE = "What comes to topics of its own: {topics}"
PLACES_NONE = "All your news comes together."
PLACES_HINT = (
    "Send /here in one of the group's topics to choose what comes there. It comes when the other news does, or at "
    "times of its own: those of a /schedule sent there."
)
WHERE_THEY_COME = "Where they come"
EACH_ITS_OWN = "Give each its own"
MAY_NOT_MAKE_THREADS = "I may not make topics in this group. Give me that right, or send /here in those there are."
PLACE_GONE = "What came to a topic of this group that is closed or gone comes with the others again: {topics}."
