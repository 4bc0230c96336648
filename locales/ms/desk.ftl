# Handing over to people.

desk-offer =
    Meja bantuan boleh mengambil alih dari sini: { $desk }.
    Apakah yang anda mahu?
    .voice = Meja bantuan boleh mengambil alih dari sini. Apakah yang anda mahu?
desk-opt-ticket = Buka tiket untuk saya
    .voice = Untuk membuka tiket
desk-opt-connect = Bercakap dengan pegawai sekarang
    .voice = Untuk bercakap dengan pegawai sekarang
desk-opt-leave = Saya akan hubungi sendiri
    .voice = Untuk menghubungi sendiri
desk-ticket-number = Tiket anda ialah { $number }. Meja bantuan akan menghubungi anda; anda juga boleh bertanya di sana: { $desk }.
    .voice = Tiket anda ialah { $number }. Meja bantuan akan menghubungi anda.
desk-connected = Saya sedang menyambungkan anda.
desk-contact = Saya tidak dapat menyampaikannya sekarang. Sila hubungi meja bantuan: { $desk }.
desk-leave = Baiklah. Begini cara menghubungi meja bantuan: { $desk }.
desk-summary = Layan diri tidak dapat menyelesaikan kes ini. Sila pastikan siapa yang meminta sebelum mengubah apa-apa.
desk-fraud = Seseorang berkata bahawa bukan dia yang meminta penetapan semula ini. Layan diri ditutup untuk akaun ini sehingga anda membukanya. Sila hubungi pemiliknya melalui alamat yang berdaftar sebelum ini.

# Mel yang membuka tiket, dibaca oleh meja bantuan.
desk-mail-subject = Kes layan diri { $value }
desk-mail-number = Kes: { $value }
desk-mail-person = Yang mengaku meminta (belum terbukti melainkan ada semakan di bawah yang lulus): { $value }
desk-mail-verified = Semakan yang lulus: { $value }
desk-mail-summary = Nota: { $value }
desk-mail-nothing = tiada
desk-case-number = Nombor kes anda ialah { $number }.
desk-not-taken = Saya tidak dapat menghubungi sesiapa di meja bantuan sekarang.
desk-reach = Begini cara menghubungi meja bantuan: { $desk }.
desk-closed = Tiada sesiapa yang dapat menjawab panggilan sekarang. Meja bantuan sudah menerima kes anda; begini cara menghubunginya: { $desk }.
    .voice = Tiada sesiapa dapat menjawab sekarang. Meja bantuan sudah menerima kes anda; hubunginya di: { $desk }.
desk-call-note = Kes { $case }. Semakan yang lulus: { $verified }.
