bad-letter = Pendek.
