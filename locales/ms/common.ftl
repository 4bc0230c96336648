# What every flow says: help, repair, commands, limits.

common-hello = Salam sejahtera. Saya membantu anda masuk semula ke akaun anda.
common-no-match = Maaf, saya tidak faham.
    .voice = Maaf, saya tidak dapat menangkapnya.
common-no-input = Adakah anda masih di sini?
    .voice = Saya tidak mendengar jawapan.
common-help =
    Saya membantu anda masuk semula ke akaun anda.
    Anda sentiasa boleh taip “ulang”, “bahasa”, “pegawai”, “mula semula” atau “batal”.
    .voice = Saya membantu anda masuk semula ke akaun anda. Tekan bintang untuk mendengar soalan sekali lagi, atau kosong untuk bercakap dengan pegawai.
common-cancel-sure = Anda boleh kembali pada bila-bila masa. Adakah anda mahu berhenti di sini?
common-restart-sure = Semakan yang telah lulus tidak akan dikira lagi. Adakah anda mahu mula semula?
common-stopped = Kita sudah berhenti. Anda boleh mula semula pada bila-bila masa: tulis sahaja “helo”.
    .voice = Kita sudah berhenti. Anda boleh menelefon semula pada bila-bila masa.
common-too-many =
    Cubaan sudah terlalu banyak, jadi saya perlu berhenti sehingga { $when }.
    Jika anda tidak dapat menunggu, meja bantuan boleh membantu: { $desk }.
    .voice = Cubaan sudah terlalu banyak. Sila tunggu sehingga { $when }, atau hubungi meja bantuan: { $desk }.
common-directory-down =
    Ada gangguan di pihak kami, dan tiada apa-apa yang berubah. Sila cuba lagi dalam beberapa minit.
    Jika mendesak, hubungi meja bantuan: { $desk }.
    .voice = Ada gangguan di pihak kami. Tiada apa-apa yang berubah. Meja bantuan boleh membantu: { $desk }.
common-opt-try-again = Cuba lagi
    .voice = Untuk cuba lagi
common-opt-desk = Tanya meja bantuan
    .voice = Untuk meja bantuan
common-try-later = Ada gangguan di pihak kami sekarang. Sila cuba lagi dalam beberapa minit, atau taip “pegawai”.
    .voice = Ada gangguan di pihak kami sekarang. Sila telefon semula dalam beberapa minit.
common-later = suatu masa nanti
common-interrupted = Ada gangguan di pihak kami, jadi saya perlu bertanya sekali lagi.
common-menu = Ini { $tenant }. Apakah yang boleh saya bantu?
common-yes = Ya
    .voice = Untuk ya
common-no = Tidak
    .voice = Untuk tidak
common-pick-language = Bahasa apakah yang anda mahu gunakan?
common-language-set = Kita teruskan dalam Bahasa Melayu.
common-idle-ended = Sudah agak lama tiada jawapan, jadi kita berhenti demi keselamatan akaun anda. Tulis “helo” untuk mula semula.
    .voice = Tiada jawapan, jadi saya menamatkan panggilan ini. Anda boleh menelefon semula pada bila-bila masa.
common-session-ended = Ini mengambil masa lebih lama daripada yang selamat, jadi kita berhenti. Tulis “helo” untuk mula semula.
    .voice = Ini mengambil masa lebih lama daripada yang selamat, jadi kita berhenti. Anda boleh menelefon semula pada bila-bila masa.
common-slow-down = Saya masih memproses mesej anda yang lepas. Sila tunggu sebentar.
common-not-understood-secret =
    Itu mungkin kata laluan, jadi saya tidak menyimpannya. Sila jangan taip kata laluan di sini.
    Anda akan memilih yang baharu di halaman peribadi apabila tiba masanya.
    .voice = Sila jangan sebut kata laluan di sini.
common-not-a-phone = Itu tidak kelihatan seperti nombor telefon. Sila taip nombor penuh, termasuk kod kawasan.
    .voice = Itu bukan nombor telefon yang penuh. Sila tekan nombor itu bersama kod kawasan, kemudian tekan tanda pagar.
common-not-an-email = Itu tidak kelihatan seperti alamat e-mel. Sila taip alamat penuh.
common-not-digits = { $count ->
    [0] Sila taip digit sahaja.
   *[other] Sila taip tepat { $count } digit.
}
    .voice = { $count ->
    [0] Sila tekan digit sahaja.
   *[other] Sila tekan tepat { $count } digit.
}
common-not-a-name = Itu tidak kelihatan seperti nama pengguna. Sila taip seperti semasa anda log masuk.
    .voice = Itu bukan nombor yang penuh. Sila tekan seperti pada kad anda.
common-write-to-me-privately = Saya tidak melakukannya di tempat yang boleh dibaca orang lain. Sila tulis kepada saya dalam sembang peribadi.
common-old-button = Butang itu milik soalan yang lepas. Sila gunakan yang terbaharu.
common-secret-gone = (tidak dipaparkan lagi)
    .voice = yang tidak dapat saya beritahu lagi

intent-reset = Saya lupa kata laluan
    .voice = Jika anda lupa kata laluan
intent-unlock = Akaun saya dikunci
    .voice = Jika akaun anda dikunci
intent-human = Saya mahu bercakap dengan pegawai
    .voice = Untuk bercakap dengan pegawai

# Languages call themselves by their own name everywhere.
language-en = English
language-ms = Bahasa Melayu

population-student = Pelajar
population-staff = Kakitangan

purpose-reset-password = kata laluan baharu
purpose-unlock-account = membuka kunci akaun
channel-terminal = terminal
channel-browser = sembang web
channel-voice = panggilan telefon
channel-telegram = Telegram
channel-discord = Discord
channel-teams = Microsoft Teams
common-not-the-end = Sila taip empat digit.
    .voice = Sila tekan empat digit.
