"""Tables of settings that two steps edit alike: which one stays, what goes, and what joins another."""
