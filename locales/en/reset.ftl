# A new password.

reset-intro =
    This is { $tenant }. If a telephone, an email address or an app of yours is registered, you can get a new password here without a ticket.
    It takes a few minutes. I wait up to 15 minutes for each answer, and “cancel” stops at any time.
    .voice = This is { $tenant }. I help you get a new password with what you registered, without a ticket.
reset-which-problem = Why can't you sign in?
reset-opt-forgot = I forgot my password
    .voice = If you forgot your password
reset-opt-locked = I know it, but still can't sign in
    .voice = If you know your password, but still cannot sign in
reset-uses-registered = No problem. First I check that it is you, with what you registered; then you choose a new password.
reset-also-changes = Please note: the new password will also be the one for { $also }.
reset-open-private-page =
    Now you choose your new password on a private page. It is open for { $minutes } minutes.
    Please never type a password in this chat.
reset-new-password-by-phone = Now I make a temporary password and read it to you twice. Please have something to write with.
reset-policy-rejected =
    That password cannot be used yet:
    { $reasons }
    Please choose another one; the checks you have passed still count.
    .voice = That password cannot be used. { $reasons } Let's take another one.
reset-rejected-often = Several passwords could not be used, so I stop here. Your old password has not been changed.
reset-expired = Your time on the page is over, and nothing was changed. I have to check once more that it is you.
reset-expired-again = Your time on the page is over again, and nothing was changed. Write “reset” to start again.
    .voice = Your time is over again, and nothing was changed. You can call again whenever you like.
reset-declined = You left the page, and nothing was changed. Write “reset” to start again.
    .voice = We have stopped, and nothing was changed. You can call again whenever you like.
reset-done =
    Done: your password has been changed. Sign in with it here: { $sign_in }
    I have told all your registered addresses.
    .voice = Done: your password has been changed. Sign in with it at { $sign_in }.
reset-uncertain =
    I could not find out whether your new password was saved. Please try it here: { $sign_in }
    If it doesn't work, your old one still does.
    .voice = I could not find out whether your new password was saved. Please try it; if it doesn't work, your old one still does.
reset-directory-away =
    Something on our side is not working just now, so your password was not changed. The checks you have passed still count for a few minutes.
    Wait a moment, then try again.
    .voice = Something on our side is not working just now. Your password was not changed. What you have passed still counts.
# Said when the truth about a change came late: after a lost answer, or after the service was restarted.
reset-found-changed = I have found out what became of your new password: it was saved. Sign in with it. I have told all your registered addresses.
reset-found-unchanged = I have found out what became of your new password: it was not saved, and your old one still works. You can start again whenever you like.
reset-found-nothing = I could not find out whether your new password was saved. Please try it; if it does not work, your old one still does.
