# Lifting a lock; the password stays.

unlock-intro =
    Ini { $tenant }. Saya boleh membuka kunci akaun anda, dan kata laluan anda kekal sama.
    Saya menunggu sehingga 15 minit bagi setiap jawapan, dan “batal” menamatkannya pada bila-bila masa.
    .voice = Ini { $tenant }. Saya boleh membuka kunci akaun anda, dan kata laluan anda kekal sama.
unlock-keeps-password = Terlalu banyak kata laluan yang salah boleh mengunci akaun. Mula-mula saya pastikan ini anda; kemudian saya membuka kuncinya, dan kata laluan anda kekal sama.
unlock-done =
    Selesai: kunci akaun anda telah dibuka, dan kata laluan anda kekal sama. Log masuk di sini: { $sign_in }
    Saya telah memaklumkan semua alamat anda yang berdaftar.
    .voice = Selesai: kunci akaun anda telah dibuka, dan kata laluan anda kekal sama. Log masuk di { $sign_in }.
unlock-was-not-locked =
    Akaun anda tidak dikunci oleh kata laluan yang salah, jadi tiada kunci untuk dibuka. Tulis “reset” jika anda mahu kata laluan baharu.
    Jika masih gagal, hubungi meja bantuan: { $desk }.
    .voice = Akaun anda tidak dikunci. Telefon semula untuk kata laluan baharu, atau hubungi meja bantuan: { $desk }.
unlock-expired = Ini mengambil masa terlalu lama, dan tiada apa-apa yang berubah. Saya perlu memastikan sekali lagi bahawa ini anda.
unlock-expired-again = Sekali lagi ini mengambil masa terlalu lama, dan tiada apa-apa yang berubah. Tulis “unlock” untuk mula semula.
    .voice = Sekali lagi ini mengambil masa terlalu lama, dan tiada apa-apa yang berubah. Anda boleh menelefon semula pada bila-bila masa.
unlock-directory-away =
    Ada sesuatu di pihak kami yang tidak berfungsi buat masa ini, jadi saya tidak dapat memastikan kunci akaun anda dibuka. Semakan yang anda lepasi masih sah untuk beberapa minit.
    Tunggu sebentar, kemudian cuba lagi.
    .voice = Ada sesuatu di pihak kami yang tidak berfungsi. Saya tidak dapat memastikan kunci akaun anda dibuka. Semakan anda masih sah.
