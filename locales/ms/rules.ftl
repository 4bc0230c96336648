# Rules for a new password, each a sentence that is true of a good one, and what a directory may say instead.

rule-min = Sekurang-kurangnya { $count } aksara.
rule-max = Paling banyak { $count } aksara.
rule-lower = Satu huruf kecil.
rule-upper = Satu huruf besar.
rule-digit = Satu digit.
rule-symbol = Satu simbol, seperti ! atau ?
rule-classes = Sekurang-kurangnya { $count } daripada ini: huruf kecil, huruf besar, digit, simbol.
rule-ascii = Hanya huruf tanpa aksen, digit, ruang dan simbol biasa.
rule-ascii-found = Tanpa “{ $character }”: hanya huruf tanpa aksen, digit, ruang dan simbol biasa.
rule-names = Tiada bahagian nama atau nama pengguna anda.
rule-reuse = Bukan kata laluan anda sekarang.
rule-forbidden = Bukan contoh daripada panduan.
rule-common = Bukan kata laluan yang digunakan oleh ramai orang.

directory-refused-short = Terlalu pendek bagi direktori.
directory-refused-weak = Terlalu mudah diteka.
directory-refused-reused = Anda pernah menggunakannya.
directory-refused-too-young = Kata laluan anda baru sahaja ditukar, jadi belum boleh ditukar lagi.
directory-refused-too-long = Terlalu panjang bagi direktori.
directory-refused-unspecified = Direktori tidak menerimanya dan tidak memberitahu sebabnya. Yang lebih panjang selalunya diterima.
