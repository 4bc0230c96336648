bad-label = Buka tiket
