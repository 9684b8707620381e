"""What search says, and how filters are read back."""

from __future__ import annotations

# Search
RESULTS = ("{n} result for “{words}”", "{n} results for “{words}”")
RESULTS_OVER = "Over {n} results for “{words}”"
READ_AS_WORDS = "Looked for as plain words. {why} {place}"
NOTHING_FOUND = "Nothing for “{words}”."
NOTHING_RECENT = "Nothing for “{words}” among the newest articles."
TRY_OTHERS = "Try other words, or fewer."
DID_YOU_MEAN = "Did you mean {word}?"
SEARCH_USAGE = "What are you looking for? Send /search and a few words, such as /search ceasefire."
ONLY_SYMBOLS = "“{words}” has no words to look for. Send /search and a few words, such as /search ceasefire."
NEWEST_FIRST = "Newest first"
BEST_FIRST = "Best first"
ONLY_TOPIC = "Only {topic}"
EVERY_TOPIC = "Every topic"
VIA = "by"

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
