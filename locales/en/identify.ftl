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
