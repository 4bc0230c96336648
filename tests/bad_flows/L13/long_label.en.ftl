bad-label = Open a ticket at the service desk of the university, which is then looked at during the next working day
    .voice = For this
