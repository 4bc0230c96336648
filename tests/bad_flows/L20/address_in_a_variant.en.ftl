bad-link = { $tenant ->
    [example] Sign in at the desk.
   *[other] Sign in.
}
