"""What a first run begins with: sample articles, the topics, and a starter list of feeds."""
