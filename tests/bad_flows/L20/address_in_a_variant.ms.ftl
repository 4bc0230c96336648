bad-link = { $tenant ->
    [example] Log masuk di https://example.org/reset sekarang.
   *[other] Log masuk.
}
