bad-speech = Satu dua tiga.
