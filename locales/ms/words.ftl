# What people call things: the words of Malay and of the English that is mixed into it. See en/words.ftl.

words-intent-reset =
    .any =
        hilang password
        set semula password
        pulihkan password
words-intent-unlock =
    .any =
        account kena lock/kunci
        buka kunci account
        nyahkunci account
        know password gagal login
    .alone =
        kena lock/kunci
        buka kunci
        nyahkunci
words-trouble =
    .any =
        gagal login
        salah password
        password luput
        account digantung
        masalah login
        not berfungsi/jalan
words-doubt =
    .any =
        godam/digodam
        curi/dicuri
        kawan/adik/abang/kakak/ibu/bapa/anak
        dia
        siapa
        semalam
        orang lain
        kalau
        kenapa/mengapa
        berapa lama

words-behalf =
    .any =
        untuk
        bagi
words-own =
    .any =
        saya
        aku
        sendiri
        emel
        pelajar

words-command-help =
    .alone =
        tolong
        bantu
        bantuan
words-command-repeat =
    .any = ulang soalan
    .alone = ulang
words-command-language =
    .any =
        tukar bahasa
        bahasa lain
    .alone = bahasa
words-command-human =
    .any =
        cakap/bercakap person
        jumpa person
words-command-cancel =
    .any = want berhenti/batal
    .alone =
        batal
        henti/berhenti
        tak jadi
words-command-restart =
    .any = mula semula

words-yes =
    .any =
        ya
        boleh
        betul
        baik/baiklah
        setuju
words-no =
    .any =
        tak/tidak/x
        tak/x want
        taknak
        bukan
        jangan

words-option-push =
    .any =
        notifikasi
        lulus
words-option-totp =
    .any = pengesah
words-option-questions =
    .any =
        soalan
        soalan keselamatan
words-option-other =
    .any = cara lain
    .alone = lain
words-option-resend =
    .any =
        hantar lagi/semula
        kod baharu/baru
        not dapat/terima code
words-option-another =
    .any = digits lain
words-option-again =
    .any =
        cuba lagi
        call lagi
    .alone = lagi
words-option-desk =
    .any = meja
words-option-ticket =
    .any = tiket
words-option-live =
    .any = sambung
    .alone = sekarang
words-option-leave =
    .any =
        sendiri
        nanti

words-language-ms =
    .any =
        malay
        melayu
        bahasa malaysia
        bm

words-like-password =
    .any =
        kata laluan
        katalaluan
        kata kunci
        pswrd
words-like-account =
    .any =
        akaun
        akun
words-like-nevermind =
    .any = lupakan
words-like-username =
    .any = nama pengguna
words-like-know =
    .any = tahu
words-like-forgot =
    .any =
        lupa
        terlupa
words-like-remember =
    .any = ingat
words-like-reset =
    .any = tetapkan semula
words-like-change =
    .any =
        tukar
        ubah
words-like-want =
    .any =
        nak
        mahu
words-like-new =
    .any =
        baharu
        baru
words-like-locked =
    .any =
        terkunci
        dikunci
        disekat
words-like-login =
    .any =
        log masuk
        masuk
words-like-person =
    .any =
        pegawai
        kakitangan
        orang
        org
        manusia
        petugas
words-like-helpdesk =
    .any = meja bantuan
words-like-email =
    .any =
        emel
        e mel
words-like-sms =
    .any =
        mesej
        mesej teks
words-like-call =
    .any =
        telefon
        panggil
        panggilan
words-like-mobile =
    .any =
        telefon bimbit
        bimbit
words-like-office =
    .any =
        pejabat
        ofis
words-like-digits =
    .any = nombor
words-like-code =
    .any =
        kod
        tac

words-particle =
    .any =
        lah
        la
        leh
        lor
        mah
        eh
        ah
        kan
        je
        ni
        tu
        sila
        tolong
        saya
        aku
        sy
        dah
        sudah
        bos
        encik
        cik
        puan
        hai
words-suffix =
    .any =
        kan
        lah
        kah
        nya
        ku
words-negator =
    .any =
        tak
        tidak
        bukan
        jangan
        x
        belum
        tiada
        takde
        jgn
        tdk
        bkn
        xleh
        xnak
words-number =
    .any =
        nombor
        pilih
        pilihan
        tekan
        yang
words-ordinal-1 =
    .any = pertama
words-ordinal-2 =
    .any = kedua
words-ordinal-3 =
    .any = ketiga
words-ordinal-4 =
    .any = keempat
words-ordinal-5 =
    .any = kelima

words-digit-0 =
    .any =
        kosong
        sifar
words-digit-1 =
    .any = satu
words-digit-2 =
    .any = dua
words-digit-3 =
    .any = tiga
words-digit-4 =
    .any = empat
words-digit-5 =
    .any = lima
words-digit-6 =
    .any = enam
words-digit-7 =
    .any = tujuh
words-digit-8 =
    .any =
        lapan
        delapan
words-digit-9 =
    .any = sembilan
words-digit-around =
    .any =
        kod
        nombor
        ialah
        adalah
