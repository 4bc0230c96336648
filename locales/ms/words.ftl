# What people call things. One phrase a line; the first of a digit is how it is read out.

words-digit-0 =
    .any =
        kosong
        sifar
words-digit-1 =
    .any =
        satu
words-digit-2 =
    .any = dua
words-digit-3 =
    .any = tiga
words-digit-4 =
    .any = empat
words-digit-5 =
    .any = lima
words-digit-6 =
    .any = enam
words-digit-7 =
    .any = tujuh
words-digit-8 =
    .any =
        lapan
        delapan
words-digit-9 =
    .any = sembilan
