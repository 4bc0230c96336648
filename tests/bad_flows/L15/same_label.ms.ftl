bad-choice = Yang biasa
    .voice = Untuk ini
