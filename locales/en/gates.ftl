# The single checks: code by text or email, app, questions, call, push.

code-confirm-target = { $method ->
    [email] I'll send a code to { $masked }. To protect you, I need the whole address first.
       What is the whole email address?
   *[other] I'll text a code to { $masked }. To protect you, I need the whole number first.
       What is the whole number, with the area code?
}
    .voice = { $method ->
    [email] I'll send a code to { $masked }. To protect you, please spell what stands before the at sign on the keys first, then press hash.
   *[other] I'll text a code to { $masked }. To protect you, please key in the whole number first, then press hash.
}
code-target-differs = { $method ->
    [email] That is not the address that is registered as { $masked }. Nothing was sent.
   *[other] That is not the number that is registered as { $masked }. Nothing was sent.
}
    .voice = That is not what is registered. Nothing was sent.
code-sent = { $method ->
    [email] A code with { $digits } digits is on its way to { $masked } and works for { $minutes } minutes. Open that mailbox, look in the junk folder too, and copy the code.
   *[other] A text message with a { $digits }-digit code is on its way to { $masked }. It can take a minute and works for { $minutes } minutes.
}
    .voice = { $method ->
    [email] A code with { $digits } digits is on its way to { $masked }. Open that mailbox; the code works for { $minutes } minutes.
   *[other] A code with { $digits } digits is on its way to { $masked }. It works for { $minutes } minutes.
}
code-ask = What is the { $digits }-digit code?
    .voice = Please key in the { $digits } digits of the code.
code-opt-resend = Send a new code
    .voice = To get a new code
code-wrong = { $left ->
    [0] That code didn't match, and no tries are left.
    [one] That code didn't match. You have { $left } try left.
   *[other] That code didn't match. You have { $left } tries left.
}
code-expired = That code is too old. I'll send a new one.
code-not-yet = { $left ->
    [0] No more codes can be sent this way now. Use the newest one, or choose another way.
   *[other] The code I sent may still arrive. You can ask for a new one after { $when }.
}
code-too-many-sent = No more codes can be sent there until { $when }.
code-undeliverable = { $method ->
    [email] I could not send an email to { $masked }.
   *[other] I could not send a text message to { $masked }.
}
code-perhaps-lost = { $method ->
    [email] I don't know whether the email to { $masked } left. It may still arrive, or not.
   *[other] I don't know whether the text message to { $masked } left. It may still arrive, or not.
}
code-directory-away =
    Something on our side is not working just now, so I could not send a code. The checks you have passed still count for a few minutes.
    Wait a moment, then try again.
    .voice = Something on our side is not working just now, so I could not send a code. What you have passed still counts.

totp-ask = What 6 digits does your authenticator app show now?
    .voice = Please key in the 6 digits that your authenticator app shows now.
totp-wrong = { $left ->
    [0] That code didn't match, and no tries are left.
    [one] That code didn't match; a new one comes every 30 seconds. You have { $left } try left.
   *[other] That code didn't match; a new one comes every 30 seconds. You have { $left } tries left.
}
totp-replayed = That code has been used already. Please wait for the next one, at most 30 seconds.

questions-open-private-page = Please answer your security questions on a private page. It is open for { $minutes } minutes.
questions-wrong = { $left ->
    [0] Not all answers were right, and no tries are left.
    [one] Not all answers were right; I can't say which. You have { $left } try left.
   *[other] Not all answers were right; I can't say which. You have { $left } tries left.
}
questions-expired = The time for the questions is over.
questions-by-ear = Some security questions come now. Each answer is digits alone.
questions-keyed = Question { $number }: { $question } Key in the digits, then press hash.
questions-digits-only = The answer has digits only, at least two. Please key it in, then press hash.
questions-begin-again = I had to start again, so I need the first answer once more.

call-confirm-number = I'll call { $masked }. To protect you, I need the whole number first.
    What is the whole number, with the area code?
    .voice = I'll call { $masked }. To protect you, please key in the whole number first, then press hash.
call-number-differs = That is not the number that is registered as { $masked }. Nobody was called.
    .voice = That is not the number that is registered. Nobody was called.
call-ringing = { $mode ->
    [pound] I'm calling { $masked } now. Please answer, and press the hash key there.
   *[other] I'm calling { $masked } now. Please answer, and key in these two digits there: { $pair }
}
    .voice = { $mode ->
    [pound] I'm calling { $masked } now. Please answer there, and press hash on that telephone.
   *[other] I'm calling { $masked } now. Please answer there, and key in these two digits: { $pair }
}
call-hung-up = The call ended before the two digits were keyed in.
call-no-answer = Nobody answered the call.
call-busy = The line was busy.
call-declined = The call was turned away.
call-machine = A mailbox answered the call, and I told it nothing.
call-failed = The call could not be placed.
call-wrong-digits = Other digits were keyed in there than those that stand here, so the call was ended.
call-again = What would you like to do?
call-opt-again = Call me again
    .voice = To be called again
call-not-possible = I can't call that number just now.
call-too-many = No more calls can be made there until { $when }.

push-waiting = Please open your authenticator app and enter these two digits there: { $pair }
push-not-answered = The request was not answered. What would you like to do?
push-opt-again = Send it again
    .voice = To send it again
push-too-many = No more requests can be sent until { $when }.
push-not-possible = I can't send a request to your app just now.

leg-greeting = This is { $tenant }. Somebody asked us to call you about your account.
leg-key-in-pair = { $mode ->
    [pound] If it was you, press the hash key. If it was not you, press nine.
   *[other] If it was you, key in the two digits that you were given. If it was not you, press nine.
}
leg-wrong-pair = Those were other digits. Please look again at those that you were given.
leg-denied = Thank you for telling us. The request is stopped, and the service desk will look into it.
leg-thanks = Thank you. Please go on where you began.
leg-stale = This request is over, and nothing was changed.
leg-goodbye = Those were other digits again, and nothing was changed.
