# Choosing a way to verify.

verify-choose-method = Bagaimanakah kami patut memastikan bahawa ini anda?
    .voice = Bagaimanakah kami patut memastikan bahawa ini anda?
verify-method-email = E-mel { $hint }
    .voice = Untuk menerima kod melalui e-mel di { $hint }
verify-method-sms = Mesej teks { $hint }
    .voice = Untuk menerima mesej teks di { $hint }
verify-method-call-mobile = Panggil telefon bimbit saya { $hint }
    .voice = Untuk menerima panggilan di { $hint }
verify-method-call-office = Panggil telefon pejabat saya { $hint }
    .voice = Untuk menerima panggilan di pejabat di { $hint }
verify-method-push = Luluskan permintaan dalam aplikasi saya
    .voice = Untuk meluluskan permintaan dalam aplikasi anda
verify-method-totp = Guna kod daripada aplikasi pengesah saya
    .voice = Untuk menggunakan kod daripada aplikasi pengesah anda
verify-method-questions = Jawab soalan keselamatan saya
    .voice = Untuk menjawab soalan keselamatan anda
verify-other-way = Cara lain
    .voice = Untuk menggunakan cara lain
verify-none-registered = Tiada lagi cara untuk memastikan bahawa ini anda. Meja bantuan boleh menolong: { $desk }.
verify-register-help = Setelah anda dapat log masuk semula, anda boleh mendaftarkan cara lain di sini: { $url }
