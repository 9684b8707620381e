"""How people talk to us: Telegram, the metronome, the command line; joins everything."""

import os

# Telegram's library warns about plain numbers of seconds unless this is set before its import.
os.environ.setdefault("PTB_TIMEDELTA", "1")
