# Who the person says they are, and that a person is there.

identify-ask-account =
    Your user name ends in { $suffixes }.
    What is your user name?
    .voice = Please key in your student or staff number, then press hash.
identify-ask-number = What is your student or staff number?
    .voice = Please key in your student or staff number, then press hash.
identify-human-check = Before we go on, please show that you are a person. Which digits do you see, or hear?
    .voice = Before we go on, please key in these digits: { $digits }
identify-human-wrong = Those were other digits. Here are new ones.
