bad-link = Go to https://example.org/reset and sign in.
