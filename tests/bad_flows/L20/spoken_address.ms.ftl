bad-link = Sila log masuk.
    .voice = Sila log masuk hari ini.
