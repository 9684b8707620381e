"""What we promise about Telegram and about time, and the campaigns that try to break it."""
