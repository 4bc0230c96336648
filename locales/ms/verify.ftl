# Choosing a way to verify.

verify-choose-method = { $needed ->
    [1] Bagaimanakah saya patut memastikan bahawa ini anda?
   *[other] { $done ->
        [0] Saya memerlukan { $needed } semakan yang berlainan. Yang manakah dahulu?
       *[other] Semakan { $done } daripada { $needed } sudah selesai. Yang manakah seterusnya?
    }
}
    .voice = { $needed ->
        [1] Bagaimanakah saya patut memastikan bahawa ini anda?
       *[other] { $done ->
            [0] Saya memerlukan { $needed } semakan yang berlainan. Yang manakah dahulu?
           *[other] Semakan manakah seterusnya?
        }
    }
verify-progress = Semakan { $done } daripada { $needed } selesai.
    .voice = Semakan { $done } daripada { $needed } sudah selesai.
verify-method-email = E-mel { $masked }
    .voice = Untuk kod e-mel ke { $masked }
verify-method-sms = Mesej teks { $masked }
    .voice = Untuk mesej teks ke { $masked }
verify-method-call-mobile = Telefon bimbit saya { $masked }
    .voice = Untuk panggilan ke { $masked }
verify-method-call-office = Telefon pejabat saya { $masked }
    .voice = Untuk panggilan pejabat, { $masked }
verify-method-push = Luluskan permintaan dalam aplikasi saya
    .voice = Untuk meluluskan permintaan dalam aplikasi anda
verify-method-totp = Kod daripada aplikasi pengesah saya
    .voice = Untuk kod aplikasi pengesah
verify-method-questions = Jawab soalan keselamatan saya
    .voice = Untuk menjawab soalan keselamatan anda
verify-other-way = Cara lain
    .voice = Untuk menggunakan cara lain
verify-locked = Untuk melindungi akaun, cara ini ditutup sehingga { $when }.
verify-none-registered = Maaf, ini tidak dapat dilakukan di sini: tiada maklumat berdaftar yang boleh saya gunakan untuk semakan. Meja bantuan boleh membantu.
verify-how-to-register = Untuk lain kali, begini cara mendaftar: { $help }
    .voice = Untuk lain kali, daftar di sini: { $help }.
verify-no-way-left = Maaf, saya tidak dapat menyemak lagi bahawa ini anda: tiada lagi cara berdaftar yang tinggal. Meja bantuan boleh membantu.
verify-denied =
    Pada peranti yang lain, seseorang berkata bahawa ini bukan dirinya, jadi saya telah menghentikan semuanya untuk akaun ini.
    Meja bantuan boleh membukanya semula: { $desk }.
    .voice = Pada peranti lain seseorang menolak, jadi semuanya dihentikan untuk akaun ini. Meja bantuan boleh membantu: { $desk }.
