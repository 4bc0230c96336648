# Choosing a way to verify.

verify-choose-method = { $needed ->
    [1] How shall I check that it is you?
   *[other] { $done ->
        [0] I need { $needed } different checks. Which one first?
       *[other] Check { $done } of { $needed } is done. Which one next?
    }
}
    .voice = { $needed ->
        [1] How shall I check that it is you?
       *[other] { $done ->
            [0] I need { $needed } different checks. Which one first?
           *[other] Which check next?
        }
    }
verify-progress = Check { $done } of { $needed } done.
    .voice = Check { $done } of { $needed } is done.
verify-method-email = Email { $masked }
    .voice = To get a code by email to { $masked }
verify-method-sms = Text { $masked }
    .voice = To get a text message to { $masked }
verify-method-call-mobile = Call my mobile { $masked }
    .voice = To be called on { $masked }
verify-method-call-office = Call my office { $masked }
    .voice = To be called at the office on { $masked }
verify-method-push = Approve a request in my app
    .voice = To approve a request in your app
verify-method-totp = Use a code from my authenticator app
    .voice = To use a code from your authenticator app
verify-method-questions = Answer my security questions
    .voice = To answer your security questions
verify-other-way = Another way
    .voice = To use another way
verify-locked = To protect the account, this way is closed until { $when }.
verify-none-registered = I'm sorry, I can't do it here: nothing is registered that I could check with. The service desk can help.
verify-how-to-register = For next time, this is how you register: { $help }
    .voice = For next time, register here: { $help }.
verify-no-way-left = I'm sorry, I can't check any further that it is you: no way that is registered is left. The service desk can help.
verify-denied =
    On the other device somebody said that this was not them, so I have stopped everything for this account.
    The service desk can open it again: { $desk }.
    .voice = On the other device somebody said no, so everything is stopped. The service desk can help: { $desk }.
