"""What happens unasked: refresh, compose, deliver, tidy."""
