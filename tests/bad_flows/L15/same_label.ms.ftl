bad-choice = Yang biasa
