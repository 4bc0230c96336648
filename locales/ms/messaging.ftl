# Words that only messaging platforms need: buttons, and the commands in a platform's own menu.

messaging-open-page = Buka halaman peribadi
# code: four digits
messaging-page-code = Di halaman itu anda akan diminta kod ini: { $code }
messaging-challenge = Lihat atau dengar aksara
messaging-private-chat = Buka sembang peribadi
messaging-share-number = Kongsi nombor saya sendiri
messaging-command-reset = Tetapkan kata laluan baharu
messaging-command-unlock = Buka kunci akaun saya
messaging-command-help = Apa yang boleh saya buat di sini
messaging-command-language = Tukar bahasa
messaging-command-human = Hubungi meja bantuan
messaging-command-cancel = Hentikan apa yang sedang berjalan
