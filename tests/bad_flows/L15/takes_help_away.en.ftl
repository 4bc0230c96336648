bad-assist = Help
    .voice = For this
