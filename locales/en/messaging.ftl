# Words that only messaging platforms need: buttons, and the commands in a platform's own menu.

messaging-open-page = Open the private page
# code: four digits
messaging-page-code = On the page you'll be asked for this code: { $code }
messaging-challenge = See or hear the characters
messaging-private-chat = Open a private chat
messaging-share-number = Share my own number
messaging-answer = Type your answer
messaging-answer-title = Your answer
messaging-answer-label = Your answer
messaging-answer-hint = Never type a password here.
messaging-pick = Choose one
messaging-try-again = That didn't reach us. Please try again in a moment.
messaging-unknown = I can't do anything with that. Type /help to see what I can do here.
messaging-command-start = Open the menu
messaging-command-answer = Answer the question
messaging-command-answer-text = Your answer, or a choice's number; no password
messaging-command-repeat = Say the last question again
messaging-command-restart = Begin again
messaging-working = I'm working on it. This can take a moment; you need not do anything.
messaging-taken = Got it.
# choice: the words of the button that was pressed
messaging-chosen = You chose: { $choice }
messaging-app-name = Password help
messaging-app-about = Set a new password or unlock your account. Passwords are never typed here.
messaging-command-reset = Set a new password
messaging-command-unlock = Unlock my account
messaging-command-help = What I can do here
messaging-command-language = Change the language
messaging-command-human = Talk to the service desk
messaging-command-cancel = Stop what is running
messaging-human-title = Are you a person?
messaging-human = Look or listen, then type the digits into the chat.
messaging-human-type = These are the digits. Type them into the chat.
messaging-human-gone-title = This link is too old
messaging-human-gone = Write "repeat" in the chat, and you get a new one.
