# How things sound, and how times are written.

voice-press = { $label }, press { $key }.
voice-key-star = star
voice-key-hash = hash
voice-digits-twice = { $digits }. Again: { $digits }.
voice-hint-phone = the number ending in { $digits }
voice-hint-mail = your address at { $domain }
voice-extension = extension { $digits }
voice-at = { $box } at { $domain }
voice-dot = dot
voice-slash = slash
voice-moment = One moment, please.
voice-away = I can't answer just now. Please call again in a minute. Goodbye.
voice-too-many = There have been many calls from this number. Please call again in an hour. Goodbye.

time-local = { $day } { $month }, { $clock }
time-utc = { $day } { $month }, { $clock } UTC
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

# What only a telephone says.
voice-this-language = For English, press { $key }.
voice-slower = I'll give you more time from now on.
voice-help = Press star to hear it again, or zero for a person.
voice-digits = The digits are: { $digits }
voice-goodbye = Goodbye.
voice-link-sent = I sent a link to { $masked }. Open it and choose your password there; you may hang up then. It asks for four digits: { $code }
voice-link-lost = The link could not be sent.
voice-page-again = Please choose another password on the page that is open.
voice-page-open = The page is still open, and I'm waiting.
voice-opt-read-it = If no link came, and to have a temporary password read to you
voice-opt-ready = When you can write
voice-opt-next = To go on
voice-opt-spell = To have it spelled
voice-phrase-whole = { $shape ->
    [capital] Words and digits with a hyphen between them, all small but the very first letter: { $phrase }
   *[other] Small letters, with a hyphen between all words and before the digits: { $phrase }
}
voice-phrase-word = Word { $number }: { $word }.
voice-phrase-spelled = Spelled: { $word }.
voice-phrase-digits = At its end, after a hyphen, the digits: { $digits }.
voice-phrase-confirm = Now key in those two digits, so that I know you have them. Only then does the password count.
voice-phrase-wrong = Those were other digits.
voice-phrase-stopped = The temporary password does not count, and nothing was changed.
voice-phrase-lost = I no longer have that temporary password, so it does not count. Please cross it out.
voice-phrase-impossible = I could not make a temporary password just now.
voice-letter-a = a for Alfa
voice-letter-b = b for Bravo
voice-letter-c = c for Charlie
voice-letter-d = d for Delta
voice-letter-e = e for Echo
voice-letter-f = f for Foxtrot
voice-letter-g = g for Golf
voice-letter-h = h for Hotel
voice-letter-i = i for India
voice-letter-j = j for Juliet
voice-letter-k = k for Kilo
voice-letter-l = l for Lima
voice-letter-m = m for Mike
voice-letter-n = n for November
voice-letter-o = o for Oscar
voice-letter-p = p for Papa
voice-letter-q = q for Quebec
voice-letter-r = r for Romeo
voice-letter-s = s for Sierra
voice-letter-t = t for Tango
voice-letter-u = u for Uniform
voice-letter-v = v for Victor
voice-letter-w = w for Whisky
voice-letter-x = x for Xray
voice-letter-y = y for Yankee
voice-letter-z = z for Zulu
