"""Every text a person can read, in English, ready for translation.

The manner: the first line says what this is; plain words; no exclamation marks; when
something is wrong, one sentence says what is so and one says what to do. Texts are plain:
markup is added where they are used. `{names}` are filled by `Words.say`.
"""

from __future__ import annotations

# The digest
STORIES = ("{n} story", "{n} stories")
STORIES_OF = "{n} of {all} stories"
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
NOTHING_CHOSEN = "You have not chosen any news yet. Tap Topics to choose some."
FEED_UNREADABLE = "{feed} has not been readable since {when}; /subscriptions says why."
FEEDS_UNREADABLE = "{n} feeds have not been readable: {feeds}; /subscriptions says why."
FEED_BRINGS_NOTHING = "{feed} has brought nothing new since {when}."
FEEDS_BRING_NOTHING = "{n} feeds have brought nothing new for longer than usual: {feeds}."
ALL = "All"
MORE = "More ▾"
BACK_TO_TOP = "▴ Top"
SETTINGS = "Settings"
YOUR_NEWS = "your news"
REPEAT = "↻ possible repeat"

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

# Times
JUST_NOW = "just now"
MINUTES_AGO = "{n} min ago"
HOURS_AGO = "{n} h ago"
YESTERDAY = "yesterday, {time}"
TODAY = "today, {time}"
TOMORROW = "tomorrow, {time}"

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
WHY_BEHIND_MORE = "{n} stories came before it, so it is behind More."
WHY_OTHER_ARTICLE = "The digest tells it by another article, “{headline}”."
WHY_NOTHING_NEW = "This article came after that digest. A story that was told comes back only with something new."
WHY_TOLD_ONCE = "It was told then; a newer digest tells it again only with something new."
WHY_COPY = "The text is a copy of another source’s, so it counts as no source of its own."
WHY_SCORE = "Score {score} = {factors}"
WHY_FIT = "{n} for how well it fits"
WHY_BY_SOURCES = "{n} for its sources"
WHY_BY_AGE = "{n} for its age"
WHY_BY_VOTES = "{n} for your votes"
WHY_FULL = "The digest was full: this came to place {place}, and {room} stories fit."
WHY_FURTHER = "The digest was full: at least {n} stories came before this one."
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
    "or its time here is over."
)
WHY_USAGE = "Which story? Send /why and its number in the latest digest, such as /why 2, or the address of an article."

# Search
RESULTS = ("{n} result for “{words}”", "{n} results for “{words}”")
RESULTS_OVER = "Over {n} results for “{words}”"
READ_AS_WORDS = "Looked for as plain words. {why} {place}"
NOTHING_FOUND = "Nothing for “{words}”."
NOTHING_RECENT = "Nothing for “{words}” among the newest articles."
DID_YOU_MEAN = "Did you mean {word}?"
SEARCH_USAGE = "What are you looking for? Send /search and a few words, such as /search ceasefire."
ONLY_SYMBOLS = "“{words}” has no words to look for. Send /search and a few words, such as /search ceasefire."
NEWEST_FIRST = "Newest first"
BEST_FIRST = "Best first"
ONLY_TOPIC = "Only {topic}"
EVERY_TOPIC = "Every topic"
VIA = "by"

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

# Topics and subscriptions
TOPICS_TITLE = "Your topics"
TOPICS_HINT = "Tap to follow or unfollow."
SUBSCRIPTIONS_TITLE = "What you follow"
FOLLOW_NOTHING = "You follow nothing yet. Tap Topics, or send /subscribe and a topic, a feed's address or words."
WHAT_IT_BRINGS = (
    "Last 7 days: {n} article, {matching} match, {rate}",
    "Last 7 days: {n} articles, {matching} match, {rate}",
)
WHAT_BRINGS_NOTHING = ("Last 7 days: {n} article, none match", "Last 7 days: {n} articles, none match")
A_DAY = "about {n} a day"
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
WHAT_IT_KEEPS_OUT = ("Last 7 days: {n} article, {matching} kept out", "Last 7 days: {n} articles, {matching} kept out")
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
    "What I keep for this chat: its settings, times, what it follows and mutes, alerts and stories, saved articles, "
    "where you stopped reading, and weights."
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

# Schedule
SCHEDULE_TITLE = "When your digests come"
SCHEDULE_LINE = "{days} at {times}, {city} time"
NEXT_AT = "The next one comes {when}."
ZONE_UNKNOWN = "I don't know where you are, so that is UTC. Tap Time zone to tell me."
NO_SCHEDULE = "No digests are planned. Tap a time, or send /schedule 08:00."
SCHEDULE_HINT = "Tap to add or remove a time, or send /schedule 07:30 18:00 mon-fri."
UNKNOWN_TIME = "I don't know “{text}”. Send times such as /schedule 07:30 18:00, with days such as mon-fri if you like."
TOO_MANY_TIMES = "That is more than {most} times a day. Choose at most {most}."
QUIET_HOURS = "Quiet hours"
QUIET_FROM = "Quiet hours: {since} to {until}"
QUIET_NEVER = "Quiet hours: none"
QUIET_WAITS = "Alerts and stories you follow wait from {since} to {until}, {city} time."
QUIET_OFF = "Alerts and stories you follow come at any hour."
QUIET_DIGESTS = "Digests come at the times you chose."
QUIET_HINT = "Tap, or send /schedule quiet 23:00-06:30 or /schedule quiet off."
QUIET_SPAN = "{since}–{until}"
QUIET_NONE = "None"
QUIET_UNCLEAR = (
    "I don't know “{text}” as quiet hours. Send them as /schedule quiet 23:00-06:30, or /schedule quiet off for none."
)
QUIET_ALL_DAY = "From {time} to {time} is a whole day. To hear nothing for a while, send /pause."
EVERY_DAY = "Every day"
WEEKDAYS = "Monday to Friday"
WEEKEND = "Saturday and Sunday"
CHANGE_ZONE = "Time zone"
ZONE_TITLE = "Your time zone is {zone}. It is {time} there now."
ZONE_UNSET = "I don't know where you are yet, so times are in UTC."
ZONE_SET = "Your time zone is now {zone}, where it is {time}."
UNKNOWN_ZONE = "I don't know “{text}”. Try a city such as Lisbon, or a zone such as Europe/Lisbon."
STOPPED = "Stopped. Nothing more will be sent; what you set up is kept. Send /start to go on."
RESUMED = "Welcome back. Everything is as you left it."

# Pause
PAUSE_TITLE = "Pause your digests"
PAUSE_HINT = (
    "None comes meanwhile, and one catches up afterwards. Tap how long, or send it, such as /pause until monday, "
    "/pause 2 weeks or /pause until 24 december."
)
PAUSED_UNTIL = "Your digests are paused until {day}."
PAUSED_OPEN = "Your digests are paused until you resume."
PAUSE_CATCHES_UP = "One then catches up with what you missed; /digest gives you one at any time."
PAUSE_OF_ALL = "That holds for all topics of this group."
UNTIL_TOMORROW = "Until tomorrow"
FOR_A_WEEK = "For a week"
UNTIL_I_RESUME = "Until I resume"
RESUME = "Resume"
PAUSE_OVER = "Your digests come again."
ONE_CATCHES_UP = "One comes now, for what you missed."
NOT_PAUSED = "Your digests are not paused."
NOTHING_TO_PAUSE = "No digests are planned, so there is nothing to pause. Send /schedule 08:00 to plan one."
PAUSE_UNCLEAR = (
    "I don't know when “{text}” is. Send a day or a time, such as /pause until monday, /pause until 24 december, "
    "/pause 3 days or /pause 2026-12-24."
)
PAUSE_PAST = "“{text}” is not a day to come. Send a later one, such as /pause until monday or /pause 2 weeks."
PAUSE_TOO_LONG = "“{text}” is more than a year away. Send an earlier day, or /pause and tap Until I resume."

# Threads
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

# Channels
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

# Saved
SAVED_TITLE = ("{n} saved article", "{n} saved articles")
NOTHING_SAVED = "Nothing saved yet. Open an article and tap Save."

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
READS_TITLE = "The language of your digests"
READS_HINT = (
    "Headlines and lines in other languages are translated by a language model into the one you choose, and say so. "
    "A translation may be wrong; articles stay as they were written."
)
READS_ANY = "As written"
READS_SET = "Stories in other languages are now shown in {language}, as soon as they are translated."
READS_OFF = "Stories are now shown in the language they were written in."
READS_UNKNOWN = "I cannot translate into “{text}”. Choose one of these: {languages}."
READS_NO_MODEL = (
    "Stories are shown in the language they were written in. To have them translated, whoever runs this bot can set "
    "LLM_URL to a language model."
)

# Settings and help
SETTINGS_TITLE = "Settings"
SETTING_SUBSCRIPTIONS = "What you follow"
SETTING_SCHEDULE = "Times"
SETTING_LOOK = "Look"
SETTING_READS = "Language"
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
    "language": "Read stories in one language, such as /language english",
    "channels": "Give a channel its own digest, and manage it from here",
    "start": "Set up, or see what is set",
    "stop": "No more digests",
    "privacy": "What I keep, and who can read it",
    "forget": "Delete all I keep for this chat",
    "help": "What you can send",
}

# When something is wrong
OLD_BUTTON = "This button is from an older message. Send /digest for today's news."
ONLY_ADMINISTRATORS = "Only administrators of this group can change its news. You can read everything here."
UNKNOWN_COMMAND = "I don't know that command. /help shows what you can send."
THREAD_GONE = "The topic your digests went to is closed or gone. Send /schedule where they should come from now on."
TRY_LATER = "That did not work just now. Please try again in a minute."
NOT_SHOWN = "Telegram could not change this message just now. Please try again in a minute."
IS_STOPPED = "Your digests are stopped. Send /start to go on."
SEND_HELP = "Send /digest for news now, /search and a few words to find a story, or /help."

# Filters
BRACKET_NOT_OPENED = "This closing bracket has no opening one."
BRACKET_NOT_CLOSED = "This bracket has no closing one."
QUOTE_NOT_CLOSED = "This quotation mark has no closing one."
ONLY_UNWANTED = "This does not say what to look for. Add a word or a topic."
NO_WORD = "There is no word in this."
NO_WORD_IN = "There is no word in “{word}”."
FIELD_UNKNOWN = "“{word}:” is not known; “{near}:” is."
MISSING_AFTER = "After “{word}” something is missing."
MISSING_BEFORE = "Before “{word}” something is missing."
TOO_DEEP = "Brackets can be nested {most} deep."
TOO_MANY_TERMS = "This is longer than {most} words and phrases."
TOPIC_UNKNOWN = "There is no topic “{word}”. There are: {topics}."
TOPIC_UNKNOWN_NEAR = "There is no topic “{word}”. Perhaps {near}?"
LANGUAGE_UNCLEAR = "A language is given by its two letters, such as lang:en."
SINCE_UNCLEAR = "A time is given as since:24h, since:7d, since:2w or since:2026-11-01."
PREFIX_TOO_SHORT = "Before a * there must be {least} letters at least."

READ_BACK = "articles {that}"
READ_MENTION = "that mention {what}"
READ_WORD = "“{word}”"
READ_PREFIX = "words that begin with “{word}”"
READ_IN_TITLE = "{what} in the headline"
READ_TOPIC = "filed on {name}"
READ_FEED = "from “{name}”"
READ_LANGUAGE = "in {name}"
READ_SINCE_DATE = "since {date}"
READ_SINCE_AGE = ("of the last {n} hour", "of the last {n} hours")
READ_SINCE_DAYS = ("of the last {n} day", "of the last {n} days")
READ_NOT = "not {what}"
READ_BUT_NOT = "{what}, but not {unwanted}"
READ_EITHER = "either {what}"
