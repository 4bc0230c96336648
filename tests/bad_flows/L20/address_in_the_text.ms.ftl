bad-link = Sila log masuk.
