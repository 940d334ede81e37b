"""What is said to people: the kinds of notes, and how texts of others are shown."""
