# Who the person says they are, and that a person is there.

identify-ask-account =
    Nama pengguna anda berakhir dengan { $suffixes }.
    Apakah nama pengguna anda?
    .voice = Sila tekan nombor pelajar atau kakitangan anda, kemudian tekan pagar.
identify-ask-number = Apakah nombor pelajar atau kakitangan anda?
    .voice = Sila tekan nombor pelajar atau kakitangan anda, kemudian tekan pagar.
identify-human-check = Sebelum kita teruskan, sila tunjukkan bahawa anda seorang manusia. Digit apakah yang anda lihat atau dengar?
    .voice = Sebelum kita teruskan, sila tekan digit ini: { $digits }
identify-human-wrong = Itu digit yang lain. Ini digit yang baharu.
