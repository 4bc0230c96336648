# A new password.

reset-intro = This is { $tenant }. I can get you back into your account in a few minutes, without a ticket.
    .voice = This is { $tenant }. I can get you back into your account.
reset-which-problem = Why can't you sign in?
reset-opt-forgot = I forgot my password
    .voice = If you forgot your password
reset-opt-locked = I know my password, but still can't sign in
    .voice = If you know your password, but still cannot sign in
reset-reassure = No problem. First we check that it is you, using what you registered; then you choose a new password.
reset-also-changes = Your new password will also be the one for { $also }.
reset-open-private-page = Now choose your new password. Please open the private page; it is open for 10 minutes.
reset-new-password-by-phone = Now you get a new password. Please have something to write ready; I will say it twice.
reset-policy-rejected =
    That password cannot be used yet:
    { $reasons }
    Please choose another one.
    .voice = That password cannot be used. { $reasons } Please choose another one.
reset-done =
    Done: your password has been changed. We have told all your registered addresses.
    Sign in with it here: { $sign_in }
reset-done-voice = Done: your password has been changed. Sign in with it at { $sign_in }. Goodbye.
reset-expired = The time to choose a password is over, and nothing was changed. You can start again whenever you like.
reset-uncertain = The directory did not tell us whether your new password was saved. Try it in a few minutes: { $sign_in }. If it fails, use your old one or ask the service desk: { $desk }.
