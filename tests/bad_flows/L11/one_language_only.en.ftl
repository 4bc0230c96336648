bad-greeting = Good morning.
