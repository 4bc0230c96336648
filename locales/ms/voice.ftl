# How things sound, and how times are written.

voice-press = { $label }, tekan { $key }.
voice-digits-twice = { $digits }. Sekali lagi: { $digits }.
voice-hint-phone = nombor yang berakhir dengan { $digits }
voice-hint-mail = alamat anda di { $domain }
voice-dot = titik
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
