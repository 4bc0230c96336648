# Halaman peribadi, notis dan penolakan.

page-product = Ringback
page-logo = Logo { $institution }
page-skip = Terus ke kandungan
page-desk = { $desk } boleh membantu:
page-error-summary = Ada perkara yang perlu dibetulkan

page-doors-title = Kata laluan baharu atau akaun terkunci
page-doors = Pilih institusi anda. Sembang akan membantu anda dari situ; ia mengambil masa beberapa minit.

page-check-title = Adakah ini halaman anda?
page-check = Sembang menunjukkan kod 4 digit di sebelah pautan ke halaman ini. Sila taip kod itu di sini.
page-check-label = Kod daripada sembang
page-check-wrong = Itu bukan kod dalam sembang. Anda ada { $left } cubaan lagi.
page-check-missing = Taip 4 digit yang ditunjukkan oleh sembang.
page-check-same = Anda membuka halaman ini daripada sembang dalam pelayar ini, jadi satu klik sudah cukup.
page-continue = Teruskan

page-password-title = Pilih kata laluan baharu
page-password-for = Untuk { $user }
page-password-rules = Kata laluan baharu anda memerlukan:
page-password-new = Kata laluan baharu
page-password-repeat = Kata laluan baharu sekali lagi
page-password-show = Tunjukkan kata laluan
page-password-hide = Sembunyikan kata laluan
page-password-save = Simpan kata laluan baharu
page-password-differ = Kedua-dua kata laluan itu tidak sama.
page-password-empty = Taip kata laluan baharu.
page-password-too-long = Kata laluan itu terlalu panjang.
page-password-edge-space = Kata laluan anda bermula atau berakhir dengan ruang kosong. Ini dibenarkan, tetapi mudah terlupa.
page-password-same = Kedua-duanya sama
page-password-strength = Kekuatan:
page-strength-weak = mudah diteka. Yang lebih panjang adalah lebih baik.
page-strength-fair = sederhana. Beberapa perkataan lagi menjadikannya kuat.
page-strength-strong = kuat
page-rule-kept = dipenuhi
page-rule-open = belum dipenuhi
page-answers-title = Jawab soalan keselamatan anda
page-answers = Jawab seperti semasa anda mendaftar. Huruf besar dan kecil tidak penting.
page-answers-missing = Sila jawab: { $question }
page-answers-send = Hantar jawapan
page-decline = Berhenti dan kembali ke sembang
page-left = { $minutes ->
    [1] Halaman ini ditutup dalam masa kurang daripada seminit.
   *[other] Halaman ini ditutup dalam masa kurang daripada { $minutes } minit.
}
page-left-last = Halaman ini tidak boleh dibuka lebih lama kerana semakan anda sudah terlalu lama. Sila simpan sekarang, atau buat semakan sekali lagi selepas ini.
page-until = Halaman ini dibuka sehingga { $time }.
page-extend = Saya perlukan lebih masa
page-extended = Anda kini mempunyai lebih masa.

page-done-title = Terima kasih
page-done-chat = Jawapan anda telah diterima. Sembang akan memberitahu langkah seterusnya; anda boleh menutup halaman ini.
page-saved-title = Kata laluan anda telah ditukar
page-saved = Log masuk dengan kata laluan baharu di sini:
page-sign-in = Log masuk
page-saved-close = Anda boleh menutup halaman ini.
page-refused-title = Kata laluan itu tidak diterima
page-unclear-title = Kami masih memeriksa
page-unclear = Kami belum dapat memastikan sama ada kata laluan anda telah ditukar. Sembang akan memberitahu langkah seterusnya.
page-answers-show = Tunjukkan jawapan
page-answers-hide = Sembunyikan jawapan
page-away-title = Ia tidak berjaya buat masa ini
page-away = Tiada apa-apa yang ditukar. Sembang akan memberitahu langkah seterusnya.
page-stale-title = Itu mengambil masa terlalu lama
page-stale = Tiada apa-apa yang ditukar. Semakan tadi sudah terlalu lama; sembang akan memberitahu langkah seterusnya.
page-stopped-title = Dihentikan
page-stopped = Tiada apa-apa yang ditukar. Anda boleh kembali ke sembang atau menutup halaman ini.
page-over-title = Masa telah tamat dan halaman ini telah ditutup
page-over = Tiada apa yang diubah, dan apa yang anda taip telah dipadamkan. Sembang masih ada dan memberitahu langkah seterusnya.
page-over-chat = Kembali ke sembang
page-over-elsewhere = Kembali ke tetingkap atau peranti yang ada sembang itu.
page-expired-title = Halaman ini telah ditutup
page-expired = Demi keselamatan anda, halaman ini hanya berfungsi sekali dan selama 10 minit. Kembali ke sembang dan minta halaman baharu.

page-notice-title = Bukan anda yang melakukannya?
page-notice = Akaun ini telah ditukar pada { $time }. Tekan butang ini jika bukan anda yang melakukannya: layan diri untuk akaun ini akan dihentikan sehingga meja bantuan bercakap dengan anda.
page-notice-button = Ini bukan saya
page-notice-done-title = Terima kasih. Layan diri telah dihentikan
page-notice-done = Kini tiada sesiapa boleh menetapkan semula akaun ini sendiri. Sila hubungi meja bantuan supaya perkara ini dapat disiasat bersama anda.
page-notice-expired-title = Pautan ini tidak lagi berfungsi
page-notice-expired = Jika anda rasa orang lain telah menggunakan akaun anda, sila hubungi meja bantuan.

page-problem-malformed = Kami tidak dapat membacanya
page-problem-malformed-advice = Tiada apa-apa yang ditukar. Sila kembali dan cuba lagi.
page-problem-unauthorized = Anda tidak dibenarkan
page-problem-unauthorized-advice = Alamat ini untuk mereka yang menyelenggara perkhidmatan ini.
page-problem-wrong-origin = Itu bukan daripada halaman kami
page-problem-wrong-origin-advice = Tiada apa-apa yang ditukar. Sila buka halaman itu semula dan ulangi.
page-problem-not-found = Tiada apa-apa di sini
page-problem-not-found-advice = Sila semak alamat itu, atau kembali ke halaman sebelumnya.
page-problem-method-not-allowed = Alamat ini tidak boleh melakukannya
page-problem-method-not-allowed-advice = Sila kembali ke halaman sebelumnya.
page-problem-too-slow = Itu mengambil masa terlalu lama
page-problem-too-slow-advice = Tiada apa-apa yang ditukar. Sila semak sambungan anda dan cuba lagi.
page-problem-too-large = Itu terlalu banyak sekali gus
page-problem-too-large-advice = Tiada apa-apa yang ditukar. Sila hantar yang lebih pendek.
page-problem-wrong-media-type = Kami tidak dapat membacanya
page-problem-wrong-media-type-advice = Tiada apa-apa yang ditukar. Sila kembali dan cuba lagi.
page-problem-too-many = Itu terlalu banyak sekali gus
page-problem-too-many-advice = Sila tunggu seketika dan cuba lagi. Jika ia mendesak, hubungi meja bantuan.
page-problem-broken = Ada masalah di pihak kami
page-problem-broken-advice = Ia telah direkodkan. Sila cuba lagi dalam beberapa minit.
page-problem-unavailable = Kami tidak dapat menjawab buat masa ini
page-problem-unavailable-advice = Sila cuba lagi dalam seminit.
page-problem-stopping = Perkhidmatan sedang dimulakan semula
page-problem-stopping-advice = Sila cuba lagi dalam beberapa saat. Apa yang telah anda buat tidak hilang.
