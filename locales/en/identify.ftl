# Who the person says they are, and that a person is there.

identify-ask-account =
    Your user name looks like { $example }. You may leave out the ending ({ $suffixes }).
    What is your user name?
    .voice = Please key in your student or staff number, then press hash.
identify-ask-number = What is your student or staff number?
    .voice = Please key in your student or staff number, then press hash.
identify-human-challenge =
    First, please show that you are a person. You can look at the digits or listen to them.
    Which digits are they?
    .voice = First, please show that you are a person. Key in the digits you hear, then press hash.
identify-opt-another-challenge = Show me other digits
    .voice = To hear other digits
identify-human-differs = Those were other digits. Here are new ones.
identify-opt-spell = Spell my user name
    .voice = To spell your user name instead, and end with hash
identify-spell-name = What is your user name, on the keys of a telephone?
    .voice = Please spell your user name on the keys, one press a letter, without what follows the at sign. Then press hash.
identify-phone-end = What are the last four digits of a telephone number that is registered for you?
    .voice = Now the last four digits of a telephone number that is registered for you.
