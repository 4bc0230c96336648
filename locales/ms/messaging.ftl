# Words that only messaging platforms need: buttons, and the commands in a platform's own menu.

messaging-open-page = Buka halaman peribadi
# code: four digits
messaging-page-code = Di halaman itu anda akan diminta kod ini: { $code }
messaging-challenge = Lihat atau dengar aksara
messaging-private-chat = Buka sembang peribadi
messaging-share-number = Kongsi nombor saya sendiri
messaging-answer = Taip jawapan anda
messaging-answer-title = Jawapan anda
messaging-answer-label = Jawapan anda
messaging-answer-hint = Jangan taip kata laluan di sini.
messaging-pick = Pilih satu
messaging-try-again = Itu tidak sampai kepada kami. Sila cuba lagi sebentar lagi.
messaging-unknown = Saya tidak dapat berbuat apa-apa dengan itu. Taip /help untuk melihat apa yang boleh saya buat.
messaging-command-start = Buka menu
messaging-command-answer = Jawab soalan
messaging-command-answer-text = Jawapan, atau nombor pilihan; bukan kata laluan
messaging-command-repeat = Ulang soalan terakhir
messaging-command-restart = Mula semula
messaging-working = Saya sedang menguruskannya. Ia mungkin mengambil sedikit masa; anda tidak perlu berbuat apa-apa.
messaging-taken = Diterima.
# choice: the words of the button that was pressed
messaging-chosen = Pilihan anda: { $choice }
messaging-app-name = Bantuan kata laluan
messaging-app-about = Tetapkan kata laluan baharu atau buka kunci akaun anda. Kata laluan tidak pernah ditaip di sini.
messaging-command-reset = Tetapkan kata laluan baharu
messaging-command-unlock = Buka kunci akaun saya
messaging-command-help = Apa yang boleh saya buat di sini
messaging-command-language = Tukar bahasa
messaging-command-human = Hubungi meja bantuan
messaging-command-cancel = Hentikan apa yang sedang berjalan
messaging-human-title = Adakah anda manusia?
messaging-human = Lihat atau dengar, kemudian taip digitnya dalam sembang.
messaging-human-type = Inilah digitnya. Taipkan dalam sembang.
messaging-human-gone-title = Pautan ini sudah terlalu lama
messaging-human-gone = Tulis "ulang" dalam sembang, dan anda akan mendapat yang baharu.
