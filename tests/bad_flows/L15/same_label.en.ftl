bad-choice = The usual
    .voice = For this
