# Mails and text messages. `.short` is the text message: plain characters only, one part of 160.

mail-code-subject = Your code for { $tenant }
mail-code =
    Your code for { $tenant } is { $code }. It is for { $purpose } and works for { $minutes } minutes.
    It was asked for in { $channel }. Never tell it to anybody: our staff never ask for it.
    .short = { $code } is your { $tenant } code for { $purpose }, asked for in { $channel }. Tell nobody: staff never ask for it.
mail-password-changed-subject = Your password was changed
mail-password-changed =
    The password of your account at { $tenant } was changed on { $time }, through { $channel }.
    If it was you, there is nothing to do.
    .short = { $tenant }: your password was changed on { $time }. Not you? Tell us here at once: { $link }
mail-password-perhaps-changed-subject = Your password may have been changed
mail-password-perhaps-changed =
    The password of your account at { $tenant } may have been changed on { $time }, through { $channel }. We could not confirm it.
    If it was you, try the new password, then the old one.
    .short = { $tenant }: your password may have been changed on { $time }. Not you? Tell us here at once: { $link }
mail-password-not-changed-subject = Your password was not changed
mail-password-not-changed =
    A change of the password of your account at { $tenant } was begun on { $time }, through { $channel }, and was not completed. Your old password still works.
    If it was you, you can start again whenever you like.
    .short = { $tenant }: the password change begun on { $time } was not completed. Not you? Tell us here at once: { $link }
mail-account-unlocked-subject = Your account was unlocked
mail-account-unlocked =
    Your account at { $tenant } was unlocked on { $time }, through { $channel }. Its password is still the same.
    If it was you, there is nothing to do.
    .short = { $tenant }: your account was unlocked on { $time }. Not you? Tell us here at once: { $link }
mail-contact-removed-subject = This address is no longer used for your account
mail-contact-removed =
    On { $time } this address was taken off your account at { $tenant }. It gets no more codes, and nobody can reset the password with it.
    If you gave us another one, there is nothing to do.
    .short = { $tenant }: this number was taken off your account on { $time }. Not you? Tell us here at once: { $link }
mail-not-me = This was not me
mail-not-me-help = If it was not you, press this button at once. It closes self-service for your account and tells the service desk.
mail-desk = Service desk: { $desk }
mail-automatic = This message was sent automatically. Please don't answer it.

# A link to the private page, for somebody who calls.
mail-page-link-subject = { $tenant }: choose your new password
mail-page-link =
    Somebody who is on the telephone with us asked for this link to choose a new password. It works for { $minutes } minutes, with the four digits that are said on the telephone.
    If it was not you, do nothing: without those digits the link opens nothing.
    .short = { $tenant }: choose your new password here, with the 4 digits you hear on the phone: { $link } Not you? Do nothing.
mail-page-link-button = Choose a new password
