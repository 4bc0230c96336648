# Handing over to people.

desk-offer = Meja bantuan boleh mengambil alih. Apa yang anda mahu?
desk-open-ticket = Buka tiket
    .voice = Untuk membuka tiket
desk-connect = Bercakap dengan pegawai sekarang
    .voice = Untuk bercakap dengan pegawai sekarang
desk-summary = Layan diri tidak dapat menyelesaikan kes ini. Sila pastikan sendiri siapa yang meminta sebelum mengubah apa-apa.
desk-ticket-number = Nombor tiket anda ialah { $number }. Meja bantuan akan menghubungi anda: { $desk }.
    .voice = Nombor tiket anda ialah { $number }. Meja bantuan akan menghubungi anda.
desk-phone-and-hours = Anda boleh menghubungi meja bantuan di sini: { $desk }.
desk-connected = Saya menyambungkan anda sekarang.
