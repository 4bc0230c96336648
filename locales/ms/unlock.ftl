# Lifting a lock; the password stays.

unlock-intro = Ini { $tenant }. Saya boleh membuka kunci akaun anda; kata laluan anda kekal sama.
unlock-explain = Terlalu banyak kata laluan yang salah boleh mengunci akaun. Setelah kami pasti ini anda, saya membuka kuncinya; kata laluan anda kekal sama.
unlock-done =
    Selesai: kunci akaun anda telah dibuka, dan kata laluan anda kekal sama.
    Log masuk di sini: { $sign_in }
    .voice = Selesai: kunci akaun anda telah dibuka, dan kata laluan anda kekal sama. Selamat tinggal.
unlock-was-not-locked = Akaun anda tidak dikunci. Jika anda tidak dapat log masuk, kata laluan mungkin salah: anda boleh memilih yang baharu di sini.
unlock-by-administrator = Kunci ini dibuat oleh seorang pegawai, jadi saya tidak dapat membukanya. Meja bantuan boleh menolong: { $desk }.
