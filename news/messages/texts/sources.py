"""Why a feed, a page or a file cannot be read.

Operators read these too, in English; what is kept with a feed is the English sentence.
"""

from __future__ import annotations

NOT_AN_ADDRESS = "This is not the address of a web page. Try one that starts with https://."
PRIVATE_NETWORK = "This address leads to a private network, so it is not read. Try a public site."
DOWNGRADED = (
    "This address leads from a protected site to an open one, so it is not read. "
    "If you trust it, try the http:// address it leads to."
)
ASTRAY = "This address leads on and on without an end. Try the address your browser ends up at."
NO_ANSWER = "No site answers at this address. Look for a slip in its name, or try again later."
NOT_GENUINE = (
    "This site cannot prove that it is the one it names itself, so it is not read. "
    "Its owner needs to renew its certificate."
)
TOO_SLOW = "This site takes too long to answer. It may do better later."
TOO_LARGE = "What is here is too large for news. Try a feed or a single article."
CUT_SHORT = "This site broke off in the middle of its answer. It may do better later."
GARBLED = "This site answers in a way that makes no sense. It may do better later."
TOO_HEAVY = "This takes far more work to read than any news should, so it was put aside. Try another address."
NOT_GIVEN_OUT = "This site does not give out what is at this address. Open it in a browser to see why."
NOTHING_THERE = "There is nothing at this address any more. Look for its new one on the site."
NOT_LET_IN = "This site does not let the bot in. Try another address for the same news."
FEWER_VISITS = "This site asks for fewer visits. It will be tried again later."
OUT_OF_ORDER = "This site is out of order at the moment. It may do better later."
NOT_A_FEED = "There is no feed here. Try the address of the site itself."
NOT_A_SELECTOR = "This is not a selector that I understand. Use names, .classes and #ids, such as main .headline a."
NOTHING_WATCHED = (
    "The page does not show what is watched on it. Look at it, and send /watch and its address to choose anew."
)
NOT_A_LIST = "This file names no feeds. Use the OPML file another news reader exports."
FAULT_OF_OURS = "This feed could not be taken in because of a fault in this program. It will be tried again later."
UNFINISHED = "Reading this feed was begun several times and never came to an end. It will be tried again later."
