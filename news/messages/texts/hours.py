"""When digests come, and when nothing does."""

from __future__ import annotations

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
UNKNOWN_ZONE = (
    "I don't know “{text}”. Try a city such as Lisbon, a small one with its country, such as Weimar, Germany, "
    "or a zone such as Europe/Lisbon."
)
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
