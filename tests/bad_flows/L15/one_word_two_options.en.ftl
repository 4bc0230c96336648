bad-again = A ticket
    .voice = For this
