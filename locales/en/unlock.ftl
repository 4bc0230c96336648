# Lifting a lock; the password stays.

unlock-intro =
    This is { $tenant }. I can unlock your account, and you keep your password.
    I wait up to 15 minutes for each answer, and “cancel” stops at any time.
    .voice = This is { $tenant }. I can unlock your account, and you keep your password.
unlock-keeps-password = Too many wrong passwords can lock an account. First I check that it is you; then I unlock it, and your password stays the same.
unlock-done =
    Done: your account is unlocked, and your password is still the same. Sign in here: { $sign_in }
    I have told all your registered addresses.
    .voice = Done: your account is unlocked, and your password is still the same. Sign in at { $sign_in }.
unlock-was-not-locked =
    Your account is not locked by wrong passwords, so there is nothing to unlock. Write “reset” if you want a new password.
    If that doesn't help, ask the service desk: { $desk }.
    .voice = Your account is not locked. Call again for a new password, or ask the service desk: { $desk }.
unlock-expired = That took too long, and nothing was changed. I have to check once more that it is you.
unlock-expired-again = That took too long again, and nothing was changed. Write “unlock” to start again.
    .voice = That took too long again, and nothing was changed. You can call again whenever you like.
unlock-directory-away =
    Something on our side is not working just now, so I could not make sure that the lock is gone. The checks you have passed still count for a few minutes.
    Wait a moment, then try again.
    .voice = Something on our side is not working just now. I could not make sure that the lock is gone. What you have passed still counts.
