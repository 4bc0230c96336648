# A new password.

reset-intro = Ini { $tenant }. Saya boleh membantu anda masuk semula ke akaun dalam beberapa minit, tanpa tiket.
    .voice = Ini { $tenant }. Saya boleh membantu anda masuk semula ke akaun anda.
reset-which-problem = Mengapa anda tidak dapat log masuk?
reset-opt-forgot = Saya lupa kata laluan
    .voice = Jika anda lupa kata laluan
reset-opt-locked = Saya tahu kata laluan, tetapi masih tidak dapat log masuk
    .voice = Jika anda tahu kata laluan, tetapi masih tidak dapat log masuk
reset-reassure = Tidak mengapa. Mula-mula kami pastikan bahawa ini anda, dengan maklumat yang anda daftarkan; kemudian anda memilih kata laluan baharu.
reset-also-changes = Kata laluan baharu anda juga digunakan untuk { $also }.
reset-open-private-page = Sekarang pilih kata laluan baharu anda. Sila buka halaman peribadi; ia dibuka selama 10 minit.
reset-new-password-by-phone = Sekarang anda mendapat kata laluan baharu. Sila sediakan alat tulis; saya akan menyebutnya dua kali.
reset-policy-rejected =
    Kata laluan itu belum boleh digunakan:
    { $reasons }
    Sila pilih yang lain.
    .voice = Kata laluan itu tidak boleh digunakan. { $reasons } Sila pilih yang lain.
reset-done =
    Selesai: kata laluan anda telah ditukar. Kami telah memberitahu semua alamat anda yang berdaftar.
    Log masuk dengannya di sini: { $sign_in }
reset-done-voice = Selesai: kata laluan anda telah ditukar. Log masuk dengannya di { $sign_in }. Selamat tinggal.
reset-expired = Masa untuk memilih kata laluan sudah tamat, dan tiada apa-apa yang berubah. Anda boleh mula semula pada bila-bila masa.
reset-uncertain = Direktori tidak memberitahu kami sama ada kata laluan baharu anda disimpan. Cuba gunakannya dalam beberapa minit: { $sign_in }. Jika gagal, gunakan yang lama atau hubungi meja bantuan: { $desk }.
