# A new password.

reset-intro =
    Ini { $tenant }. Jika telefon, alamat e-mel atau aplikasi anda sudah berdaftar, anda boleh mendapatkan kata laluan baharu di sini tanpa tiket.
    Ini mengambil masa beberapa minit. Saya menunggu sehingga 15 minit bagi setiap jawapan, dan “batal” menamatkannya pada bila-bila masa.
    .voice = Ini { $tenant }. Saya membantu anda mendapatkan kata laluan baharu dengan maklumat yang anda daftarkan, tanpa tiket.
reset-which-problem = Mengapakah anda tidak dapat log masuk?
reset-opt-forgot = Saya lupa kata laluan
    .voice = Jika anda lupa kata laluan
reset-opt-locked = Saya tahu, tetapi tetap gagal log masuk
    .voice = Jika anda tahu kata laluan, tetapi masih tidak dapat log masuk
reset-uses-registered = Tidak mengapa. Mula-mula saya pastikan ini anda, dengan maklumat yang anda daftarkan; kemudian anda memilih kata laluan baharu.
reset-also-changes = Harap maklum: kata laluan baharu ini juga digunakan untuk { $also }.
reset-open-private-page =
    Sekarang anda memilih kata laluan baharu di halaman peribadi. Halaman itu dibuka selama { $minutes } minit.
    Sila jangan sekali-kali taip kata laluan dalam sembang ini.
reset-new-password-by-phone = Sekarang saya membuat kata laluan sementara dan menyebutnya dua kali. Sila sediakan alat tulis.
reset-policy-rejected =
    Kata laluan itu belum boleh digunakan:
    { $reasons }
    Sila pilih yang lain; semakan yang telah lulus masih dikira.
    .voice = Kata laluan itu tidak boleh digunakan. { $reasons } Mari kita pilih yang lain.
reset-rejected-often = Beberapa kata laluan tidak dapat digunakan, jadi saya berhenti di sini. Kata laluan lama anda tidak berubah.
reset-expired = Masa anda di halaman itu sudah tamat, dan tiada apa-apa yang berubah. Saya perlu memastikan sekali lagi bahawa ini anda.
reset-expired-again = Masa anda di halaman itu tamat lagi, dan tiada apa-apa yang berubah. Tulis “reset” untuk mula semula.
    .voice = Masa anda tamat lagi, dan tiada apa-apa yang berubah. Anda boleh menelefon semula pada bila-bila masa.
reset-declined = Anda meninggalkan halaman itu, dan tiada apa-apa yang berubah. Tulis “reset” untuk mula semula.
    .voice = Kita sudah berhenti, dan tiada apa-apa yang berubah. Anda boleh menelefon semula pada bila-bila masa.
reset-done =
    Selesai: kata laluan anda telah ditukar. Log masuk dengannya di sini: { $sign_in }
    Saya telah memaklumkan semua alamat anda yang berdaftar.
    .voice = Selesai: kata laluan anda telah ditukar. Log masuk dengannya di { $sign_in }.
reset-uncertain =
    Saya tidak dapat memastikan sama ada kata laluan baharu anda disimpan. Sila cuba di sini: { $sign_in }
    Jika gagal, kata laluan lama anda masih berfungsi.
    .voice = Saya tidak dapat memastikan sama ada kata laluan baharu anda disimpan. Sila cuba; jika gagal, kata laluan lama anda masih berfungsi.
reset-directory-away =
    Ada sesuatu di pihak kami yang tidak berfungsi buat masa ini, jadi kata laluan anda tidak ditukar. Semakan yang anda lepasi masih sah untuk beberapa minit.
    Tunggu sebentar, kemudian cuba lagi.
    .voice = Ada sesuatu di pihak kami yang tidak berfungsi. Kata laluan anda tidak ditukar. Semakan anda masih sah.
# Said when the truth about a change came late: after a lost answer, or after the service was restarted.
reset-found-changed = Saya telah mengetahui keadaan kata laluan baharu anda: ia sudah disimpan. Log masuk dengannya. Saya telah memaklumkan semua alamat anda yang berdaftar.
reset-found-unchanged = Saya telah mengetahui keadaan kata laluan baharu anda: ia tidak disimpan, dan kata laluan lama anda masih berfungsi. Anda boleh mula semula pada bila-bila masa.
reset-found-nothing = Saya tidak dapat memastikan sama ada kata laluan baharu anda disimpan. Sila cuba; jika gagal, kata laluan lama anda masih berfungsi.
