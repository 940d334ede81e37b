"""What a verb said the last time, said again where nothing that it hangs on has changed.

Light on purpose: no verb, no typer and no rich are loaded before it is known that they are needed.
"""
