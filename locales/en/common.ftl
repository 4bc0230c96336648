# What every flow says: help, repair, commands, limits.

common-hello = Hello. I help you get back into your account.
common-no-match = Sorry, I didn't understand that.
    .voice = Sorry, I didn't catch that.
common-no-input = Are you still there?
    .voice = I didn't hear an answer.
common-help =
    I help you get back into your account.
    You can always type “repeat”, “language”, “person”, “start over” or “cancel”.
    .voice = I help you get back into your account. Press star to hear the question again, or zero for a person.
common-cancel-sure = You can come back at any time. Do you want to stop here?
common-restart-sure = The checks you have passed will not count any more. Do you want to start over?
common-stopped = We have stopped. You can start again whenever you like: just write “hello”.
    .voice = We have stopped. You can call again whenever you like.
common-too-many =
    That was too many tries, so I have to stop until { $when }.
    If you cannot wait, the service desk can help: { $desk }.
    .voice = Those were too many tries. Please wait until { $when }, or ask the service desk: { $desk }.
common-directory-down =
    Something on our side is not working, and nothing was changed. Please try again in a few minutes.
    If it is urgent, ask the service desk: { $desk }.
    .voice = Something on our side is not working. Nothing was changed. The service desk can help: { $desk }.
common-opt-try-again = Try again
    .voice = To try again
common-opt-desk = Ask the service desk
    .voice = For the service desk
common-try-later = Something on our side is not working just now. Please try again in a few minutes, or type “person”.
    .voice = Something on our side is not working just now. Please call again in a few minutes.
common-later = a later time
common-interrupted = Something went wrong on our side, so I have to ask once more.
common-menu = This is { $tenant }. What can I do for you?
common-yes = Yes
    .voice = For yes
common-no = No
    .voice = For no
common-pick-language = Which language do you want to use?
common-language-set = We continue in English.
common-idle-ended = I haven't heard from you for a while, so we have stopped to keep your account safe. Write “hello” to start again.
    .voice = I haven't heard from you, so I am ending this call. You can call again whenever you like.
common-session-ended = This took longer than is safe, so we have stopped. Write “hello” to start again.
    .voice = This took longer than is safe, so we have stopped. You can call again whenever you like.
common-slow-down = I am still working on your last message. Please wait a moment.
common-not-understood-secret =
    That may have been a password, so I did not keep it. Please don't type passwords here.
    You choose a new one on a private page, when it is time.
    .voice = Please don't say passwords here.
common-not-a-phone = That doesn't look like a telephone number. Please type all of it, with the area code.
    .voice = That is not a whole telephone number. Please key it in with the area code, then press hash.
common-not-an-email = That doesn't look like an email address. Please type all of it.
common-not-digits = { $count ->
    [0] Please type the digits only.
   *[other] Please type exactly { $count } digits.
}
    .voice = { $count ->
    [0] Please key in the digits only.
   *[other] Please key in exactly { $count } digits.
}
common-not-a-name = That doesn't look like a user name. Please type it as you do when you sign in.
    .voice = That is not a whole number. Please key it in as it is on your card.
common-write-to-me-privately = I don't do this where others can read it. Please write to me in a private chat.
common-old-button = That button belongs to an earlier question. Please use the newest one.
common-secret-gone = (no longer shown)
    .voice = which I can no longer tell you

intent-reset = I forgot my password
    .voice = If you forgot your password
intent-unlock = My account is locked
    .voice = If your account is locked
intent-human = I want to talk to a person
    .voice = To talk to a person

# Languages call themselves by their own name everywhere.
language-en = English
language-ms = Bahasa Melayu

population-student = Student
population-staff = Staff

purpose-reset-password = a new password
purpose-unlock-account = unlocking the account
channel-terminal = the terminal
channel-browser = the web chat
channel-voice = a telephone call
channel-telegram = Telegram
channel-discord = Discord
channel-teams = Microsoft Teams
common-not-the-end = Please type four digits.
    .voice = Please key in four digits.
