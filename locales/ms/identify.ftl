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
identify-opt-spell = Eja nama pengguna saya
    .voice = Untuk mengeja nama pengguna anda, dan akhiri dengan pagar
identify-spell-name = Apakah nama pengguna anda, pada kekunci telefon?
    .voice = Sila eja nama pengguna anda pada kekunci, satu tekanan bagi setiap huruf, tanpa bahagian selepas tanda alias. Kemudian tekan pagar.
identify-phone-end = Apakah empat digit terakhir nombor telefon yang didaftarkan untuk anda?
    .voice = Sekarang empat digit terakhir nombor telefon yang didaftarkan untuk anda.
