# Words that only messaging platforms need: buttons, and the commands in a platform's own menu.

messaging-open-page = Open the private page
# code: four digits
messaging-page-code = On the page you'll be asked for this code: { $code }
messaging-challenge = See or hear the characters
messaging-private-chat = Open a private chat
messaging-share-number = Share my own number
messaging-command-reset = Set a new password
messaging-command-unlock = Unlock my account
messaging-command-help = What I can do here
messaging-command-language = Change the language
messaging-command-human = Talk to the service desk
messaging-command-cancel = Stop what is running
