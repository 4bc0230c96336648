# What every flow says: help, repair, commands, limits.

common-no-match = Sorry, I didn't understand that.
    .voice = Sorry, I didn't catch that.
common-no-input = Are you still there?
    .voice = I didn't hear an answer.
common-help =
    I help you get back into your account. At any time you can type “repeat”, “language”, “person”, “start over” or “cancel”.
    .voice = I help you get back into your account. Press star to hear the question again, or zero for a person.
common-cancel-sure = Do you want to stop here?
common-restart-sure = Checks you passed so far will not count any more. Do you want to start over?
common-stopped = We have stopped. You can start again whenever you like.
    .voice = We have stopped. You can call again whenever you like. Goodbye.
common-too-many = That was too many tries, so this way is closed for now. Please try again later or ask the service desk.
common-try-later = Something on our side is not working just now. Please try again in a few minutes; if it is urgent, ask the service desk.
common-wait-until = To protect the account, this is paused until { $time }. If you cannot wait, the service desk can help.
common-menu = What can I do for you?
common-yes = Yes
    .voice = For yes
common-no = No
    .voice = For no
common-no-thanks = No, thank you
    .voice = To leave it
common-pick-language = Which language do you want to use?
common-language-set = We continue in English.
common-idle-ended = I haven't heard from you for a while, so we have stopped to keep your account safe. You can start again whenever you like.
    .voice = I haven't heard from you, so I am ending this call. You can call again whenever you like.
common-session-ended = This has taken longer than is safe, so we have stopped. You can start again whenever you like.
common-slow-down = That was a lot at once. Please send one message, then wait for my answer.
common-not-understood-secret = That may have been a password, so I did not keep it. Please don't type passwords here; you choose a new one on a private page.
common-not-a-phone = That doesn't look like a telephone number. Please type the whole number, for example with +60 or +1 in front.
    .voice = That doesn't sound like a whole telephone number. Please key it in with the area code, then press hash.
common-not-an-email = That doesn't look like an email address. Please type the whole address.
common-not-digits = I need exactly { $count } digits.
common-not-a-name = That doesn't look like a user name. Please type it as you do when you sign in.
common-write-to-me-privately = For your safety I don't do this where others read along. Please write to me in a private chat.
common-old-button = That button belongs to an earlier question. Please use the newest one.
common-progress = Check { $done } of { $needed } done.
    .voice = Check { $done } of { $needed } is done.
common-secret-gone = (no longer shown)
    .voice = which I can no longer tell you

intent-reset = I forgot my password
    .voice = If you forgot your password
intent-unlock = My account is locked
    .voice = If your account is locked
intent-human = I want to talk to a person
    .voice = To talk to a person

population-student = Student
population-staff = Staff

purpose-reset-password = a new password
purpose-unlock-account = unlocking the account
channel-terminal = the terminal
channel-browser = the web chat
channel-voice = a telephone call
