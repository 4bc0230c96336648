bad-again = Cuba lagi
    .voice = Untuk ini
