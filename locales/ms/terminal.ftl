# Baris terminal di sebelah perbualan.

terminal-page =
    Buka alamat ini dalam pelayar: { $address }
    Halaman itu meminta kod ini: { $code }
terminal-text = Mesej teks kepada { $to }
terminal-mail = E-mel kepada { $to }: { $subject }
terminal-welcome = Demo { $tenant }. Mesej teks dan e-mel ditunjukkan di sini di sebelah perbualan. Tinggalkan dengan Ctrl-D.
terminal-people = Orang yang mungkin terlupa kata laluan:
