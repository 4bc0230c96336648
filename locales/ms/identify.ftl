# Who the person says they are, and that a person is there.

identify-ask-account =
    Nama pengguna anda berbentuk seperti { $example }. Anda boleh tinggalkan akhirannya ({ $suffixes }).
    Apakah nama pengguna anda?
    .voice = Sila tekan nombor pelajar atau kakitangan anda, kemudian tekan tanda pagar.
identify-ask-number = Apakah nombor pelajar atau kakitangan anda?
    .voice = Sila tekan nombor pelajar atau kakitangan anda, kemudian tekan tanda pagar.
identify-human-challenge =
    Mula-mula, sila tunjukkan bahawa anda seorang manusia. Anda boleh melihat digit itu atau mendengarnya.
    Apakah digit itu?
    .voice = Mula-mula, sila tunjukkan bahawa anda seorang manusia. Tekan digit yang anda dengar, kemudian tekan tanda pagar.
identify-opt-another-challenge = Tunjukkan digit lain
    .voice = Untuk mendengar digit lain
identify-human-differs = Digit itu tidak sama. Ini digit yang baharu.
