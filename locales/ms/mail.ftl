# Mails and text messages. `.short` is the text message: plain characters only, one part of 160.

mail-code-subject = Kod anda untuk { $tenant }
mail-code =
    Kod anda ialah { $code }. Ia untuk { $purpose } dan sah selama { $minutes } minit.
    Ia diminta melalui { $channel }. Jangan beritahu sesiapa: kakitangan kami tidak pernah memintanya.
    .short = { $code } ialah kod { $tenant } untuk { $purpose }, melalui { $channel }. Jangan beritahu sesiapa: staf tidak pernah meminta.
mail-password-changed-subject = Kata laluan anda untuk { $tenant } telah ditukar
mail-password-changed =
    Kata laluan akaun anda di { $tenant } telah ditukar pada { $time }, melalui { $channel }.
    Jika ini anda, anda tidak perlu berbuat apa-apa.
    .short = { $tenant }: kata laluan anda ditukar pada { $time }. Bukan anda? Beritahu meja bantuan segera: { $desk }
mail-account-unlocked-subject = Kunci akaun anda di { $tenant } telah dibuka
mail-account-unlocked =
    Kunci akaun anda di { $tenant } telah dibuka pada { $time }, melalui { $channel }. Kata laluannya kekal sama.
    Jika ini anda, anda tidak perlu berbuat apa-apa.
    .short = { $tenant }: kunci akaun anda dibuka pada { $time }. Bukan anda? Beritahu meja bantuan segera: { $desk }
mail-not-me = Ini bukan saya
mail-not-me-help = Jika ini bukan anda, tekan butang itu segera: layan diri untuk akaun anda ditutup dan meja bantuan dimaklumkan.
mail-desk = Meja bantuan: { $desk }
mail-automatic = Mesej ini dihantar secara automatik. Sila jangan balas.
