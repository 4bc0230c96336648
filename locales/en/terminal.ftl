# Lines of the terminal beside the conversation.

terminal-page =
    Open this address in a browser: { $address }
    The page asks for this code: { $code }
terminal-text = Text message to { $to }
terminal-mail = Mail to { $to }: { $subject }
terminal-welcome = Demo of { $tenant }. Texts and mails are shown here beside the conversation. Leave with Ctrl-D.
terminal-people = People whose password may be forgotten:
