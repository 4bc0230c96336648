# Rules for a new password, each a sentence that is true of a good one, and what a directory may say instead.

rule-min = Sekurang-kurangnya { $count } aksara.
rule-max = Paling banyak { $count } aksara.
rule-lower = Satu huruf kecil.
rule-upper = Satu huruf besar.
rule-digit = Satu digit.
rule-symbol = Satu simbol, seperti ! atau ?
rule-classes = Sekurang-kurangnya { $count } daripada ini: huruf kecil, huruf besar, digit, simbol.
rule-ascii = Hanya huruf a hingga z, besar atau kecil, digit, ruang dan simbol ini: { $symbols }
    .voice = Hanya huruf, digit, ruang dan simbol papan kekunci Inggeris.
rule-ascii-found = “{ $character }” tidak boleh digunakan. Hanya huruf a hingga z, besar atau kecil, digit, ruang dan simbol ini: { $symbols }
    .voice = Hanya huruf, digit, ruang dan simbol papan kekunci Inggeris.
rule-names = Tiada bahagian nama atau nama pengguna anda.
rule-not-previous = Bukan kata laluan anda yang terakhir.
rule-may-be-previous = Kata laluan anda yang terakhir boleh digunakan lagi.
rule-example = Bukan contoh “{ $example }”.
rule-edge-space = Ruang pada permulaan atau akhir dikira sebagai sebahagian daripada kata laluan.
rule-common = Bukan kata laluan yang digunakan oleh ramai orang, dan bukan nama anda sahaja.

directory-refused-short = Terlalu pendek.
directory-refused-weak = Terlalu mudah diteka.
directory-refused-reused = Anda pernah menggunakannya.
directory-refused-too-young = Kata laluan anda baru sahaja ditukar, jadi belum boleh ditukar lagi.
directory-refused-too-long = Terlalu panjang.
directory-refused-unspecified = Tidak diterima, dan sebabnya tidak diberitahu kepada saya. Yang lebih panjang selalunya diterima.
rule-not-so-soon = Belum boleh sekarang kerana baru sahaja dicuba. Anda boleh cuba lagi dalam { $minutes } minit.
