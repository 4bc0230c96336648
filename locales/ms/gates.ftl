# The single checks: code by text or email, app, questions, call, push.

code-confirm-target = { $method ->
    [email] Saya akan menghantar kod ke { $masked }. Untuk melindungi anda, saya perlukan alamat penuh dahulu.
       Apakah alamat e-mel yang penuh?
   *[other] Saya akan menghantar kod melalui mesej teks ke { $masked }. Untuk melindungi anda, saya perlukan nombor penuh dahulu.
       Apakah nombor yang penuh, termasuk kod kawasan?
}
    .voice = { $method ->
    [email] Saya akan menghantar kod ke { $masked }. Untuk melindungi anda, sila eja bahagian sebelum tanda alias pada kekunci dahulu, kemudian tekan pagar.
   *[other] Saya akan menghantar kod ke { $masked }. Untuk melindungi anda, sila tekan nombor penuh dahulu, kemudian tekan pagar.
}
code-target-differs = { $method ->
    [email] Itu bukan alamat yang didaftarkan sebagai { $masked }. Tiada apa-apa yang dihantar.
   *[other] Itu bukan nombor yang didaftarkan sebagai { $masked }. Tiada apa-apa yang dihantar.
}
    .voice = Itu bukan yang didaftarkan. Tiada apa-apa yang dihantar.
code-sent = { $method ->
    [email] Kod { $digits } digit sedang dihantar ke { $masked } dan sah selama { $minutes } minit. Buka peti mel itu, lihat juga folder spam, dan salin kodnya.
   *[other] Mesej teks dengan kod { $digits } digit sedang dihantar ke { $masked }. Ini boleh mengambil masa seminit, dan kod itu sah selama { $minutes } minit.
}
    .voice = { $method ->
    [email] Kod { $digits } digit sedang dihantar ke { $masked }. Buka peti mel itu; kod itu sah selama { $minutes } minit.
   *[other] Kod { $digits } digit sedang dihantar ke { $masked }. Kod itu sah selama { $minutes } minit.
}
code-ask = Apakah kod { $digits } digit itu?
    .voice = Sila tekan { $digits } digit kod itu.
code-opt-resend = Hantar kod baharu
    .voice = Untuk menerima kod baharu
code-wrong = { $left ->
    [0] Kod itu tidak sepadan, dan tiada cubaan lagi.
   *[other] Kod itu tidak sepadan. Anda ada { $left } cubaan lagi.
}
code-expired = Kod itu sudah terlalu lama. Saya akan menghantar yang baharu.
code-not-yet = { $left ->
    [0] Tiada lagi kod yang boleh dihantar melalui cara ini sekarang. Gunakan kod yang terbaharu, atau pilih cara lain.
   *[other] Kod yang dihantar mungkin masih dalam perjalanan. Anda boleh meminta yang baharu selepas { $when }.
}
code-too-many-sent = Tiada lagi kod yang boleh dihantar ke situ sehingga { $when }.
code-undeliverable = { $method ->
    [email] Saya tidak dapat menghantar e-mel ke { $masked }.
   *[other] Saya tidak dapat menghantar mesej teks ke { $masked }.
}
code-perhaps-lost = { $method ->
    [email] Saya tidak pasti sama ada e-mel ke { $masked } telah dihantar. Ia mungkin masih sampai, atau tidak.
   *[other] Saya tidak pasti sama ada mesej teks ke { $masked } telah dihantar. Ia mungkin masih sampai, atau tidak.
}
code-directory-away =
    Ada sesuatu di pihak kami yang tidak berfungsi buat masa ini, jadi kod tidak dapat dihantar. Semakan yang anda lepasi masih sah untuk beberapa minit.
    Tunggu sebentar, kemudian cuba lagi.
    .voice = Ada sesuatu di pihak kami yang tidak berfungsi, jadi kod tidak dapat dihantar. Semakan yang anda lepasi masih sah.

totp-ask = Apakah 6 digit yang ditunjukkan oleh aplikasi pengesah anda sekarang?
    .voice = Sila tekan 6 digit yang ditunjukkan oleh aplikasi pengesah anda sekarang.
totp-wrong = { $left ->
    [0] Kod itu tidak sepadan, dan tiada cubaan lagi.
   *[other] Kod itu tidak sepadan; kod baharu muncul setiap 30 saat. Anda ada { $left } cubaan lagi.
}
totp-replayed = Kod itu sudah digunakan. Sila tunggu kod yang seterusnya, paling lama 30 saat.

questions-open-private-page = Sila jawab soalan keselamatan anda di halaman peribadi. Halaman itu dibuka selama { $minutes } minit.
questions-wrong = { $left ->
    [0] Tidak semua jawapan betul, dan tiada cubaan lagi.
   *[other] Tidak semua jawapan betul; saya tidak boleh memberitahu yang mana. Anda ada { $left } cubaan lagi.
}
questions-expired = Masa untuk soalan itu sudah tamat.
questions-by-ear = Sekarang beberapa soalan keselamatan. Setiap jawapan terdiri daripada digit sahaja.
questions-keyed = Soalan { $number }: { $question } Tekan digitnya, kemudian tekan pagar.
questions-digits-only = Jawapannya digit sahaja, sekurang-kurangnya dua. Sila tekan digitnya, kemudian tekan pagar.
questions-begin-again = Saya terpaksa bermula semula, jadi saya perlukan jawapan pertama sekali lagi.

call-confirm-number = Saya akan menelefon { $masked }. Untuk melindungi anda, saya perlukan nombor penuh dahulu.
    Apakah nombor yang penuh, termasuk kod kawasan?
    .voice = Saya akan menelefon { $masked }. Untuk melindungi anda, sila tekan nombor penuh dahulu, kemudian tekan tanda pagar.
call-number-differs = Itu bukan nombor yang didaftarkan sebagai { $masked }. Tiada sesiapa yang ditelefon.
    .voice = Itu bukan nombor yang didaftarkan. Tiada sesiapa yang ditelefon.
call-ringing = { $mode ->
    [pound] Saya sedang menelefon { $masked }. Sila jawab panggilan itu dan tekan kekunci pagar di sana.
   *[other] Saya sedang menelefon { $masked }. Sila jawab panggilan itu dan tekan dua digit ini di sana: { $pair }
}
    .voice = { $mode ->
    [pound] Saya sedang menelefon { $masked }. Sila jawab di sana dan tekan kekunci pagar pada telefon itu.
   *[other] Saya sedang menelefon { $masked }. Sila jawab di sana dan tekan dua digit ini: { $pair }
}
call-hung-up = Panggilan tamat sebelum dua digit itu ditekan.
call-no-answer = Tiada sesiapa yang menjawab panggilan itu.
call-busy = Talian itu sibuk.
call-declined = Panggilan itu ditolak.
call-machine = Panggilan itu dijawab oleh peti mel suara, dan saya tidak memberitahunya apa-apa.
call-failed = Panggilan itu tidak dapat dibuat.
call-wrong-digits = Digit yang ditekan di sana bukan digit yang tertera di sini, jadi panggilan itu ditamatkan.
call-again = Apakah yang anda mahu lakukan?
call-opt-again = Telefon saya sekali lagi
    .voice = Untuk menerima panggilan sekali lagi
call-not-possible = Saya tidak dapat menelefon nombor itu sekarang.
call-too-many = Tiada lagi panggilan yang boleh dibuat ke situ sehingga { $when }.

push-waiting = Sila buka aplikasi pengesah anda dan masukkan dua digit ini di sana: { $pair }
push-not-answered = Permintaan itu tidak dijawab. Apakah yang anda mahu lakukan?
push-opt-again = Hantar sekali lagi
    .voice = Untuk menghantarnya sekali lagi
push-too-many = Tiada lagi permintaan yang boleh dihantar sehingga { $when }.
push-not-possible = Saya tidak dapat menghantar permintaan ke aplikasi anda sekarang.

leg-greeting = Ini { $tenant }. Seseorang meminta kami menelefon anda tentang akaun anda.
leg-key-in-pair = { $mode ->
    [pound] Jika itu anda, tekan kekunci pagar. Jika itu bukan anda, tekan sembilan.
   *[other] Jika itu anda, tekan dua digit yang diberikan kepada anda. Jika itu bukan anda, tekan sembilan.
}
leg-wrong-pair = Digit itu tidak sama. Sila lihat sekali lagi digit yang diberikan kepada anda.
leg-denied = Terima kasih kerana memberitahu kami. Permintaan itu telah dihentikan, dan meja bantuan akan menyiasatnya.
leg-thanks = Terima kasih. Sila teruskan di tempat anda bermula.
leg-stale = Permintaan ini sudah tamat, dan tiada apa-apa yang berubah.
leg-goodbye = Digit itu tidak sama lagi, dan tiada apa-apa yang berubah.
