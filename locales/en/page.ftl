# Private pages, notices and refusals.

page-product = Ringback
page-logo = Logo of { $institution }
page-skip = Skip to the content
page-desk = { $desk } can help:
page-error-summary = There is something to correct

page-doors-title = New password or locked account
page-doors = Choose your institution. A chat helps you from there; it takes a few minutes.

page-check-title = Is this your page?
page-check = The chat shows a code with 4 digits beside the link to this page. Please type it here.
page-check-label = Code from the chat
page-check-wrong = { $left ->
    [one] That is not the code in the chat. You have 1 try left.
   *[other] That is not the code in the chat. You have { $left } tries left.
}
page-check-missing = Type the 4 digits that the chat shows.
page-check-same = You opened this page from the chat in this browser, so one click is enough.
page-continue = Continue

page-password-title = Choose a new password
page-password-for = For { $user }
page-password-rules = Your new password needs:
page-password-new = New password
page-password-repeat = New password again
page-password-show = Show password
page-password-hide = Hide password
page-password-save = Save new password
page-password-differ = The two passwords are not the same.
page-password-empty = Type a new password.
page-password-too-long = That password is too long.
page-password-edge-space = Your password begins or ends with a space. That is allowed, but easy to forget.
page-password-same = Both are the same
page-password-strength = Strength:
page-strength-weak = easy to guess. A longer one is better.
page-strength-fair = fair. A few more words make it strong.
page-strength-strong = strong
page-rule-kept = done
page-rule-open = still open
page-answers-title = Answer your security questions
page-answers = Answer as you did when you registered. Big and small letters do not matter.
page-answers-missing = Please answer: { $question }
page-answers-send = Send answers
page-decline = Stop and go back to the chat
page-left = { $minutes ->
    [one] This page closes in less than a minute.
   *[other] This page closes in less than { $minutes } minutes.
}
page-left-last = It cannot stay open any longer, because your checks are too old then. Please save now, or do the checks again afterwards.
page-until = This page stays open until { $time }.
page-extend = I need more time
page-extended = You have more time now.

page-done-title = Thank you
page-done-chat = Your entry was received. The chat says how it goes on; you can close this page.
page-saved-title = Your password has been changed
page-saved = Sign in with the new password here:
page-sign-in = Sign in
page-saved-close = You can close this page.
page-refused-title = That password was not accepted
page-unclear-title = We are still checking
page-unclear = We could not see yet whether your password was changed. The chat tells you what to do.
page-answers-show = Show answers
page-answers-hide = Hide answers
page-away-title = That did not work just now
page-away = Nothing was changed. The chat says how it goes on.
page-stale-title = That took too long
page-stale = Nothing was changed. The checks are too old by now; the chat says how it goes on.
page-stopped-title = Stopped
page-stopped = Nothing was changed. You can go back to the chat or close this page.
page-over-title = Time is over, and this page has closed
page-over = Nothing was changed, and what you typed was wiped. The chat is still there and says how it goes on.
page-over-chat = Back to the chat
page-over-elsewhere = Go back to the window or the device with the chat.
page-expired-title = This page has closed
page-expired = For your safety this page works once and for 10 minutes only. Go back to the chat and ask for a new one.

page-notice-title = Was this not you?
page-notice = The account was changed on { $time }. Press the button if that was not you: it stops self-service for this account until the service desk has spoken with you.
page-notice-button = This was not me
page-notice-done-title = Thank you. Self-service is stopped
page-notice-done = Nobody can reset this account by themselves now. Please contact the service desk, so that it can look into this with you.
page-notice-expired-title = This link no longer works
page-notice-expired = If you think that somebody else used your account, please contact the service desk.

page-problem-malformed = We could not read that
page-problem-malformed-advice = Nothing was changed. Please go back and try again.
page-problem-unauthorized = You may not do that
page-problem-unauthorized-advice = This address is for the people who look after the service.
page-problem-wrong-origin = That did not come from our page
page-problem-wrong-origin-advice = Nothing was changed. Please open the page again and repeat what you did.
page-problem-not-found = There is nothing here
page-problem-not-found-advice = Please check the address, or go back to where you came from.
page-problem-method-not-allowed = This address cannot do that
page-problem-method-not-allowed-advice = Please go back to where you came from.
page-problem-too-slow = That took too long
page-problem-too-slow-advice = Nothing was changed. Please check your connection and try again.
page-problem-too-large = That was too much at once
page-problem-too-large-advice = Nothing was changed. Please send something shorter.
page-problem-wrong-media-type = We could not read that
page-problem-wrong-media-type-advice = Nothing was changed. Please go back and try again.
page-problem-too-many = That was a lot at once
page-problem-too-many-advice = Please wait a while and try again. If it is urgent, ask the service desk.
page-problem-broken = Something went wrong on our side
page-problem-broken-advice = It was recorded. Please try again in a few minutes.
page-problem-unavailable = We can't answer just now
page-problem-unavailable-advice = Please try again in a minute.
page-problem-stopping = We are starting anew
page-problem-stopping-advice = Please try again in a few seconds. Nothing you did was lost.
