bad-choice = The usual
