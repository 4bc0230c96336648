# Rules for a new password, each a sentence that is true of a good one, and what a directory may say instead.

rule-min = At least { $count } characters.
rule-max = At most { $count } characters.
rule-lower = A lower-case letter.
rule-upper = A capital letter.
rule-digit = A digit.
rule-symbol = A symbol, such as ! or ?
rule-classes = At least { $count } of these: lower-case letters, capital letters, digits, symbols.
rule-ascii = Only letters a to z, large or small, digits, spaces and these symbols: { $symbols }
    .voice = Only letters, digits, spaces and symbols of an English keyboard.
rule-ascii-found = “{ $character }” cannot be used. Only letters a to z, large or small, digits, spaces and these symbols: { $symbols }
    .voice = Only letters, digits, spaces and symbols of an English keyboard.
rule-names = No part of your name or user name.
rule-not-previous = Not your last password.
rule-may-be-previous = Your last password may be used again.
rule-example = Not the example “{ $example }”.
rule-edge-space = A space at the beginning or the end counts as part of the password.
rule-common = Not a password that many people use, and not just your name.

directory-refused-short = It is too short.
directory-refused-weak = It is too easy to guess.
directory-refused-reused = You have used it before.
directory-refused-too-young = Your password was changed too recently to be changed again.
directory-refused-too-long = It is too long.
directory-refused-unspecified = It was not accepted, and I was not told why. A longer one often works.
rule-not-so-soon = Not so soon after the last ones. You can try again in { $minutes } minutes.
