# The single checks: code by text or email, app, call, push, questions.

code-confirm-target =
    { $hint } ada dalam rekod kami, dan kod akan dihantar ke situ.
    Untuk teruskan, sila taip sepenuhnya.
    .voice = { $hint } ada dalam rekod kami, dan kod akan dihantar ke situ. Sila tekan nombor penuh, kemudian tekan pagar.
code-target-differs = Itu bukan yang ada dalam rekod kami. Sila semak dan taip sekali lagi.
code-sent = Kod dengan { $length } digit sedang dihantar ke { $hint }. Ini boleh mengambil masa seminit, dan kod itu sah selama 5 minit.
    .voice = Kod dengan { $length } digit sedang dihantar ke { $hint }.
code-ask = Apakah kod yang anda terima?
    .voice = Sila tekan kod itu, kemudian tekan pagar.
code-wrong = { $left ->
    [0] Kod itu tidak sepadan, dan tiada percubaan lagi.
   *[other] Kod itu tidak sepadan. Anda ada { $left } percubaan lagi.
}
code-expired = Kod itu sudah terlalu lama. Saya akan menghantar yang baharu.
code-locked = Terlalu banyak kod yang salah, jadi cara ini ditutup buat sementara.
code-resend = Hantar kod baharu
    .voice = Untuk menerima kod baharu
code-not-sent = Kod itu tidak dapat dihantar. Mari kita gunakan cara lain.
code-throttled = Kod tidak boleh dihantar lagi ke situ buat sementara. Mari kita gunakan cara lain.

totp-ask = Apakah 6 digit yang ditunjukkan oleh aplikasi pengesah anda sekarang?
    .voice = Sila tekan 6 digit yang ditunjukkan oleh aplikasi pengesah anda sekarang.
totp-wrong = { $left ->
    [0] Kod itu tidak sepadan, dan tiada percubaan lagi.
   *[other] Kod itu tidak sepadan. Anda ada { $left } percubaan lagi.
}
totp-replayed = Kod itu sudah digunakan. Sila tunggu kod yang seterusnya.

questions-page = Sila jawab soalan keselamatan anda di halaman peribadi. Ia dibuka selama 10 minit.
questions-wrong = Sekurang-kurangnya satu jawapan tidak sepadan. Saya tidak boleh memberitahu yang mana.

call-confirm-number =
    Kami akan memanggil { $hint }.
    Untuk teruskan, sila taip nombor penuh.
    .voice = Kami akan memanggil { $hint }. Sila tekan nombor penuh, kemudian tekan pagar.
call-number-differs = Itu bukan nombor yang ada dalam rekod kami. Sila semak dan taip sekali lagi.
call-ringing = Kami sedang memanggil anda; sila jawab. Apabila diminta, tekan dua digit ini: { $pair }
call-not-answered = Panggilan tidak dijawab. Apa yang anda mahu buat?
call-again = Panggil saya sekali lagi
    .voice = Untuk dipanggil sekali lagi
call-not-possible = Nombor itu tidak dapat dipanggil sekarang. Mari kita gunakan cara lain.
call-denied = Melalui telefon anda berkata bahawa ini bukan anda, jadi kita berhenti. Meja bantuan boleh menolong: { $desk }.

push-waiting = Buka aplikasi pengesah anda dan masukkan dua digit ini: { $pair }
push-not-answered = Permintaan itu tidak dijawab. Apa yang anda mahu buat?
push-again = Hantar sekali lagi
    .voice = Untuk menghantarnya sekali lagi
push-not-possible = Permintaan itu tidak dapat dihantar. Mari kita gunakan cara lain.

leg-greeting = Ini { $tenant }. Seseorang, mungkin anda, meminta kami menelefon tentang akaun anda.
leg-key-in-pair = Tekan dua digit yang anda lihat di skrin. Jika anda tidak meminta panggilan ini, tekan sembilan.
leg-wrong-pair = Itu digit yang lain. Sila lihat skrin anda sekali lagi.
leg-denied = Terima kasih kerana memberitahu kami. Permintaan itu telah dihentikan dan meja bantuan telah dimaklumkan. Selamat tinggal.
leg-thanks = Terima kasih. Sila teruskan di tempat anda bermula. Selamat tinggal.
leg-stale = Permintaan ini sudah tamat. Tiada apa-apa yang berubah. Selamat tinggal.
leg-goodbye = Kami tidak dapat menyemak digit itu. Tiada apa-apa yang berubah. Selamat tinggal.
