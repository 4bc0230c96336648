bad-link = Please sign in.
    .voice = Please sign in at WWW.example.org today.
