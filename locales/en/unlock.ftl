# Lifting a lock; the password stays.

unlock-intro = This is { $tenant }. I can unlock your account; your password stays as it is.
unlock-explain = Too many wrong passwords can lock an account. Once we know it is you, I unlock it; your password stays as it is.
unlock-done =
    Done: your account is unlocked, and your password is still the same.
    Sign in here: { $sign_in }
    .voice = Done: your account is unlocked, and your password is still the same. Goodbye.
unlock-was-not-locked = Your account is not locked. If you cannot sign in, the password may be wrong: you can choose a new one here.
unlock-by-administrator = This lock was set by a person, so I cannot lift it. The service desk can help: { $desk }.
