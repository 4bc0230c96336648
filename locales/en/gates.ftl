# The single checks: code by text or email, app, call, push, questions.

code-confirm-target =
    We have { $hint } on file and will send a code there.
    To go on, please type it in full.
    .voice = We have { $hint } on file and will send a code there. Please key in the whole number, then press hash.
code-target-differs = That is not the one we have on file. Please check it and type it again.
code-sent = A code with { $length } digits is on its way to { $hint }. It can take a minute and works for 5 minutes.
    .voice = A code with { $length } digits is on its way to { $hint }.
code-ask = Which code did you get?
    .voice = Please key in the code, then press hash.
code-wrong = { $left ->
    [0] That code didn't match, and there are no tries left.
    [one] That code didn't match. You have 1 try left.
   *[other] That code didn't match. You have { $left } tries left.
}
code-expired = That code is too old. I'll send a new one.
code-locked = That was too many wrong codes, so this way is closed for now.
code-resend = Send a new code
    .voice = To get a new code
code-not-sent = The code could not be sent. Let's use another way.
code-throttled = No more codes can be sent there for now. Let's use another way.

totp-ask = Which 6 digits does your authenticator app show now?
    .voice = Please key in the 6 digits that your authenticator app shows now.
totp-wrong = { $left ->
    [0] That code didn't match, and there are no tries left.
    [one] That code didn't match. You have 1 try left.
   *[other] That code didn't match. You have { $left } tries left.
}
totp-replayed = That code was used before. Please wait for the next one.

questions-page = Please answer your security questions on the private page. It is open for 10 minutes.
questions-wrong = At least one answer didn't match. I can't say which one.

call-confirm-number =
    We will call { $hint }.
    To go on, please type the whole number.
    .voice = We will call { $hint }. Please key in the whole number, then press hash.
call-number-differs = That is not the number we have on file. Please check it and type it again.
call-ringing = We are calling you now; please answer. When asked, key in these two digits: { $pair }
call-not-answered = The call was not answered. What now?
call-again = Call me again
    .voice = To be called again
call-not-possible = That number cannot be called just now. Let's use another way.
call-denied = On the phone you said that this was not you, so we have stopped. The service desk can help: { $desk }.

push-waiting = Open your authenticator app and enter these two digits: { $pair }
push-not-answered = The request was not answered. What now?
push-again = Send it again
    .voice = To send it again
push-not-possible = The request could not be sent. Let's use another way.

leg-greeting = This is { $tenant }. Somebody, hopefully you, asked us to call about your account.
leg-key-in-pair = Key in the two digits you see on your screen. If you did not ask for this call, press nine.
leg-wrong-pair = Those were other digits. Please look at your screen again.
leg-denied = Thank you for telling us. We have stopped the request and told the service desk. Goodbye.
leg-thanks = Thank you. Please go on where you started. Goodbye.
leg-stale = This request is over. Nothing was changed. Goodbye.
leg-goodbye = We could not check the digits. Nothing was changed. Goodbye.
