# The browser chat around the conversation.

chat-title = Password help
chat-welcome-title = Get back into your account
chat-welcome = This chat helps you sign in again at { $institution }. It asks a few questions to make sure it is you, and takes about three minutes.
chat-welcome-privacy = You never type a password into this chat. You choose the new one on a private page.
chat-start-reset = I forgot my password
chat-start-unlock = I know my password, but I can't sign in
chat-start-other = Something else
chat-log = Conversation
chat-bot = { $institution } says:
chat-you = You said:
chat-answered = You answered
chat-your-answer = Your answer
chat-send = Send
chat-never-password = Never type a password here.
chat-commands = Other things you can do
chat-command-help = Help
chat-command-human = Talk to a person
chat-command-restart = Start over
chat-command-cancel = Stop
chat-leave = Clear and leave
chat-language = Language
chat-open-page = Open the private page
chat-new-tab = (opens in a new tab)
chat-elsewhere = Link for another device.
chat-short-code = It asks for this code:
chat-challenge-picture = Picture of the characters. If you can't see it, play the sound: it says the same.
chat-challenge-sound = Sound of the characters
chat-challenge-wait = Neither helps me. I would rather wait half a minute
chat-waiting-title = Please wait a moment
chat-waiting = { $seconds ->
    [one] You can go on in 1 second. This page continues by itself; there is nothing to read or to hear.
   *[other] You can go on in { $seconds } seconds. This page continues by itself; there is nothing to read or to hear.
}
chat-waiting-look = Look again now
chat-waited-title = Thank you for waiting
chat-waited = You can go on. The button sends these characters for you:
chat-waited-go = Go on
chat-waiting-back = Back to the chat
chat-typing = Writing an answer
chat-wait = The answer is on its way.
chat-refresh = Show new messages
chat-offline = The connection is gone. Trying again …
chat-not-sent = Your message did not get through.
chat-send-again = Send again
chat-resume = Your conversation is still open.
chat-resume-button = Show the question again
chat-widget-open = Password help
chat-widget-close = Close password help
