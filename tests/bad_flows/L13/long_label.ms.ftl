bad-label = Buka tiket
    .voice = Untuk ini
