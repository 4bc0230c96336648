bad-assist = Pertolongan segera
    .voice = Untuk ini
