"""The one room that speaks to git: objects made and branches moved without a checkout."""
