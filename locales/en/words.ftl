# What people call things. One phrase a line; the first of a digit is how it is read out.

words-digit-0 =
    .any =
        zero
        oh
        o
        nil
        nought
words-digit-1 =
    .any = one
words-digit-2 =
    .any = two
words-digit-3 =
    .any = three
words-digit-4 =
    .any = four
words-digit-5 =
    .any = five
words-digit-6 =
    .any = six
words-digit-7 =
    .any = seven
words-digit-8 =
    .any = eight
words-digit-9 =
    .any = nine
