# How things sound, and how times are written.

voice-press = { $label }, tekan { $key }.
voice-key-star = bintang
voice-key-hash = pagar
voice-digits-twice = { $digits }. Sekali lagi: { $digits }.
voice-hint-phone = nombor berakhir { $digits }
voice-hint-mail = alamat anda di { $domain }
voice-extension = sambungan { $digits }
voice-at = { $box } di { $domain }
voice-dot = titik
voice-slash = garis miring
voice-moment = Sila tunggu sebentar.
voice-away = Saya tidak dapat menjawab sekarang. Sila hubungi semula sebentar lagi. Selamat tinggal.
voice-too-many = Terdapat banyak panggilan daripada nombor ini. Sila hubungi semula dalam masa sejam. Selamat tinggal.

time-local = { $day } { $month }, { $clock }
time-utc = { $day } { $month }, { $clock } UTC
month-1 = Januari
month-2 = Februari
month-3 = Mac
month-4 = April
month-5 = Mei
month-6 = Jun
month-7 = Julai
month-8 = Ogos
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Disember

# What only a telephone says.
voice-this-language = Untuk Bahasa Melayu, tekan { $key }.
voice-slower = Mulai sekarang saya beri anda lebih banyak masa.
voice-help = Tekan bintang untuk mendengarnya sekali lagi, atau kosong untuk bercakap dengan seseorang.
voice-digits = Angkanya ialah: { $digits }
voice-goodbye = Selamat tinggal.
voice-link-sent = Saya telah menghantar pautan ke { $masked }. Pilih kata laluan anda di sana; anda boleh meletakkan telefon. Empat digit diminta: { $code }
voice-link-lost = Pautan itu tidak dapat dihantar.
voice-page-again = Sila pilih kata laluan lain pada halaman yang terbuka.
voice-page-open = Halaman itu masih terbuka, dan saya sedang menunggu.
voice-opt-read-it = Jika tiada pautan yang tiba, dan untuk mendengar kata laluan sementara
voice-opt-ready = Apabila anda sudah sedia menulis
voice-opt-next = Untuk teruskan
voice-opt-spell = Untuk mendengar ejaannya
voice-phrase-whole = { $shape ->
    [capital] Perkataan dan digit dengan tanda sempang di antaranya, semuanya huruf kecil kecuali huruf pertama: { $phrase }
   *[other] Huruf kecil, dengan tanda sempang di antara semua perkataan dan sebelum digit: { $phrase }
}
voice-phrase-word = Perkataan { $number }: { $word }.
voice-phrase-spelled = Ejaannya: { $word }.
voice-phrase-digits = Di hujungnya, selepas tanda sempang, digit: { $digits }.
voice-phrase-confirm = Sekarang tekan dua digit itu, supaya saya tahu anda sudah mencatatnya. Selepas itu barulah kata laluan itu sah.
voice-phrase-wrong = Digit itu tidak sama.
voice-phrase-stopped = Kata laluan sementara itu tidak sah, dan tiada apa-apa yang berubah.
voice-phrase-lost = Kata laluan sementara itu tiada lagi pada saya, jadi tidak berkuat kuasa. Sila potong catatan anda.
voice-phrase-impossible = Saya tidak dapat membuat kata laluan sementara sekarang.
voice-letter-a = a untuk Alfa
voice-letter-b = b untuk Bravo
voice-letter-c = c untuk Charlie
voice-letter-d = d untuk Delta
voice-letter-e = e untuk Echo
voice-letter-f = f untuk Foxtrot
voice-letter-g = g untuk Golf
voice-letter-h = h untuk Hotel
voice-letter-i = i untuk India
voice-letter-j = j untuk Juliet
voice-letter-k = k untuk Kilo
voice-letter-l = l untuk Lima
voice-letter-m = m untuk Mike
voice-letter-n = n untuk November
voice-letter-o = o untuk Oscar
voice-letter-p = p untuk Papa
voice-letter-q = q untuk Quebec
voice-letter-r = r untuk Romeo
voice-letter-s = s untuk Sierra
voice-letter-t = t untuk Tango
voice-letter-u = u untuk Uniform
voice-letter-v = v untuk Victor
voice-letter-w = w untuk Whisky
voice-letter-x = x untuk Xray
voice-letter-y = y untuk Yankee
voice-letter-z = z untuk Zulu
