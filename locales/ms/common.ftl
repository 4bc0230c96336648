# What every flow says: help, repair, commands, limits.

common-no-match = Maaf, saya tidak faham.
    .voice = Maaf, saya tidak faham.
common-no-input = Adakah anda masih di sini?
    .voice = Saya tidak mendengar jawapan.
common-help =
    Saya membantu anda masuk semula ke akaun anda. Pada bila-bila masa anda boleh taip “ulang”, “bahasa”, “pegawai”, “mula semula” atau “batal”.
    .voice = Saya membantu anda masuk semula ke akaun anda. Tekan bintang untuk mendengar soalan sekali lagi, atau kosong untuk bercakap dengan pegawai.
common-cancel-sure = Adakah anda mahu berhenti di sini?
common-restart-sure = Semakan yang telah selesai tidak akan dikira lagi. Adakah anda mahu mula semula?
common-stopped = Kita berhenti di sini. Anda boleh mula semula pada bila-bila masa.
    .voice = Kita berhenti di sini. Anda boleh menelefon semula pada bila-bila masa. Selamat tinggal.
common-too-many = Percubaan sudah terlalu banyak, jadi cara ini ditutup buat sementara. Sila cuba lagi kemudian atau hubungi meja bantuan.
common-try-later = Ada gangguan di pihak kami sekarang. Sila cuba lagi dalam beberapa minit; jika segera, hubungi meja bantuan.
common-wait-until = Untuk melindungi akaun, perkara ini dihentikan sehingga { $time }. Jika anda tidak dapat menunggu, meja bantuan boleh menolong.
common-menu = Apa yang boleh saya bantu?
common-yes = Ya
    .voice = Untuk ya
common-no = Tidak
    .voice = Untuk tidak
common-no-thanks = Tidak, terima kasih
    .voice = Untuk tidak meneruskan
common-pick-language = Anda mahu menggunakan bahasa apa?
common-language-set = Kita teruskan dalam Bahasa Melayu.
common-idle-ended = Sudah agak lama tiada jawapan, jadi kita berhenti demi keselamatan akaun anda. Anda boleh mula semula pada bila-bila masa.
    .voice = Tiada jawapan, jadi saya menamatkan panggilan ini. Anda boleh menelefon semula pada bila-bila masa.
common-session-ended = Ini telah mengambil masa lebih lama daripada yang selamat, jadi kita berhenti. Anda boleh mula semula pada bila-bila masa.
common-slow-down = Terlalu banyak mesej sekali gus. Sila hantar satu mesej, kemudian tunggu jawapan saya.
common-not-understood-secret = Itu mungkin kata laluan, jadi saya tidak menyimpannya. Jangan taip kata laluan di sini; anda memilih yang baharu di halaman peribadi.
common-not-a-phone = Itu tidak kelihatan seperti nombor telefon. Sila taip nombor penuh, contohnya dengan +60 atau +1 di hadapan.
    .voice = Itu bukan nombor telefon yang penuh. Sila tekan nombor bersama kod kawasan, kemudian tekan pagar.
common-not-an-email = Itu tidak kelihatan seperti alamat e-mel. Sila taip alamat penuh.
common-not-digits = Saya perlukan tepat { $count } digit.
common-not-a-name = Itu tidak kelihatan seperti nama pengguna. Sila taip seperti semasa anda log masuk.
common-write-to-me-privately = Demi keselamatan anda, saya tidak melakukannya di tempat yang dibaca orang lain. Sila tulis kepada saya dalam sembang peribadi.
common-old-button = Butang itu untuk soalan yang lepas. Sila gunakan yang terbaharu.
common-progress = Semakan { $done } daripada { $needed } selesai.
    .voice = Semakan { $done } daripada { $needed } sudah selesai.
common-secret-gone = (tidak dipaparkan lagi)
    .voice = yang tidak dapat saya beritahu lagi

intent-reset = Saya lupa kata laluan
    .voice = Jika anda lupa kata laluan
intent-unlock = Akaun saya dikunci
    .voice = Jika akaun anda dikunci
intent-human = Saya mahu bercakap dengan pegawai
    .voice = Untuk bercakap dengan pegawai

population-student = Pelajar
population-staff = Kakitangan

purpose-reset-password = kata laluan baharu
purpose-unlock-account = membuka kunci akaun
channel-terminal = terminal
channel-browser = sembang web
channel-voice = panggilan telefon
