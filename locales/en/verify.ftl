# Choosing a way to verify.

verify-choose-method = How shall we check that it is you?
    .voice = How shall we check that it is you?
verify-method-email = Email { $hint }
    .voice = To get a code by email to { $hint }
verify-method-sms = Text { $hint }
    .voice = To get a text message to { $hint }
verify-method-call-mobile = Call my mobile { $hint }
    .voice = To be called on { $hint }
verify-method-call-office = Call my office { $hint }
    .voice = To be called at the office on { $hint }
verify-method-push = Approve a request in my app
    .voice = To approve a request in your app
verify-method-totp = Use a code from my authenticator app
    .voice = To use a code from your authenticator app
verify-method-questions = Answer my security questions
    .voice = To answer your security questions
verify-other-way = Another way
    .voice = To use another way
verify-none-registered = I have no way left to check that it is you. The service desk can help: { $desk }.
verify-register-help = Once you can sign in again, you can register more ways here: { $url }
