"""What an article says, what was thought of it, and why it was told."""

from __future__ import annotations

# The article
ORIGINAL = "Original ↗"
RELATED = "Related"
SAVE = "Save"
SAVED = "Saved ✓"
PAGE_OF = "{page} of {pages}"
ONLY_TEASER = "This site gives only a teaser; the full text is at the original."
PICTURE_BY = "Picture: {credit}"
NO_SUCH_NUMBER = (
    "Your latest digest has no story {number}. It has one story.",
    "Your latest digest has no story {number}. It has stories 1 to {n}.",
)
NO_SUCH_NUMBER_THERE = (
    "That digest has no story {number}. It has one story.",
    "That digest has no story {number}. It has stories 1 to {n}.",
)
ARTICLE_GONE = "This article is not kept here any more."
NO_DIGEST_YET = "There is no digest here yet. Send /digest to get one now."
RELATED_TO = "Related to “{headline}”"
SAME_TOPIC = "On the same topic"
NOTHING_RELATED = "No other article tells of this."
ARTICLE_USAGE = "Which story? Send /article and its number in the latest digest, such as /article 2."
AS_FILE = "As a file"
FULL_CAPTION = "The whole article, to keep, to pass on or to read offline."
FULL_USAGE = "Which story? Send /full and its number in the latest digest, such as /full 2."

# Votes
UP = "👍"
DOWN = "👎"
VOTED_FOR = "A little more of {what} from now on."
VOTED_AGAINST = "A little less of {what} from now on."
VOTE_TAKEN_BACK = "Taken back: as if you had not voted."
NOTHING_TO_WEIGH = "This article has no topic and no source, so a vote would change nothing."

MUCH_MORE_OF = "much more of {what}"
MORE_OF = "more of {what}"
A_LITTLE_MORE_OF = "a little more of {what}"
A_LITTLE_LESS_OF = "a little less of {what}"
LESS_OF = "less of {what}"
MUCH_LESS_OF = "much less of {what}"
WEIGHTS_TITLE = "What your votes ask for"
WEIGHTS_HINT = "Their stories move up or down in your digests; none is kept out. Tap to undo."
NO_WEIGHTS = "No votes count here yet. Open a story and tap 👍 or 👎 for more, or less, like it."
WEIGHT_UNDONE = "{what} counts as any other again."
FORGET_ALL = "Forget all"
WEIGHTS_FORGOTTEN = "All votes are forgotten."

# Why
WHY = "Why"
WHY_TOLD = "Why this is story {number} of your digest of {when}"
WHY_ALERTED = "Why this is story {number} of your alert of {when}"
WHY_AT_ONCE = "Why you were told this at once, {when}"
WHY_ALERT = "{what} is an alert of yours, and this matches."
WHY_STORY = "You follow this story, and this says something new of it."
WHY_WAS_STORY = "You followed this story then, and this says something new of it."
WHY_WAS_ALERT = "{what} brought it, which was an alert of yours then."
WHY_NOT_TOLD = "Why this is not in your digest of {when}"
WHY_TOPIC = "You follow {what}, and this is filed there."
WHY_FEED = "You follow {what}, which brought it."
WHY_WORDS = "You follow {what}, and this matches."
WHY_FOLLOWED_THEN = "{what} brought it, which you followed then."
WHY_WAS_ASKED = "You asked for {what}, and this is filed there."
WHY_SOURCES = ("One source tells its story.", "{n} independent sources tell its story.")
WHY_AGE = ("First seen {n} hour before that digest.", "First seen {n} hours before that digest.")
WHY_FRESH = "First seen within the hour before that digest."
WHY_VOTES = "Your votes asked for {what}."
WHY_TRANSLATED = "Its lines here are translated from {language}; the article is as it was written."
WHY_BEHIND_MORE = (
    "{n} story came before it, so it is behind More.",
    "{n} stories came before it, so it is behind More.",
)
WHY_OTHER_ARTICLE = "The digest tells it by another article, “{headline}”."
WHY_NOTHING_NEW = "This article came after that digest. A story that was told comes back only with something new."
WHY_TOLD_ONCE = "It was told then; a newer digest tells it again only with something new."
WHY_COPY = "The text is a copy of another source’s, so it counts as no source of its own."
WHY_SCORE = "Score {score} = {factors}"
WHY_FIT = "{n} for how well it fits"
WHY_BY_SOURCES = "{n} for its sources"
WHY_BY_AGE = "{n} for its age"
WHY_BY_VOTES = "{n} for your votes"
WHY_FULL = (
    "The digest was full: this came to place {place}, and {n} story fits.",
    "The digest was full: this came to place {place}, and {n} stories fit.",
)
WHY_FURTHER = (
    "The digest was full: at least {n} story came before this one.",
    "The digest was full: at least {n} stories came before this one.",
)
WHY_LATER = "It came in after that digest was made."
WHY_MUTED = "{what} is muted, and that keeps it out. /subscriptions shows what you muted."
WHY_ASKED = "You asked for {what} alone, and this is not filed there."
WHY_UNFOLLOWED = "It is filed on {topics}, which you do not follow, and none of your feeds or words brings it."
WHY_UNFILED = "It is filed on no topic, and none of your feeds or words brings it."
WHY_SINCE = "{what} would bring it, but you follow that only since {when}."
WHY_OLD = "It was first seen {when}, and that digest looked back no further than {since}."
WHY_UNCLEAR = "No reason was kept, and nothing you mute keeps it out now."
WHY_UNKNOWN = (
    "I know no article at this address. No feed of yours brought it, it repeats an article that was here before, "
    "or its time here is over. To follow its site, send /subscribe and the address."
)
WHY_USAGE = "Which story? Send /why and its number in the latest digest, such as /why 2, or the address of an article."

# Saved
SAVED_TITLE = ("{n} saved article", "{n} saved articles")
NOTHING_SAVED = "Nothing saved yet. Open an article and tap Save."
