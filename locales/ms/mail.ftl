# Mails and text messages. `.short` is the text message: plain characters only, one part of 160.

mail-code-subject = Kod anda untuk { $tenant }
mail-code =
    Kod anda untuk { $tenant } ialah { $code }. Ia untuk { $purpose } dan sah selama { $minutes } minit.
    Ia diminta melalui { $channel }. Jangan beritahu sesiapa: kakitangan kami tidak pernah memintanya.
    .short = { $code } kod { $tenant } untuk { $purpose }, melalui { $channel }. Jangan beritahu sesiapa: staf tidak pernah meminta.
mail-password-changed-subject = Kata laluan anda telah ditukar
mail-password-changed =
    Kata laluan akaun anda di { $tenant } telah ditukar pada { $time }, melalui { $channel }.
    Jika itu anda, tiada apa-apa yang perlu dilakukan.
    .short = { $tenant }: kata laluan anda ditukar pada { $time }. Bukan anda? Beritahu kami segera di sini: { $link }
mail-password-perhaps-changed-subject = Kata laluan anda mungkin telah ditukar
mail-password-perhaps-changed =
    Kata laluan akaun anda di { $tenant } mungkin telah ditukar pada { $time }, melalui { $channel }. Kami belum dapat mengesahkannya.
    Jika itu anda, cuba kata laluan baharu, kemudian yang lama.
    .short = { $tenant }: kata laluan anda mungkin ditukar pada { $time }. Bukan anda? Beritahu kami segera di sini: { $link }
mail-password-not-changed-subject = Kata laluan anda tidak ditukar
mail-password-not-changed =
    Penukaran kata laluan akaun anda di { $tenant } dimulakan pada { $time }, melalui { $channel }, tetapi tidak selesai. Kata laluan lama anda masih berfungsi.
    Jika itu anda, anda boleh mula semula pada bila-bila masa.
    .short = { $tenant }: penukaran kata laluan pada { $time } tidak selesai. Bukan anda? Beritahu kami segera di sini: { $link }
mail-account-unlocked-subject = Kunci akaun anda telah dibuka
mail-account-unlocked =
    Kunci akaun anda di { $tenant } telah dibuka pada { $time }, melalui { $channel }. Kata laluannya kekal sama.
    Jika itu anda, tiada apa-apa yang perlu dilakukan.
    .short = { $tenant }: kunci akaun anda dibuka pada { $time }. Bukan anda? Beritahu kami segera di sini: { $link }
mail-contact-removed-subject = Alamat ini tidak lagi digunakan untuk akaun anda
mail-contact-removed =
    Pada { $time } alamat ini telah dikeluarkan daripada akaun anda di { $tenant }. Ia tidak lagi menerima kod, dan tiada sesiapa boleh menetapkan semula kata laluan dengannya.
    Jika anda telah memberi kami yang lain, tiada apa-apa yang perlu dilakukan.
    .short = { $tenant }: nombor ini dikeluarkan daripada akaun anda pada { $time }. Bukan anda? Beritahu kami segera: { $link }
mail-not-me = Ini bukan saya
mail-not-me-help = Jika itu bukan anda, tekan butang ini segera. Layan diri untuk akaun anda akan ditutup dan meja bantuan dimaklumkan.
mail-desk = Meja bantuan: { $desk }
mail-automatic = Mesej ini dihantar secara automatik. Sila jangan balas.

# A link to the private page, for somebody who calls.
mail-page-link-subject = { $tenant }: pilih kata laluan baharu anda
mail-page-link =
    Seseorang yang sedang bercakap dengan kami melalui telefon meminta pautan ini untuk memilih kata laluan baharu. Pautan ini sah selama { $minutes } minit, dengan empat digit yang disebut melalui telefon.
    Jika itu bukan anda, jangan buat apa-apa: tanpa digit itu pautan ini tidak membuka apa-apa.
    .short = { $tenant }: pilih kata laluan baharu di sini, dengan 4 digit yang anda dengar di telefon: { $link } Bukan anda? Abaikan.
mail-page-link-button = Pilih kata laluan baharu
